using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using RankCollapse.Reporting.Fonts;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Pages;

/// <summary>What all pages have in common: a head that forbids every request, the header with sections and theme, commands to copy, and the script.</summary>
internal static class PageFrame
{
    private static readonly Lazy<string> Code = new(() => EmbeddedText.Read("chart.js") + EmbeddedText.Read("report.js"));

    /// <summary>Opens the page, up to the body.</summary>
    /// <param name="html">The page.</param>
    /// <param name="title">Its title, as plain text.</param>
    /// <param name="theme">Rules for its colours.</param>
    /// <param name="ownCode">A script that this page has beside the common one, and gives to <see cref="Scripts"/> too.</param>
    public static void Head(StringBuilder html, string title, string theme, string ownCode = "")
    {
        string digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Code.Value + ownCode)));
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<title>{WebUtility.HtmlEncode(title)}</title>\n");
        html.Append(CultureInfo.InvariantCulture, $"<style>\n{FigureFont.EmbeddedFaceRules}\n{theme}{EmbeddedText.Read("report.css")}</style>\n</head>\n<body>\n");
    }

    /// <summary>The header: the name, links to sections and the button for the theme.</summary>
    public static void Header(StringBuilder html, string skip, IEnumerable<(string Anchor, string Name)> sections)
    {
        html.Append(CultureInfo.InvariantCulture, $"<a class=\"skip\" href=\"#main\">{skip}</a>\n<header><span class=\"brand\">RankCollapse</span>\n<nav aria-label=\"Sections\">");
        foreach (var (anchor, name) in sections) html.Append(CultureInfo.InvariantCulture, $"<a href=\"#{anchor}\">{WebUtility.HtmlEncode(name)}</a>");
        html.Append("</nav>\n<button type=\"button\" id=\"theme\" hidden>Dark</button></header>\n");
    }

    /// <summary>A command line with a button that copies it; it breaks between words only.</summary>
    public static void Command(StringBuilder html, IEnumerable<string> words) =>
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"command\"><pre tabindex=\"0\" aria-label=\"Command\"><code>{string.Join(' ', words.Select(word => $"<span>{WebUtility.HtmlEncode(word)}</span>"))}</code></pre><button type=\"button\" class=\"copy\" hidden>Copy</button></div>\n");

    /// <summary>Closes the page, with its charts and the script.</summary>
    public static void Scripts(StringBuilder html, string charts, string ownCode = "") =>
        html.Append(CultureInfo.InvariantCulture, $"<script type=\"application/json\" id=\"charts\">{charts}</script>\n<script>{Code.Value}{ownCode}</script>\n</body>\n</html>\n");
}
