using Microsoft.Playwright;
using RankCollapse.Cli.Serving;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests;
using RankCollapse.Tests.Sweeps.Results;

namespace RankCollapse.BrowserTests;

public sealed class LivePageTests(Chromium chromium) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private LiveServer _server = null!;
    private SweepFolder _sweep = null!;
    private IReadOnlyList<Trial> _trials = [];

    public async ValueTask InitializeAsync()
    {
        _sweep = SampleResults.WriteSweep(_folder.File("phase"), [1e-4, 1e-3, 1e-2], 2);
        _trials = _sweep.ReadPlan().Trials;
        foreach (Trial trial in _trials.Take(3)) SampleResults.Finish(_sweep, trial);
        _server = await LiveServer.StartAsync(new LiveServerOptions { Folder = _folder.Root });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Page_LoadsFromItsOwnAddressAlone_WithoutErrorsOrOverflow(int width, ColorScheme scheme)
    {
        await using OpenPage open = await OpenAsync($"#trial={_trials[0].Id}", width, scheme);
        await open.Page.Locator("[data-chart] .panel > svg path").First.WaitForAsync();

        Assert.All(open.Requests,
            url => Assert.True(url.StartsWith(_server.Address.ToString(), StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal), url));
        Assert.Empty(open.Errors);
        Assert.Equal(width, await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal("sample: 3 of 6 trials ended", await Heading(open).TextContentAsync());
        Assert.Equal(0, await open.Page.Locator("svg [d*=NaN], svg [x*=NaN], svg [cx*=NaN], svg [y*=NaN]").CountAsync());
        Assert.True(await open.Page.EvaluateAsync<bool>("document.fonts.ready.then(() => [...document.fonts].some(f => f.status === 'loaded'))"));
        if (Environment.GetEnvironmentVariable("LIVE_PAGE_PICTURES") is { Length: > 0 } pictures)
            await open.Page.ScreenshotAsync(new() { Path = Path.Combine(pictures, $"live-{width}.png"), FullPage = true });
    }

    [Fact]
    public async Task HeatMap_FillsAsTrialsEnd()
    {
        await using OpenPage open = await OpenAsync("#x=lambda&y=seed");
        ILocator values = open.Page.Locator("#heat rect.value");
        Assert.Equal(3, await values.CountAsync());
        SampleResults.Finish(_sweep, _trials[3]);
        await Heading(open).Filter(new() { HasText = "4 of 6" }).WaitForAsync();
        await values.Nth(3).WaitForAsync();
        Assert.Equal(4, await values.CountAsync());
        foreach (Trial trial in _trials.Skip(4)) SampleResults.Finish(_sweep, trial);
        await Heading(open).Filter(new() { HasText = "6 of 6" }).WaitForAsync();
        Assert.Contains("Nothing is left", await open.Page.Locator("#pace").TextContentAsync(), StringComparison.Ordinal);
        Assert.Empty(open.Errors);
    }

    [Fact]
    public async Task CurveOfATrialThatTrains_GrowsWithIt()
    {
        Trial trial = _trials[5];
        Lease(trial);
        string live = _sweep.LivePathOf(trial.Id);
        await File.WriteAllTextAsync(live, "epoch,seconds,objective,relativeGradientNorm\n10,0.1,5.5,0.5\n20,0.2,4.5,0.25\n");
        await using OpenPage open = await OpenAsync($"#trial={trial.Id}");
        ILocator reading = open.Page.Locator("[data-chart='whole network'] .reading");
        await reading.Filter(new() { HasText = "epoch 20" }).WaitForAsync();
        await File.AppendAllTextAsync(live, "30,0.3,3.5,0.125\n40,0.4,2.5");
        await reading.Filter(new() { HasText = "epoch 30" }).WaitForAsync();
        Assert.Contains("3.5", await open.Page.Locator("[data-chart='whole network'] .key").First.TextContentAsync(), StringComparison.Ordinal);
        Assert.Empty(open.Errors);
    }

    [Fact]
    public async Task Keyboard_ReachesEveryControl_ChoosesACell_AndATrial()
    {
        await using OpenPage open = await OpenAsync("#x=lambda&y=seed");
        int controls = await open.Page.Locator("a:visible, button:visible, select:visible, svg[tabindex], [role=region]").CountAsync();
        var reached = new HashSet<string>();
        for (int i = 0; i < controls; i++)
        {
            await open.Page.Keyboard.PressAsync("Tab");
            reached.Add(await open.Page.EvaluateAsync<string>("(e => [...document.querySelectorAll('*')].indexOf(e) + e.tagName)(document.activeElement)"));
        }
        Assert.Equal(controls, reached.Count);

        await open.Page.Locator("#heat svg").FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await open.Page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal("lambda 10⁻⁴, seed 0: 1 of 1 trial ended, median 0.01", await open.Page.Locator("#heat .reading").TextContentAsync());
        await open.Page.Keyboard.PressAsync("Enter");
        await open.Page.Locator("#found").Filter(new() { HasText = "lambda 10⁻⁴, seed 0: 1 trial" }).WaitForAsync();
        await open.Page.Locator("#rows button").First.FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        await open.Page.Locator("[data-chart='tcvUpper'] .panel > svg path").First.WaitForAsync();
        Assert.Contains(_trials[0].Id, open.Page.Url, StringComparison.Ordinal);
        Assert.Equal("curves-heading", await open.Page.EvaluateAsync<string>("document.activeElement.id"));
        await open.Page.ReloadAsync();
        await open.Page.Locator("[data-chart='tcvUpper'] .panel > svg path").First.WaitForAsync();
    }

    [Fact]
    public async Task FailedTrial_SaysWhy()
    {
        FailureLog.Add(_sweep,
            new TrialFailure
            {
                Trial = _trials[4].Id,
                Attempt = 1,
                Kind = FailureKind.Error,
                Reason = "<b>it broke</b>",
                Worker = "w",
                At = DateTimeOffset.UnixEpoch
            });
        await using OpenPage open = await OpenAsync("#state=failed");
        await open.Page.Locator("#rows button").First.ClickAsync();
        await open.Page.Locator("#reason").Filter(new() { HasText = "<b>it broke</b>" }).WaitForAsync();
        Assert.Contains("1 failed", await open.Page.Locator("#states").TextContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerThatEnds_IsSaid()
    {
        await using OpenPage open = await OpenAsync("");
        await _server.DisposeAsync();
        await open.Page.Locator("#problem").Filter(new() { HasText = "does not answer" }).WaitForAsync();
    }

    private static ILocator Heading(OpenPage open) => open.Page.Locator("#progress-heading");

    private async Task<OpenPage> OpenAsync(string hash, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        OpenPage open = await chromium.OpenAsync(_server.Address + hash, width, scheme: scheme);
        await open.Page.Locator("#heat rect").First.WaitForAsync();
        return open;
    }

    private void Lease(Trial trial)
    {
        Directory.CreateDirectory(_sweep.LeasesPath);
        File.WriteAllText(Path.Combine(_sweep.LeasesPath, trial.Id), "{}");
    }
}
