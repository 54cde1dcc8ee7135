using System.Net;
using System.Text;
using RankCollapse.Formats;
using RankCollapse.Reporting.Pages;

namespace RankCollapse.Cli.Serving;

/// <summary>
/// A page among the files of a run, which may come from anyone, and the frame that it is shown in. It has an origin of its own and no network; no script runs
/// in it but that of reports as this version writes them, and the frame's policy lets it go nowhere.
/// </summary>
internal static class FilePage
{
    /// <summary>The word in the query that asks for the page itself, without its frame.</summary>
    public const string Framed = "framed";

    private const string FrameStyle = "html, body, iframe { display: block; box-sizing: border-box; width: 100%; height: 100%; margin: 0; border: 0 }";
    private const string Content = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'self'";

    // The last bytes of a page of ours: its script, and the end.
    private static readonly Lazy<byte[]> Ending = new(() => Encoding.UTF8.GetBytes($"<script>{PageFrame.Script}</script>\n</body>\n</html>\n"));

    /// <summary>
    /// The policy of the frame: it shows what this server sends and nothing else. What is in it cannot go elsewhere either, because a browser asks the policy
    /// of whoever holds a frame before it loads anything into that.
    /// </summary>
    public static string FramePolicy { get; } = $"default-src 'none'; frame-src 'self'; style-src 'sha256-{Digest(FrameStyle)}'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The policy of a page whose script is ours.</summary>
    public static string OwnPolicy { get; } = $"sandbox allow-scripts; script-src 'sha256-{Digest(PageFrame.Script)}'; {Content}";

    /// <summary>The policy of every other page, which shows its pictures instead.</summary>
    public static string ForeignPolicy { get; } = $"sandbox; {Content}";

    /// <summary>The frame for a page.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="query">The query of the frame's own address.</param>
    public static byte[] Frame(string name, string query) => Encoding.UTF8.GetBytes($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <title>{WebUtility.HtmlEncode(name)} · RankCollapse</title>
        <style>{FrameStyle}</style>
        </head>
        <body>
        <iframe sandbox="allow-scripts" referrerpolicy="no-referrer" title="{WebUtility.HtmlEncode(name)}"
          src="{WebUtility.HtmlEncode($"{query}&{Framed}=1")}"></iframe>
        </body>
        </html>

        """);

    /// <summary>Whether a page ends with the script of this version's reports; it is read from its beginning afterwards.</summary>
    public static bool IsOurs(FileStream file)
    {
        byte[] ending = Ending.Value;
        if (file.Length < ending.Length) return false;
        var end = new byte[ending.Length];
        file.Seek(-end.Length, SeekOrigin.End);
        file.ReadExactly(end);
        file.Seek(0, SeekOrigin.Begin);
        return end.AsSpan().SequenceEqual(ending);
    }

    private static string Digest(string text) => Convert.ToBase64String(Sha256.Of(Encoding.UTF8.GetBytes(text)));
}
