using Microsoft.Playwright;
using RankCollapse.Models;
using RankCollapse.Reporting;
using RankCollapse.Tests.Reporting;

namespace RankCollapse.BrowserTests;

public sealed class ModelReportTests(Chromium chromium) : IDisposable
{
    private const string Layers = "#table tbody tr:not([hidden]) th";

    private readonly string _folder = Directory.CreateTempSubdirectory("rankcollapse-models-").FullName;

    public static TheoryData<string> Kinds => ["usual", "features", "large"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Page_LoadsWithoutNetworkErrorsOrOverflow(string kind)
    {
        string path = Write(kind switch
        {
            "usual" => SampleInspections.Usual(),
            "features" => SampleInspections.WithFeatures(),
            _ => SampleInspections.Large(),
        });
        await using OpenPage open = await chromium.OpenAsync(path, width: 390, height: 844);
        Assert.All(open.Requests,
            url => Assert.True(url.StartsWith("file:", StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal), url));
        Assert.Empty(open.Errors);
        Assert.Equal(390, await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(0, await open.Page.Locator("svg [d*=NaN], svg [x*=NaN], svg [cx*=NaN], svg [y1*=NaN]").CountAsync());
    }

    [Fact]
    public async Task Headings_SortTheTableInBothDirections_MissingLast()
    {
        await using OpenPage open = await chromium.OpenAsync(Write(SampleInspections.Usual()));
        ILocator exponent = open.Page.Locator("#table thead th:has(button:text-is(\"α\"))");
        await exponent.Locator("button").ClickAsync();
        Assert.Equal("descending", await exponent.GetAttributeAsync("aria-sort"));
        IReadOnlyList<string> falling = await Names(open);
        await exponent.Locator("button").ClickAsync();
        Assert.Equal("ascending", await exponent.GetAttributeAsync("aria-sort"));
        IReadOnlyList<string> rising = await Names(open);
        Assert.Equal("zero.weight", falling[^1]);
        Assert.Equal("zero.weight", rising[^1]);
        string[] first = [.. falling.Where(HasPowerLaw)], second = [.. rising.Where(HasPowerLaw)];
        Assert.Equal(first.Reverse(), second);
        Assert.Equal(1, await open.Page.Locator("#table th[aria-sort]").CountAsync());
    }

    [Fact]
    public async Task AllColumns_AreShownOnRequest_AndTheFilterHidesLayers()
    {
        await using OpenPage open = await chromium.OpenAsync(Write(SampleInspections.Usual()));
        ILocator edge = open.Page.Locator("#table thead th").Filter(new() { HasText = "noise edge" });
        Assert.False(await edge.IsVisibleAsync());
        await open.Page.Locator("#columns").ClickAsync();
        Assert.True(await edge.IsVisibleAsync());
        await open.Page.Locator("#filter").FillAsync("CONV");
        Assert.Equal(["conv.weight"], await Names(open));
        Assert.Equal(1, await open.Page.Locator(".card:not([hidden])").CountAsync());
    }

    [Fact]
    public async Task WithoutScripts_EverythingIsThere()
    {
        await using OpenPage open = await chromium.OpenAsync(Write(SampleInspections.Usual()), hasScripts: false);
        Assert.Equal(5, (await Names(open)).Count);
        Assert.True(await open.Page.Locator(".card svg").First.IsVisibleAsync());
        Assert.False(await open.Page.Locator("#columns").IsVisibleAsync());
    }

    [Fact]
    public async Task Themes_ChangeTheCharts()
    {
        string path = Write(SampleInspections.Usual());
        const string Text = "getComputedStyle(document.querySelector('.card text')).fill";
        await using OpenPage light = await chromium.OpenAsync(path);
        await using OpenPage dark = await chromium.OpenAsync(path, scheme: ColorScheme.Dark);
        Assert.NotEqual(await light.Page.EvaluateAsync<string>(Text), await dark.Page.EvaluateAsync<string>(Text));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool HasPowerLaw(string name) => name is "full.weight" or "conv.weight" or "collapsed.weight";

    private static async Task<IReadOnlyList<string>> Names(OpenPage open) => await open.Page.Locator(Layers).AllInnerTextsAsync();

    private string Write(Inspection inspection)
    {
        string path = Path.Combine(_folder, "model.html");
        ModelReport.Write(inspection, path);
        return path;
    }
}
