using Microsoft.Playwright;
using RankCollapse.Cli.Serving;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting;
using RankCollapse.Reporting.Figures;
using RankCollapse.Runs;
using RankCollapse.Tests;
using RankCollapse.Tests.Reporting;
using RankCollapse.Tests.Sweeps.Results;
using RankCollapse.Training;

namespace RankCollapse.BrowserTests;

/// <summary>
/// Pages of every kind at four widths in both themes: no texts that overlap, nothing beyond the page's width, captions that name panels by their titles,
/// every series drawn and named, contrast, the keyboard, nothing that moves, and no error; <c>PageCheck.js</c> looks.
/// </summary>
/// <remarks>With <c>PAGE_PICTURES</c> set to a folder, pictures of all of them are left there.</remarks>
public sealed class PageFrameTests(Chromium chromium, ReproductionFolder reproduction) : IDisposable
{
    private const int Height = 900;

    private static readonly int[] Widths = [390, 768, 1280, 1920];
    private static readonly string Check = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "PageCheck.js"));

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds => ["run", "long run", "ensemble", "reproduction", "model", "factored model", "compressed model",
        "compressed weights", "comparison", "gallery"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Page_HasNoFault_AtAnyWidthInAnyTheme(string kind)
    {
        string path = Write(kind);
        await using OpenPage open = await chromium.OpenAsync(path, Widths[0], Height);
        await LookAsync(open, kind);
        Assert.All(open.Requests,
            url => Assert.True(url.StartsWith("file:", StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal), url));
    }

    [Theory]
    [InlineData("sweep")]
    [InlineData("runs")]
    public async Task LivePage_HasNoFault_AtAnyWidthInAnyTheme(string kind)
    {
        if (kind == "sweep")
        {
            var sweep = SampleResults.WriteSweep(_folder.File("phase"), [1e-4, 1e-3, 1e-2], 2);
            foreach (var trial in sweep.ReadPlan().Trials.Take(5)) SampleResults.Finish(sweep, trial);
        }
        else
        {
            for (int i = 0; i < 3; i++) SampleResults.WriteRun(_folder.File($"run-{i}"), SampleResults.Configuration(0.1 * (i + 1), 10 * (i + 1), i), 0.5 + i);
        }
        await using LiveServer server = await LiveServer.StartAsync(new LiveServerOptions { Folder = _folder.Root });
        await using OpenPage open = await chromium.OpenAsync(server.Address.ToString(), Widths[0], Height);
        await open.Page.Locator("#rows button").First.ClickAsync();
        await open.Page.Locator("[data-chart='tcvUpper'] .panel > svg path").First.WaitForAsync();
        await LookAsync(open, kind);
        Assert.Equal(["last", "max", "min", "1", "2", "3"], await open.Page.Locator("#layer option").AllTextContentsAsync());
    }

    [Fact]
    public async Task Check_FindsEveryKindOfFault()
    {
        string path = _folder.File("faults.html");
        await File.WriteAllTextAsync(path, """
            <!doctype html><html lang="en"><body style="margin:0"><p style="margin:0">one text</p><p style="margin:-1.1em 0 0">another text</p>
            <p style="color:#999">too light</p><div style="width:3000px">wide</div><div style="animation:a 1s infinite">moving</div>
            <button></button><button tabindex="-1">left out</button><div style="overflow-x:auto;width:50px"><div style="width:90px">w</div></div>
            <figure><div data-chart="c"><div class="panel"><h4>known</h4>
            <svg tabindex="0" aria-label="a" width="90" height="40"><text x="70" y="20">cut by it</text></svg></div></div>
            <figcaption>Right, ‘unknown’ and ‘known’.</figcaption></figure><style>@keyframes a{to{opacity:.9}}</style>
            <script type="application/json" id="charts">{"c":{"panels":[{"title":"known","x":{},"y":{},"levels":[],"marks":[],
            "series":[{"name":"line","x":[1],"y":[1],"mark":"line"}]}]}}</script></body></html>
            """, TestContext.Current.CancellationToken);
        await using OpenPage open = await chromium.OpenAsync(path, 1280, Height);
        string[] faults = await open.Page.EvaluateAsync<string[]>(Check);
        foreach (string kind in (string[])
            ["texts overlap", "contrast", "the page scrolls sideways", "moves", "has no name", "not reached", "scrolls, but not", "cut by its chart",
                "names a place", "no panel is called ‘unknown’", "no key for 'line'", "is not drawn"])
            Assert.Contains(faults, fault => fault.Contains(kind, StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => fault.Contains("is called ‘known’", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task LookAsync(OpenPage open, string kind)
    {
        await open.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach(details => { details.open = true; })");
        // Cards out of sight are not laid out until they are.
        await open.Page.EvaluateAsync("() => document.querySelectorAll('.card').forEach(card => { card.style.contentVisibility = 'visible'; })");
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await open.Page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            foreach (int width in Widths)
            {
                await open.Page.SetViewportSizeAsync(width, Height);
                await open.Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))");
                string[] faults = await open.Page.EvaluateAsync<string[]>(Check);
                Assert.True(faults.Length == 0, $"{kind}, {width} wide, {scheme}: {string.Join("; ", faults.Take(10))}");
                if (Environment.GetEnvironmentVariable("PAGE_PICTURES") is { Length: > 0 } pictures)
                    await open.Page.ScreenshotAsync(new() { Path = Path.Combine(pictures, $"{kind}-{width}-{scheme}.png"), FullPage = true });
            }
        }
        Assert.Empty(open.Errors);
    }

    private string Write(string kind)
    {
        string path = _folder.File("page.html");
        switch (kind)
        {
            case "run": HtmlReport.Write(Stalled(), path); break;
            case "long run": HtmlReport.Write(SampleRuns.All["fifteen layers"](), path); break;
            case "ensemble": EnsembleReport.Write(Members(), path); break;
            case "reproduction": return reproduction.PagePath;
            case "model": ModelReport.Write(SampleInspections.WithFeatures(), path); break;
            case "gallery":
                var measured = new RunMeasurements(SampleRuns.Collapsed());
                FigureGallery.Write([.. RunFigure.All.Select(figure => figure.Of(measured))], path);
                break;
            case "compressed model": CompressedModelReport.Write(SampleCompressions.ToAccuracy(hasTest: true), path); break;
            case "compressed weights": CompressedModelReport.Write(SampleCompressions.OfWeights(), path); break;
            case "factored model": ModelReport.Write(SampleInspections.Factored(), path); break;
            default:
                ComparisonReport.Write(
                    [new("first", SampleRuns.Collapsed(), null), new("a-run-whose-name-is-long-since-it-tells-all", SampleRuns.NotCollapsed(), null)], path);
                break;
        }
        return path;
    }

    /// <summary>A run that recorded neural collapse too, and stalled.</summary>
    private static Run Stalled()
    {
        Run run = SampleRuns.Collapsed();
        Metric[] more = [.. RecordedMetrics.Parse("nc,weightStableRank,powerLawExponent").Layers];
        return run with
        {
            Metrics = [.. run.Metrics, .. run.Metrics.Where(record => record.Metric == "tcvUpper")
                .SelectMany(record => more.Select(metric => record with { Metric = metric.Key }))],
            Summary = run.Summary with
            {
                Status = TrainingStatus.Stalled,
                Numbers = new Dictionary<string, double?>(run.Summary.Numbers) { ["roundingFloor"] = 2e-9 },
            },
        };
    }

    private static Ensemble Members()
    {
        Run[] runs = [.. ((double[])[1, 0.9, 0.5]).Select(progress => new SyntheticRun { Progress = progress }.Build()), Stalled()];
        return new Ensemble(runs[0].Configuration,
            [.. runs.Select((run, seed) => new EnsembleRun(seed, run.Summary, run.Metrics, null)), new EnsembleRun(runs.Length, null, [], "it broke")]);
    }
}
