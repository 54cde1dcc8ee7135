using System.Net;
using System.Text.RegularExpressions;

namespace RankCollapse.Reporting.Report;

/// <summary>Text for pages.</summary>
internal static partial class PageText
{
    /// <summary>Text with the signs that HTML gives a meaning escaped.</summary>
    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A sentence in which formulas such as K = 10, amounts such as 3 % and names such as layer 3 stay on one line.</summary>
    public static string Sentence(string text) => Encode(Number().Replace(text.Replace(" = ", "\u00a0=\u00a0").Replace(" %", "\u00a0%").Replace(" ≤ ", "\u00a0≤\u00a0"), "\u00a0"));

    [GeneratedRegex(@"(?<=layers?|Figures?|Theorem|Proposition|Section|Appendix|Remark) (?=[\dA-D])", RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}
