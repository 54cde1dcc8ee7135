using System.Globalization;
using System.Text;

namespace RankCollapse;

/// <summary>Text from outside, made fit for a terminal: the one function that all foreign text goes through.</summary>
public static class ErrorText
{
    /// <summary>A name from a file, fit for one line of an error: nothing that steers a terminal, at most 160 characters.</summary>
    public static string Printable(string name)
    {
        const int Longest = 160;
        if (name is null) return "";
        int cut = Math.Min(name.Length, Longest);
        if (cut < name.Length && char.IsHighSurrogate(name[cut - 1])) cut--;
        return Line(cut == name.Length ? name : string.Concat(name.AsSpan(0, cut), "…"));
    }

    /// <summary>A whole text as one line: nothing in it steers a terminal or ends the line.</summary>
    public static string Line(string text) => Clean(text, isInLine: true);

    /// <summary>A text of several lines in which nothing steers a terminal.</summary>
    public static string Lines(string text) => Clean(text, isInLine: false);

    /// <summary>Whether a character steers what shows it: controls, line ends, marks that turn the direction of writing, and halves of characters.</summary>
    /// <param name="c">The character, or one of the two halves of one.</param>
    public static bool Steers(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u061C' or '\u200E' or '\u200F' or '\uFEFF'
        or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static string Clean(string text, bool isInLine)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder? clean = null;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool isPair = char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            bool isLineEnd = !isInLine && (c is '\n' or '\t' || (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n'));
            if (isPair)
            {
                // Letters and tags that are not seen at all lie beyond the first 65,536 characters.
                bool isSeen = CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(c, text[i + 1])) is not UnicodeCategory.Format;
                if (isSeen) clean?.Append(c).Append(text[i + 1]);
                else (clean ??= new StringBuilder(text, 0, i, text.Length)).Append('?');
                i++;
            }
            else if (!isLineEnd && (Steers(c) || char.IsSurrogate(c))) (clean ??= new StringBuilder(text, 0, i, text.Length)).Append('?');
            else clean?.Append(c);
        }
        return clean?.ToString() ?? text;
    }
}
