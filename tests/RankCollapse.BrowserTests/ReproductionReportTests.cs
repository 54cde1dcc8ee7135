using Microsoft.Playwright;
using RankCollapse.Experiments.Page;
using RankCollapse.Tests.Experiments;

namespace RankCollapse.BrowserTests;

/// <summary>The page of a reproduction, written once for all tests.</summary>
public sealed class ReproductionFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rankcollapse-reproduction-");

    private readonly Lazy<bool> _isWritten;

    public ReproductionFolder() => _isWritten = new(() => SyntheticReproduction.Write(_folder.FullName).Count > 0);

    /// <summary>The page's path.</summary>
    public string PagePath => _isWritten.Value ? Path.Combine(_folder.FullName, ReproductionReport.FileName) : "";

    public void Dispose() => _folder.Delete(recursive: true);
}

public sealed class ReproductionReportTests(Chromium chromium, ReproductionFolder folder)
{
    private const string Background = "getComputedStyle(document.body).backgroundColor";

    [Theory]
    [InlineData(390)]
    [InlineData(820)]
    [InlineData(1280)]
    public async Task Page_LoadsWithoutNetworkErrorsOrOverflow(int width)
    {
        await using OpenPage open = await chromium.OpenAsync(folder.PagePath, width: width);

        Assert.All(open.Requests,
            url => Assert.True(url.StartsWith("file:", StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal), url));
        Assert.Single(open.Requests, url => url.StartsWith("file:", StringComparison.Ordinal));
        Assert.Empty(open.Errors);
        Assert.Equal(width, await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        foreach (ILocator details in await open.Page.Locator("details").AllAsync()) await details.Locator("summary").ClickAsync();
        Assert.Equal(width, await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(0, await open.Page.Locator("svg [d*=NaN], svg [x*=NaN], svg [cx*=NaN], svg [y1*=NaN], svg [width*=NaN]").CountAsync());
        Assert.Equal(3, await open.Page.Locator("main section[id]").CountAsync());
    }

    [Fact]
    public async Task DarkPreference_IsFollowed_AndTheButtonGoesBack()
    {
        await using OpenPage light = await chromium.OpenAsync(folder.PagePath);
        await using OpenPage dark = await chromium.OpenAsync(folder.PagePath, scheme: ColorScheme.Dark);
        const string Text = "getComputedStyle(document.querySelector('#fig6-gram-matrices .picture text')).fill";
        const string Line = "getComputedStyle(document.querySelector('#fig3-collapse .panel > svg path.band')).fill";

        Assert.NotEqual(await light.Page.EvaluateAsync<string>(Background), await dark.Page.EvaluateAsync<string>(Background));
        Assert.NotEqual(await light.Page.EvaluateAsync<string>(Text), await dark.Page.EvaluateAsync<string>(Text));
        Assert.NotEqual(await light.Page.EvaluateAsync<string>(Line), await dark.Page.EvaluateAsync<string>(Line));
        await dark.Page.Locator("#theme").ClickAsync();
        Assert.Equal(await light.Page.EvaluateAsync<string>(Background), await dark.Page.EvaluateAsync<string>(Background));
    }

    [Fact]
    public async Task Keys_HideTheirSeriesByMouseAndByKeyboard()
    {
        await using OpenPage open = await chromium.OpenAsync(folder.PagePath);
        ILocator key = open.Page.Locator("#fig3-collapse .key", new() { HasText = "layer 3" }).First;
        ILocator lines = open.Page.Locator("#fig3-collapse .panel > svg path[stroke^='var(--layer-']");
        int before = await lines.CountAsync();

        await key.ClickAsync();
        Assert.Equal("false", await key.GetAttributeAsync("aria-pressed"));
        Assert.Equal(before - 2, await lines.CountAsync());
        await key.FocusAsync();
        await open.Page.Keyboard.PressAsync("Space");
        Assert.Equal("true", await key.GetAttributeAsync("aria-pressed"));
        Assert.Equal(before, await lines.CountAsync());
    }

    [Fact]
    public async Task ScaleButton_MakesLogarithmicAxesLinear()
    {
        await using OpenPage open = await chromium.OpenAsync(folder.PagePath);
        ILocator line = open.Page.Locator("#fig3-collapse .panel > svg").First.Locator("path[stroke-width='1.9']").First;
        ILocator scale = open.Page.Locator("#fig3-collapse .scale");
        string? logarithmic = await line.GetAttributeAsync("d");
        await scale.PressAsync("Enter");

        Assert.NotEqual(logarithmic, await line.GetAttributeAsync("d"));
        await scale.ClickAsync();
        Assert.Equal(logarithmic, await line.GetAttributeAsync("d"));
    }

    [Fact]
    public async Task Cursor_ShowsMeanAndBand_ByPointerAndArrowKeys()
    {
        await using OpenPage open = await chromium.OpenAsync(folder.PagePath);
        ILocator svg = open.Page.Locator("#fig3-collapse .panel > svg").First;
        ILocator reading = open.Page.Locator("#fig3-collapse .reading");
        ILocator value = open.Page.Locator("#fig3-collapse .key output").First;
        await svg.HoverAsync(new() { Position = new() { X = 58, Y = 60 } });
        Assert.Equal("epoch 0", await reading.TextContentAsync());
        Assert.Matches(@"^\d+.* \(\d+.* to \d+.*\)$", await value.TextContentAsync());
        await svg.FocusAsync();
        await open.Page.Keyboard.PressAsync("End");
        Assert.Equal("epoch 4,000", await reading.TextContentAsync());
        await open.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal("epoch 3,900", await reading.TextContentAsync());
        await open.Page.Keyboard.PressAsync("Escape");
        Assert.Equal("", await reading.TextContentAsync());
    }

    [Fact]
    public async Task HeatMap_TellsTheValueUnderThePointer_AndUnderTheArrowKeys()
    {
        await using OpenPage open = await chromium.OpenAsync(folder.PagePath);
        ILocator svg = open.Page.Locator("#fig1-heat .panel > svg").First;
        ILocator reading = open.Page.Locator("#fig1-heat .reading");
        await svg.HoverAsync(new() { Position = new() { X = 70, Y = 20 } });
        Assert.Equal("layer 1, λ 10⁻⁴, σ 0.4: tail energy –", await reading.TextContentAsync());
        await svg.FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal("layer 1, λ 10⁻⁴, σ 0.2: tail energy 400", await reading.TextContentAsync());
        await open.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("layer 1, λ 0.001, σ 0.2: tail energy 40", await reading.TextContentAsync());
    }

    [Fact]
    public async Task Moments_AreChosenByMouseAndByKeyboard()
    {
        await using OpenPage open = await chromium.OpenAsync(folder.PagePath);
        ILocator figure = open.Page.Locator("#fig6-gram-matrices .chart");
        ILocator visible = figure.Locator(".panel:not([hidden]) > svg image");
        string? start = await visible.Nth(3).GetAttributeAsync("href");
        Assert.Equal(16, await visible.CountAsync());

        await figure.Locator(".moment").Last.ClickAsync();
        Assert.Equal("true", await figure.Locator(".moment").Last.GetAttributeAsync("aria-pressed"));
        Assert.NotEqual(start, await visible.Nth(3).GetAttributeAsync("href"));
        Assert.Contains("end, iteration", await figure.Locator(".momentum").TextContentAsync(), StringComparison.Ordinal);
        await figure.Locator(".moment").First.FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        Assert.Equal(start, await visible.Nth(3).GetAttributeAsync("href"));
    }

    [Fact]
    public async Task GramMatrix_TellsTheClassesAndTheInnerProduct()
    {
        await using OpenPage open = await chromium.OpenAsync(folder.PagePath);
        ILocator figure = open.Page.Locator("#fig6-gram-matrices .chart");
        await figure.Locator(".moment").Last.ClickAsync();
        ILocator svg = figure.Locator(".panel:not([hidden]) > svg").Nth(2);
        await svg.FocusAsync();
        await open.Page.Keyboard.PressAsync("Home");

        Assert.Matches(@"^layer 2, class 0 with class 0: [\d.]+$", await figure.Locator(".reading").TextContentAsync());
    }

    [Fact]
    public async Task Points_TellTheirClass_AndKeysHideThem()
    {
        await using OpenPage open = await chromium.OpenAsync(folder.PagePath);
        ILocator figure = open.Page.Locator("#fig6-random-planes .chart");
        ILocator svg = figure.Locator(".panel:not([hidden]) > svg").Nth(1);
        await svg.FocusAsync();
        await open.Page.Keyboard.PressAsync("Home");
        Assert.Matches(@"^layer 1, class 0: \(.+, .+\)$", await figure.Locator(".reading").TextContentAsync());
        int before = await svg.Locator("path").CountAsync();
        await figure.Locator(".key").First.ClickAsync();
        Assert.Equal(before - 1, await svg.Locator("path").CountAsync());
    }

    [Fact]
    public async Task TabKey_ReachesEveryControl()
    {
        await using OpenPage open = await chromium.OpenAsync(folder.PagePath);
        int controls = await open.Page.Locator("a:visible, button:visible, svg[tabindex]:visible, summary, [tabindex='0']:not(svg):visible").CountAsync();
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
    public async Task WithoutScripts_StaticPicturesAreShown()
    {
        await using OpenPage open = await chromium.OpenAsync(folder.PagePath, hasScripts: false);

        foreach (string picture in (
            string[])["#fig1-heat noscript svg", "#fig3-collapse noscript svg", "#fig6-gram-matrices .picture svg", "#fig6-random-planes .picture svg"])
            Assert.True(await open.Page.Locator(picture).IsVisibleAsync(), picture);
    }
}
