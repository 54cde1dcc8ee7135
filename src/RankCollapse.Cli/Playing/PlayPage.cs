using System.IO.Compression;
using System.Text;
using System.Text.Json;
using RankCollapse.Reporting.Pages;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Playing;

/// <summary>The page with knobs, and the one without that replays what was recorded; both draw with the same script.</summary>
internal static class PlayPage
{
    /// <summary>The most bytes of recorded frames in a page that replays them, compressed; with fonts and script the page has at most 5 MB.</summary>
    private const int MostRecorded = 3_000_000;

    private static readonly Lazy<byte[]> HtmlBytes = new(() => Encoding.UTF8.GetBytes(Build(Served)));
    private static readonly Lazy<byte[]> CssBytes = new(() => Encoding.UTF8.GetBytes(PageFrame.Style("") + Own("play.css")));
    private static readonly Lazy<byte[]> ScriptBytes = new(() => Encoding.UTF8.GetBytes(PageFrame.Script + Own("play.js")));
    private static readonly Lazy<byte[]> TableBytes = new(WriteTable);

    /// <summary>The page; its script asks for everything that is shown.</summary>
    public static byte[] Html => HtmlBytes.Value;

    /// <summary>The page where the library runs in the browser itself.</summary>
    public static string HtmlAlone => Build(Alone);

    /// <summary>The style, with its font.</summary>
    public static byte[] Css => CssBytes.Value;

    /// <summary>The script.</summary>
    public static byte[] Script => ScriptBytes.Value;

    /// <summary>Knobs and stories.</summary>
    public static byte[] Table => TableBytes.Value;

    /// <summary>A page that needs no server and replays what was recorded, thinned to what a page may hold.</summary>
    /// <param name="scenes">Of each scene its state, as the page gets it, and its frames.</param>
    public static string Replay(IReadOnlyList<(byte[] State, (int Number, byte[] Frame)[] Frames)> scenes)
    {
        var body = new StringBuilder();
        PageFrame.Header(body, "Skip to the pictures", []);
        body.Append($"<main id=\"main\"><h1>A training, replayed</h1>\n{Pictures}</main>\n");
        PageFrame.Footer(body, TrainingRun.ProgramVersion);
        body.Append("<script type=\"application/json\" id=\"recording\">[");
        for (int i = 0; i < scenes.Count; i++)
        {
            if (i > 0) body.Append(',');
            // Nothing in JSON's texts ends a script: the writer escapes what has a meaning in HTML.
            string frames = Convert.ToBase64String(Compress(scenes[i].Frames, MostRecorded / scenes.Count));
            body.Append($"{{\"state\":{Encoding.UTF8.GetString(scenes[i].State)},\"frames\":\"{frames}\"}}");
        }
        body.Append("]</script>\n");
        return PageFrame.Page("A training, replayed · RankCollapse", body.ToString(), ownStyle: Own("play.css"), ownCode: Own("play.js"));
    }

    private static byte[] Compress((int Number, byte[] Frame)[] frames, int most)
    {
        for (int step = 1; ; step *= 2)
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            using (var writer = new BinaryWriter(gzip))
            {
                for (int i = 0; i < frames.Length; i++)
                {
                    if (i % step != 0 && i != frames.Length - 1) continue;
                    writer.Write(sizeof(int) + frames[i].Frame.Length);
                    writer.Write(frames[i].Number);
                    writer.Write(frames[i].Frame);
                }
            }
            if (packed.Length <= most || step >= frames.Length) return packed.ToArray();
        }
    }

    private static byte[] WriteTable()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            Knob.Write(writer);
            Story.Write(writer);
            writer.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <summary>The part of both pages that shows moments: time, numbers, pictures.</summary>
    private const string Pictures = """
        <div class="time" role="group" aria-label="Time">
        <span id="transport"></span>
        <button type="button" id="replay" class="live">Replay</button>
        <label class="choice scrub">Moment <input type="range" id="moment" min="0" max="0" value="0"></label>
        <button type="button" id="newest" class="live" hidden>Newest</button>
        </div>
        <p class="absent" id="problem" role="alert" hidden></p>
        <div id="scenes"></div>
        <div class="choices" role="group" aria-label="What is shown">
        <span id="looks"></span>
        <label class="choice">Singular values of <select id="spectra"><option value="features">features</option>
        <option value="weights">weights</option></select></label>
        </div>
        <div id="pictures"></div>
        <div class="take" role="group" aria-label="Take it along">
        <span id="keep"></span>
        <button type="button" id="png">PNG</button>
        <button type="button" id="svg">SVG</button>
        <button type="button" id="moving">Moving SVG</button>
        <span id="kept" class="reading" role="status"></span>
        </div>

        """;

    private const string Served = "Served by RankCollapse on this machine, for this browser. Nothing is loaded from elsewhere.";

    private const string Alone = "Computed by RankCollapse in this browser alone, and sent nowhere. Installed on your machine, "
        + "<code>rankcollapse play</code> is about fifty times as fast, takes your data, and saves runs.";

    private static string Build(string footer) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="play.css">
        <title>Play · RankCollapse</title>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the pictures</a>
        <header><span class="brand">RankCollapse</span>
        <nav aria-label="Stories" id="stories"></nav>
        <button type="button" id="theme" hidden>Dark</button></header>
        <noscript><p class="absent">This page needs its script, which comes from the same address.</p></noscript>
        <div class="stage">
        <form id="knobs" aria-label="Settings" autocomplete="off">
        <div class="sides" id="sides" role="group" aria-label="Which training the knobs are of" hidden></div>
        <div id="first"></div>
        <details><summary>More settings</summary><div id="more"></div></details>
        <p class="note" id="effect" role="status"></p>
        </form>
        <main id="main">
        <h1 class="visually-hidden">Watch a network collapse</h1>
        <section id="story" aria-live="polite" hidden></section>
        {Pictures}</main>
        </div>
        <footer><p>{footer}</p></footer>
        <script src="play.js"></script>
        </body>
        </html>

        """;

    private static string Own(string name)
    {
        using Stream stream = typeof(PlayPage).Assembly.GetManifestResourceStream(name)
            ?? throw new ComputationFailedException($"The built-in file {name} is missing from the program; reinstall it.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
