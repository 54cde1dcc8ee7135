using System.Text.RegularExpressions;

namespace RankCollapse.Reporting.Text;

/// <summary>
/// Text with indices and powers: what follows _ after a single letter, or stands in _{…}, is lowered; what follows ^, or stands in ^{…}, is raised; λ' has a
/// prime.
/// </summary>
internal static partial class MathText
{
    /// <summary>The pieces of a text, in order.</summary>
    public static IEnumerable<TextPiece> Pieces(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Replace("λ'", "λ′");
        int end = 0;
        foreach (Match match in Script().Matches(text))
        {
            if (match.Index > end) yield return new TextPiece(text[end..match.Index], 0);
            yield return match.Groups["low"] is { Success: true } low ? new TextPiece(low.Value, -1) : new TextPiece(match.Groups["high"].Value, 1);
            end = match.Index + match.Length;
        }
        if (end < text.Length) yield return new TextPiece(text[end..], 0);
    }

    /// <summary>The text without marks for indices and powers, for places that show letters alone: s₁, s(i), Σ(j>K), W⁴.</summary>
    public static string Plain(string text) => string.Concat(Pieces(text).Select(piece => piece.Place switch
    {
        0 => piece.Text,
        < 0 when piece.Text.All(Lowered.Contains) => string.Concat(piece.Text.Select(c => LoweredSigns[Lowered.IndexOf(c, StringComparison.Ordinal)])),
        > 0 when piece.Text.All(Raised.Contains) => string.Concat(piece.Text.Select(c => RaisedSigns[Raised.IndexOf(c, StringComparison.Ordinal)])),
        _ => $"({piece.Text})",
    }));

    private const string Lowered = "0123456789", LoweredSigns = "₀₁₂₃₄₅₆₇₈₉", Raised = "0123456789-−", RaisedSigns = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻";

    // Single letters with an index; words such as block_deviation are left alone.
    [GeneratedRegex(
        @"(?<=\p{L})_\{(?<low>[^{}]*)\}|(?<=(?<![\p{L}_])\p{L})_(?<low>\w)(?![\p{L}_])|\^(\{(?<high>[^{}]*)\}|(?<high>[−-]?\d+\.\d+|\w))",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Script();
}

/// <summary>A piece of a text.</summary>
/// <param name="Text">What is written.</param>
/// <param name="Place">1 raised, −1 lowered, 0 on the line.</param>
internal readonly record struct TextPiece(string Text, int Place);
