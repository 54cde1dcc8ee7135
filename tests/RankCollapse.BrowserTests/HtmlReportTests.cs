using Microsoft.Playwright;
using RankCollapse.Reporting;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Tests.Reporting;

namespace RankCollapse.BrowserTests;

public sealed class HtmlReportTests(Chromium chromium) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rankcollapse-report-").FullName;

    public static TheoryData<string> Kinds => [.. SampleRuns.All.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Report_OfAnyRun_LoadsWithoutNetworkErrorsOrOverflow(string kind)
    {
        string path = Write(SampleRuns.All[kind]());
        await using OpenPage open = await chromium.OpenAsync(path, width: 390, height: 844);

        Assert.All(open.Requests,
            url => Assert.True(url.StartsWith("file:", StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal), url));
        Assert.Empty(open.Errors);
        Assert.Equal(390, await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(8, await open.Page.Locator("figure").CountAsync());
        Assert.Equal(0, await open.Page.Locator("svg [d*=NaN], svg [x*=NaN], svg [cx*=NaN], svg [y1*=NaN]").CountAsync());
        Assert.True(new FileInfo(path).Length < 3_000_000);
    }

    [Fact]
    public async Task FetchFromTheReport_IsForbiddenByItsPolicy()
    {
        await using OpenPage open = await chromium.OpenAsync(Write(SampleRuns.Collapsed()));

        string result = await open.Page.EvaluateAsync<string>("fetch('http://127.0.0.1:9/').then(() => 'allowed', error => 'refused')");
        Assert.Equal("refused", result);
        Assert.Contains(open.Errors, error => error.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Font_IsTheReportsOwn()
    {
        await using OpenPage open = await chromium.OpenAsync(Write(SampleRuns.Collapsed()));

        Assert.True(await open.Page.EvaluateAsync<bool>(
            "document.fonts.ready.then(() => [...document.fonts].filter(f => f.status === 'loaded').length === 2)"));
    }

    [Fact]
    public async Task ThemeButton_ChangesTheColours()
    {
        await using OpenPage open = await chromium.OpenAsync(Write(SampleRuns.Collapsed()));
        const string Background = "getComputedStyle(document.body).backgroundColor";
        string light = await open.Page.EvaluateAsync<string>(Background);
        await open.Page.Locator("#theme").ClickAsync();
        string dark = await open.Page.EvaluateAsync<string>(Background);
        await open.Page.Locator("#theme").ClickAsync();

        Assert.NotEqual(light, dark);
        Assert.Equal(light, await open.Page.EvaluateAsync<string>(Background));
    }

    [Fact]
    public async Task DarkPreference_IsFollowed_AndFiguresFollowToo()
    {
        string path = Write(SampleRuns.Collapsed());
        await using OpenPage light = await chromium.OpenAsync(path);
        await using OpenPage dark = await chromium.OpenAsync(path, scheme: ColorScheme.Dark);
        const string Ink = "getComputedStyle(document.querySelector('#feature-spectra .panel text')).fill";

        Assert.NotEqual(await light.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"),
            await dark.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.NotEqual(await light.Page.EvaluateAsync<string>(Ink), await dark.Page.EvaluateAsync<string>(Ink));
    }

    [Fact]
    public async Task LayerButton_HidesItsLine()
    {
        await using OpenPage open = await chromium.OpenAsync(Write(SampleRuns.Collapsed()));
        ILocator lines = open.Page.Locator("#tcv .panel > svg path[stroke^='var(--layer']");
        ILocator button = open.Page.Locator("#tcv .key").First;
        int before = await lines.CountAsync();
        await button.ClickAsync();

        Assert.Equal("false", await button.GetAttributeAsync("aria-pressed"));
        Assert.Equal(before - 1, await lines.CountAsync());
        await button.ClickAsync();
        Assert.Equal(before, await lines.CountAsync());
    }

    [Fact]
    public async Task ScaleButton_SwitchesBetweenLogarithmicAndLinear()
    {
        await using OpenPage open = await chromium.OpenAsync(Write(SampleRuns.Collapsed()));
        ILocator line = open.Page.Locator("#objective .panel > svg path[stroke='var(--ink)']");
        ILocator scale = open.Page.Locator("#objective .scale");
        string? logarithmic = await line.GetAttributeAsync("d");
        Assert.Equal("Linear scale", await scale.TextContentAsync());
        await scale.ClickAsync();

        Assert.Equal("Logarithmic scale", await scale.TextContentAsync());
        Assert.NotEqual(logarithmic, await line.GetAttributeAsync("d"));
    }

    [Fact]
    public async Task PointerAndArrowKeys_ShowTheValuesOfAnEpoch()
    {
        await using OpenPage open = await chromium.OpenAsync(Write(SampleRuns.Collapsed()));
        ILocator svg = open.Page.Locator("#tcv .panel > svg");
        ILocator reading = open.Page.Locator("#tcv .reading");
        await svg.HoverAsync(new() { Position = new() { X = 62, Y = 60 } });
        Assert.Equal("epoch 0", await reading.TextContentAsync());
        await svg.FocusAsync();
        await open.Page.Keyboard.PressAsync("End");
        Assert.Equal("epoch 3,000", await reading.TextContentAsync());
        await open.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal("epoch 2,750", await reading.TextContentAsync());
        await open.Page.Keyboard.PressAsync("Escape");
        Assert.Equal("at the end, epoch 3,000", await reading.TextContentAsync());
    }

    [Fact]
    public async Task TabKey_ReachesEveryControl()
    {
        await using OpenPage open = await chromium.OpenAsync(Write(SampleRuns.Collapsed()));
        int controls = await open.Page.Locator("a, button:visible, svg[tabindex], [role=region], pre").CountAsync();
        var reached = new HashSet<string>();
        for (int i = 0; i < controls; i++)
        {
            await open.Page.Keyboard.PressAsync("Tab");
            reached.Add(await open.Page.EvaluateAsync<string>("(e => [...document.querySelectorAll('*')].indexOf(e) + e.tagName)(document.activeElement)"));
        }
        Assert.Equal(controls, reached.Count);
        Assert.DoesNotContain(reached, name => name.EndsWith("BODY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutScripts_StaticFiguresAreShown()
    {
        await using OpenPage open = await chromium.OpenAsync(Write(SampleRuns.Collapsed()), hasScripts: false);

        foreach (string name in (string[])["objective", "tcv", "ranks", "gram-matrices", "projections"])
            Assert.True(await open.Page.Locator($"#{name} noscript svg").IsVisibleAsync(), name);
    }

    [Fact]
    public async Task Numbers_OfTheScript_AreThoseOfTheProgram()
    {
        await using OpenPage open = await chromium.OpenAsync(Write(SampleRuns.Collapsed()));
        var random = new Random(1);
        double[] values =
        [
            0, 1, -1, 10, 0.5, 0.25, 1e-3, 9.999e-4, 999.9, 999.94, 1234.5, 123456.7, 999999.6, 1e6, 1e-6, 2.5e-6, -3.14159, -1e-12,
            .. Enumerable.Range(0, 400).Select(_ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-12, 13))),
        ];
        foreach (int digits in (int[])[2, 3, 6])
        {
            string[] shown = await open.Page.EvaluateAsync<string[]>(
                "([values, digits]) => values.map(v => Chart.number(v, digits))", new object[] { values, digits });
            Assert.Equal(values.Select(value => NumberText.Plain(value, digits)), shown);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(Run run)
    {
        string path = Path.Combine(_folder, "report.html");
        HtmlReport.Write(run, path);
        return path;
    }
}
