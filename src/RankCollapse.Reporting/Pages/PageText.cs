using System.Net;
using System.Text.RegularExpressions;

namespace RankCollapse.Reporting.Pages;

/// <summary>Text for pages.</summary>
internal static partial class PageText
{
    /// <summary>Text with the signs that HTML gives a meaning escaped.</summary>
    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A sentence in which formulas such as K = 10, amounts such as 3 % and names such as layer 3 stay on one line, and Z^{l}, W_l and their like are raised and lowered.</summary>
    public static string Sentence(string text)
    {
        string joined = Number().Replace(text.Replace(" = ", "\u00a0=\u00a0").Replace(" %", "\u00a0%").Replace(" ≤ ", "\u00a0≤\u00a0"), "\u00a0");
        return Lowered().Replace(Raised().Replace(Encode(joined), "<sup>${it}</sup>"), "<sub>${it}</sub>");
    }

    [GeneratedRegex(@"\^(\{(?<it>[^{}]*)\}|(?<it>[−-]?\d+\.\d+|\w))", RegexOptions.ExplicitCapture)]
    private static partial Regex Raised();

    // Single letters with an index; words such as block_deviation are left alone.
    [GeneratedRegex(@"(?<=\p{L})_\{(?<it>[^{}]*)\}|(?<=(?<![\p{L}_])\p{L})_(?<it>\w)(?![\p{L}_])", RegexOptions.ExplicitCapture)]
    private static partial Regex Lowered();

    [GeneratedRegex(@"(?<=layers?|Figures?|Theorem|Proposition|Section|Appendix|Remark) (?=[\dA-D])", RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}
