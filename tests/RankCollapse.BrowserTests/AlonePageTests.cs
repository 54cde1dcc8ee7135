using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;

namespace RankCollapse.BrowserTests;

/// <summary>The page of the site on which the library runs in the browser itself, as <c>build/site.sh</c> has made it.</summary>
public sealed class AlonePageTests(Chromium chromium) : IAsyncLifetime
{
    private static readonly string? Site = FindSite();

    private readonly HttpListener _server = new();
    private Task _serving = Task.CompletedTask;
    private string _address = "";

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(Site is null, "The site is not there: build/site.sh makes it.");
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            _address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }
        _server.Prefixes.Add(_address);
        _server.Start();
        _serving = ServeAsync();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _server.Close();
        await _serving;
    }

    [Fact]
    public async Task Library_IsLoadedOnAClick_TrainsAndCollapses()
    {
        await using OpenPage open = await chromium.OpenAsync($"{_address}browser/index.html");
        open.Page.SetDefaultTimeout(180_000);
        Assert.DoesNotContain(open.Requests, request => request.EndsWith(".wasm", StringComparison.Ordinal));
        await open.Page.Locator("#load").ClickAsync();
        ILocator status = open.Page.Locator(".numbers-line").First, said = open.Page.Locator(".said").First;
        await status.Filter(new() { HasText = "ready" }).WaitForAsync();
        await open.Page.Locator("#step").ClickAsync();
        await status.Filter(new() { HasTextRegex = new("^epoch 1 .* held$") }).WaitForAsync();
        // Another penalty goes on with the same weights, another depth begins anew.
        await open.Page.Locator("#knob-lambda").FillAsync("0.02");
        await open.Page.Locator("#knob-lambda").BlurAsync();
        await open.Page.Locator("#effect").Filter(new() { HasText = "Goes on from the weights of epoch 1 with lambda 0.02" }).WaitForAsync();
        await open.Page.Locator("#knob-depth").FillAsync("2");
        await open.Page.Locator("#knob-depth").BlurAsync();
        await open.Page.Locator("#effect").Filter(new() { HasText = "Starts anew with depth 2" }).WaitForAsync();
        await said.Filter(new() { HasText = "Forecast: centroid problem" }).WaitForAsync();
        await open.Page.Locator("#run").ClickAsync();
        await status.Filter(new() { HasText = "ended" }).WaitForAsync();
        Assert.Contains("Converged", await said.TextContentAsync(), StringComparison.Ordinal);
        // Each of the three classes is one point in the last layer.
        Assert.Equal("3", await open.Page.Locator(".layers-table tr:last-child td").Nth(1).TextContentAsync());
        string? command = await open.Page.Locator(".scene code").First.TextContentAsync();
        Assert.StartsWith("rankcollapse train --data gaussian-mixture", command, StringComparison.Ordinal);
        IDownload replay = await open.Page.RunAndWaitForDownloadAsync(() => open.Page.Locator("#page").ClickAsync());
        Assert.Contains("id=\"recording\"", await File.ReadAllTextAsync((await replay.PathAsync())!), StringComparison.Ordinal);
        // The digits are there too.
        await open.Page.Locator("#knob-data").SelectOptionAsync("mnist");
        await status.Filter(new() { HasText = "ready" }).WaitForAsync();
        Assert.Empty(open.Errors);
        Assert.All(open.Requests, request => Assert.True(request.StartsWith(_address, StringComparison.Ordinal)
            || request.StartsWith("data:", StringComparison.Ordinal) || request.StartsWith("blob:", StringComparison.Ordinal), request));
    }

    private static string? FindSite()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "RankCollapse.slnx"))) continue;
            string site = Path.Combine(folder.FullName, "artifacts", "site");
            return File.Exists(Path.Combine(site, "browser", "index.html")) ? site : null;
        }
        return null;
    }

    private async Task ServeAsync()
    {
        while (_server.IsListening)
        {
            try
            {
                HttpListenerContext context = await _server.GetContextAsync();
                string path = Path.GetFullPath(Path.Combine(Site!, context.Request.Url!.AbsolutePath.TrimStart('/')));
                bool isThere = path.StartsWith(Site!, StringComparison.Ordinal) && File.Exists(path);
                context.Response.StatusCode = isThere ? 200 : 404;
                context.Response.ContentType = Path.GetExtension(path) switch
                {
                    ".html" => "text/html",
                    ".js" => "text/javascript",
                    ".wasm" => "application/wasm",
                    _ => "application/octet-stream",
                };
                if (isThere) await context.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(path));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // It has ended, or the page has gone.
            }
        }
    }
}
