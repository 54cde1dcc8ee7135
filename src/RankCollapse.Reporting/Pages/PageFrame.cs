using System.Globalization;
using System.Net;
using System.Text;
using RankCollapse.Formats;
using RankCollapse.Reporting.Fonts;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Pages;

/// <summary>What all pages have in common: a head that forbids every request, the header with sections and theme, commands to copy, and the script.</summary>
public static class PageFrame
{
    private static readonly Lazy<string> Code =
        new(() => EmbeddedText.Read("chart.js").Replace("{{heat}}", string.Join(' ', Palette.HeatColours)) + EmbeddedText.Read("report.js"));

    /// <summary>The style that all pages have: font, colours and layout.</summary>
    /// <param name="body">What the page shows, for the colours that it names.</param>
    public static string Style(string body) => $"{FigureFont.EmbeddedFaceRules}\n{Palette.Css(body)}{EmbeddedText.Read("report.css")}";

    /// <summary>The script that all pages have: charts, themes and commands to copy.</summary>
    public static string Script => Code.Value;

    /// <summary>A whole page that needs no network.</summary>
    /// <param name="title">Its title, as plain text.</param>
    /// <param name="body">Its body, as HTML.</param>
    /// <param name="charts">The figures that its script draws, as JSON.</param>
    /// <param name="ownStyle">Rules that this page has beside the common ones.</param>
    /// <param name="ownCode">A script that this page has beside the common one.</param>
    public static string Page(string title, string body, string charts = "{}", string ownStyle = "", string ownCode = "")
    {
        string code = Script + ownCode, digest = Convert.ToBase64String(Sha256.Of(Encoding.UTF8.GetBytes(code)));
        string policy = $"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; font-src data:; "
            + "base-uri 'none'; form-action 'none'";
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="data:,">
            <title>{WebUtility.HtmlEncode(title)}</title>
            <style>
            {Style(body + charts)}{ownStyle}</style>
            </head>
            <body>
            {body}<script type="application/json" id="charts">{charts}</script>
            <script>{code}</script>
            </body>
            </html>

            """;
    }

    /// <summary>The header: the name, links to sections and the button for the theme.</summary>
    public static void Header(StringBuilder html, string skip, IEnumerable<(string Anchor, string Name)> sections)
    {
        html.Append(CultureInfo.InvariantCulture,
            $"<a class=\"skip\" href=\"#main\">{skip}</a>\n<header><span class=\"brand\">RankCollapse</span>\n<nav aria-label=\"Sections\">");
        foreach (var (anchor, name) in sections) html.Append(CultureInfo.InvariantCulture, $"<a href=\"#{anchor}\">{WebUtility.HtmlEncode(name)}</a>");
        html.Append("</nav>\n<button type=\"button\" id=\"theme\" hidden>Dark</button></header>\n");
    }

    /// <summary>Writes the end of a page.</summary>
    /// <param name="html">The page.</param>
    /// <param name="version">The version of the program that computed what it shows; null where it is not known.</param>
    /// <param name="rest">What else is said of what it loads.</param>
    public static void Footer(StringBuilder html, string? version, string rest = "") => html.Append(
        $"<footer><p>Written by RankCollapse{(version is null ? "" : $" {PageText.Encode(version)}")}. This page is complete in itself and loads nothing{rest}."
        + "</p></footer>\n");

    /// <summary>A command line with a button that copies it; it breaks between words only.</summary>
    public static void Command(StringBuilder html, IEnumerable<string> words) => html
        .Append("<div class=\"command\"><pre tabindex=\"0\" aria-label=\"Command\"><code>")
        .AppendJoin(' ', words.Select(word => $"<span>{WebUtility.HtmlEncode(word)}</span>"))
        .Append("</code></pre><button type=\"button\" class=\"copy\" hidden>Copy</button></div>\n");

    /// <summary>The place of a figure that the script draws, and its picture for readers without scripts.</summary>
    /// <param name="html">The page.</param>
    /// <param name="key">The figure's name among the charts.</param>
    /// <param name="picture">The picture, as an SVG element.</param>
    public static void Chart(StringBuilder html, string key, string picture)
    {
        ArgumentNullException.ThrowIfNull(html);
        html.Append($"<div class=\"chart\" data-chart=\"{key}\"></div>\n<noscript><div class=\"scroll\">{picture}</div></noscript>\n");
    }

    /// <summary>The picture of all layers or sizes under the verdict, with how it is read.</summary>
    internal static void Overview(StringBuilder html, Figure figure)
    {
        html.Append($"<figure class=\"overview\"><h3>{PageText.Encode(figure.Title)}</h3>\n");
        Chart(html, figure.Name, FigureRenderer.Draw(figure).ToSvgElement(figure.Name));
        html.Append($"<figcaption class=\"note\">{PageText.Sentence(figure.Reading)}</figcaption></figure>\n");
    }
}
