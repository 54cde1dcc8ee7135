using Microsoft.Playwright;
using RankCollapse.BrowserTests;

[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(ReproductionFolder))]

namespace RankCollapse.BrowserTests;

/// <summary>The machine's Chromium, started once for all tests; the package's own driver speaks to it and nothing is downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where Chromium is; null where it is not installed.</summary>
    public static string? ExecutablePath { get; } =
        Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } chosen ? chosen : Places.FirstOrDefault(File.Exists);

    /// <summary>Why tests are skipped where there is no browser.</summary>
    public const string Absent = "Chromium is not installed: install Debian's package chromium, or set CHROMIUM to its path.";

    public async ValueTask InitializeAsync()
    {
        if (ExecutablePath is null) return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = ExecutablePath, Headless = true, Args = Arguments });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Opens a file in a window of its own that records what it asks for and what goes wrong.</summary>
    public async Task<OpenPage> OpenAsync(string path, int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light, bool hasScripts = true)
    {
        Assert.SkipWhen(_browser is null, Absent);
        IBrowserContext context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            JavaScriptEnabled = hasScripts,
        });
        IPage page = await context.NewPageAsync();
        var open = new OpenPage(context, page);
        page.Request += (_, request) => open.Requests.Add(request.Url);
        page.Console += (_, message) => { if (message.Type is "error" or "warning") open.Errors.Add(message.Text); };
        page.PageError += (_, error) => open.Errors.Add(error);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        return open;
    }
}

/// <summary>A page with what it asked for and what went wrong.</summary>
public sealed record OpenPage(IBrowserContext Context, IPage Page) : IAsyncDisposable
{
    /// <summary>Every address that was asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Errors and warnings.</summary>
    public List<string> Errors { get; } = [];

    public async ValueTask DisposeAsync() => await Context.DisposeAsync();
}
