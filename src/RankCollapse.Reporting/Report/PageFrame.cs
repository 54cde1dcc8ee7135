using System.Net;
using System.Security.Cryptography;
using System.Text;
using RankCollapse.Reporting.Fonts;

namespace RankCollapse.Reporting.Report;

/// <summary>What all pages have in common: a document that is complete in itself, may run its own scripts only, and can be switched between light and dark.</summary>
internal static class PageFrame
{
    /// <summary>Everything up to the body's content.</summary>
    /// <param name="html">The page.</param>
    /// <param name="title">What the page is about, as plain text.</param>
    /// <param name="css">Its rules.</param>
    /// <param name="script">The built-in file with its script, which <see cref="End"/> writes.</param>
    public static void Begin(StringBuilder html, string title, string css, string script)
    {
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Scripts(script))));
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append($"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n");
        html.Append($"<title>{WebUtility.HtmlEncode(title)} · RankCollapse</title>\n");
        html.Append($"<style>\n{FigureFont.EmbeddedFaceRules}\n{css}</style>\n</head>\n<body>\n");
    }

    /// <summary>The page's head line with links to its sections.</summary>
    public static void Header(StringBuilder html, params (string Id, string Name)[] sections)
    {
        html.Append("<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<header><span class=\"brand\">RankCollapse</span>\n<nav aria-label=\"Sections\">");
        foreach ((string id, string name) in sections) html.Append($"<a href=\"#{id}\">{name}</a>");
        html.Append("</nav>\n<button type=\"button\" id=\"theme\" hidden>Dark</button></header>\n");
    }

    /// <summary>The foot, the scripts and the end of the document.</summary>
    public static void End(StringBuilder html, string? version, string script)
    {
        html.Append($"<footer><p>Written by RankCollapse{(version is null ? "" : " " + WebUtility.HtmlEncode(version))}. This page is complete in itself and loads nothing.</p></footer>\n");
        html.Append($"<script>{Scripts(script)}</script>\n</body>\n</html>\n");
    }

    private static string Scripts(string script) => EmbeddedText.Read("theme.js") + EmbeddedText.Read(script);
}
