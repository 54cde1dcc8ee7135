using System.Net;
using System.Text.RegularExpressions;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Pages;

/// <summary>Text for pages.</summary>
public static partial class PageText
{
    /// <summary>Text with the signs that HTML gives a meaning escaped.</summary>
    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    /// <summary>
    /// A sentence in which formulas such as K = 10, amounts such as 3 % and names such as layer 3 stay on one line, and Z^{l}, W_l and their like are raised
    /// and lowered.
    /// </summary>
    public static string Sentence(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string joined = Number().Replace(text.Replace(" = ", "\u00a0=\u00a0").Replace(" %", "\u00a0%").Replace(" ≤ ", "\u00a0≤\u00a0"), "\u00a0");
        return string.Concat(MathText.Pieces(joined).Select(piece => piece.Place switch
        {
            > 0 => $"<sup>{Encode(piece.Text)}</sup>",
            < 0 => $"<sub>{Encode(piece.Text)}</sub>",
            _ => Encode(piece.Text),
        }));
    }

    [GeneratedRegex(@"(?<=layers?|Figures?|Theorem|Proposition|Section|Appendix|Remark) (?=[\dA-D])", RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}
