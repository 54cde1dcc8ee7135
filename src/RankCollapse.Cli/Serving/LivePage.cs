using System.Text;
using RankCollapse.Reporting.Pages;

namespace RankCollapse.Cli.Serving;

/// <summary>The page, its style and its script; the look and the charts are the report's.</summary>
internal static class LivePage
{
    private static readonly Lazy<byte[]> HtmlBytes = new(() => Encoding.UTF8.GetBytes(Build()));
    private static readonly Lazy<byte[]> CssBytes = new(() => Encoding.UTF8.GetBytes(PageFrame.Style("") + Own("live.css")));
    private static readonly Lazy<byte[]> ScriptBytes = new(() => Encoding.UTF8.GetBytes(PageFrame.Script + Own("live.js")));

    /// <summary>The page; its script asks for everything that is shown.</summary>
    public static byte[] Html => HtmlBytes.Value;

    /// <summary>The style, with its font.</summary>
    public static byte[] Css => CssBytes.Value;

    /// <summary>The script.</summary>
    public static byte[] Script => ScriptBytes.Value;

    private static string Build()
    {
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="live.css">
            <title>RankCollapse</title>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the sweep</a>
            <header><span class="brand">RankCollapse</span>
            <nav aria-label="Sweeps"><label class="choice">Show <select id="view"></select></label></nav>
            <button type="button" id="theme" hidden>Dark</button></header>
            <main id="main">
            <noscript><p class="absent">This page needs its script, which comes from the same address.</p></noscript>
            <section class="verdict" aria-labelledby="progress-heading">
            <p class="subject" id="subject">&nbsp;</p>
            <h1 id="progress-heading">Looking …</h1>
            <p class="convergence" id="pace">&nbsp;</p>
            <div class="bar" id="bar" role="img" aria-label="Progress"></div>
            <ul class="states" id="states"></ul>
            <p class="absent" id="problem" role="status" hidden></p>
            </section>
            <section id="map" aria-labelledby="map-heading"><h2 id="map-heading">Heat map</h2>
            <div class="choices">
            <label class="choice">Metric <select id="metric"></select></label>
            <label class="choice" id="layer-choice">Layer <select id="layer"></select></label>
            <label class="choice">Across <select id="x"></select></label>
            <label class="choice">Up <select id="y"></select></label>
            </div>
            <div id="heat" class="chart"></div>
            <p class="note">A cell fills as its trials end; its colour is the median of those that have.</p>
            </section>
            <section id="trials" aria-labelledby="trials-heading"><h2 id="trials-heading">Trials</h2>
            <div class="choices">
            <label class="choice">State <select id="state"></select></label>
            <button type="button" id="all-cells" hidden>All cells</button>
            <span class="reading" id="found"></span>
            </div>
            <div class="scroll" role="region" aria-labelledby="trials-heading" tabindex="0"><table class="numbers">
            <thead><tr><th scope="col">trial</th><th scope="col">state</th><th scope="col" id="value-heading">value</th></tr></thead>
            <tbody id="rows"></tbody></table></div>
            </section>
            <section id="curves" aria-labelledby="curves-heading" hidden><h2 id="curves-heading" tabindex="-1">Curves</h2>
            <p class="subject" id="chosen"></p>
            <p class="absent" id="reason" hidden></p>
            <div id="charts-host"></div>
            <p class="note" id="files"></p>
            </section>
            </main>
            <footer><p>Served by RankCollapse on this machine. Nothing is loaded from elsewhere.</p></footer>
            <script src="live.js"></script>
            </body>
            </html>

            """;
    }

    private static string Own(string name)
    {
        using Stream stream = typeof(LivePage).Assembly.GetManifestResourceStream(name)
            ?? throw new ComputationFailedException($"The built-in file {name} is missing from the program; reinstall it.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
