using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using RankCollapse.Cli.Playing;
using RankCollapse.Reporting.Reports;
using RankCollapse.Runs;
using RankCollapse.Tests;
using RankCollapse.Training;

namespace RankCollapse.BrowserTests;

/// <summary>The page with knobs, as a person uses it; with <c>PLAY_PAGE_PICTURES</c> set to a folder, pictures of it are left there.</summary>
public sealed class PlayPageTests(Chromium chromium) : IAsyncLifetime
{
    private static readonly string Check = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "PageCheck.js"));
    private static readonly RunConfiguration Small = new()
    {
        Data = "gaussian-mixture",
        Samples = 18,
        Classes = 3,
        Dimension = 24,
        Depth = 3,
        Width = [10],
        Convention = Convention.Mean,
        Lambda = 1e-2,
    };

    private readonly TemporaryFolder _folder = new();
    private PlayServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await PlayServer.StartAsync(new StageOptions { Configuration = Small, NameRun = _ => _folder.File("saved") });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Page_LoadsFromItsOwnAddressAlone_WithoutAFault(int width, ColorScheme scheme)
    {
        await using OpenPage open = await OpenAsync(width, scheme);
        await open.Page.Locator("#compare").CheckAsync();
        await open.Page.Locator("#bound").CheckAsync();
        await open.Page.Locator("[data-picture=bound-1]").WaitForAsync();
        await open.Page.Locator("#run").ClickAsync();
        await Ended(open).Nth(1).WaitForAsync();
        await open.Page.Locator("summary").ClickAsync();
        Assert.Empty(await open.Page.EvaluateAsync<string[]>(Check));
        if (Environment.GetEnvironmentVariable("PLAY_PAGE_PICTURES") is { Length: > 0 } pictures)
            await open.Page.ScreenshotAsync(new() { Path = Path.Combine(pictures, $"play-{width}.png"), FullPage = true });
        Assert.All(open.Requests,
            url => Assert.True(url.StartsWith(_server.Address.ToString(), StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal), url));
        Assert.Empty(open.Errors);
    }

    [Fact]
    public async Task EveryKnob_ChangesItsSetting_AndThePageSaysWhatThatDid()
    {
        // Every knob has an effect with these, one after the other.
        (string Name, string Value)[] turns =
        [
            ("dimension", "20"), ("sigma", "0.2"), ("samples", "21"), ("classes", "2"), ("depth", "4"), ("width", "9"), ("activation", "relu"),
            ("architecture", "residual"), ("seed", "5"), ("dataSeed", "6"), ("bias", "true"), ("outputActivation", "tanh"), ("init", "gaussian"),
            ("loss", "cross-entropy"), ("convention", "sum"), ("lambda", "0.02"), ("delta", "0.5"), ("lambdaFeatures", "0.03"), ("maxEpochs", "70"),
            ("gradientTolerance", "0.001"), ("solver", "adam"), ("learningRate", "0.002"), ("batchSize", "7"), ("data", "moons"),
        ];
        await using OpenPage open = await OpenAsync();
        await open.Page.Locator("summary").ClickAsync();
        int knobs = await open.Page.Locator(".knob").CountAsync();
        Assert.Equal(knobs, turns.Length);
        foreach ((string name, string value) in turns)
        {
            ILocator knob = open.Page.Locator($"#knob-{name}");
            string tag = await knob.EvaluateAsync<string>("node => node.type");
            if (tag == "checkbox") await knob.CheckAsync();
            else if (tag.StartsWith("select", StringComparison.Ordinal)) await knob.SelectOptionAsync(value);
            else
            {
                await knob.FillAsync(value);
                await knob.BlurAsync();
            }
            string option = JsonNamingPolicy.KebabCaseLower.ConvertName(name);
            await open.Page.Locator("#effect").Filter(new() { HasText = $"{option} {value}" }).WaitForAsync();
            await Status(open).Filter(new() { HasText = "· ready" }).WaitForAsync();
        }
        await open.Page.Locator("#knob-depth").FillAsync("none");
        await open.Page.Locator("#knob-depth").BlurAsync();
        await open.Page.Locator("#problem").Filter(new() { HasText = "depth is 'none', expected a whole number" }).WaitForAsync();
        Assert.Equal("true", await open.Page.Locator("#knob-depth").GetAttributeAsync("aria-invalid"));
        await open.Page.Locator("#knob-data").SelectOptionAsync(new SelectOptionValue { Label = "other …" });
        await open.Page.Locator("#knob-data-other").FillAsync(_folder.File("none.npz"));
        await open.Page.Locator("#knob-data-other").BlurAsync();
        await Status(open).Filter(new() { HasText = "cannot be trained" }).WaitForAsync();
    }

    [Fact]
    public async Task TimeIsHeld_Stepped_Run_AndScrubbed()
    {
        await using OpenPage open = await OpenAsync();
        ILocator run = open.Page.Locator("#run"), moment = open.Page.Locator("#moment");
        await open.Page.Locator("#step").ClickAsync();
        await Status(open).Filter(new() { HasTextRegex = new("^epoch 1 .* held$") }).WaitForAsync();
        await open.Page.Locator("#speed").SelectOptionAsync("20");
        await run.ClickAsync();
        await run.Filter(new() { HasText = "Pause" }).WaitForAsync();
        await run.ClickAsync();
        await Status(open).Filter(new() { HasTextRegex = new("held$") }).WaitForAsync();
        // Going on with another penalty keeps the weights, and says so.
        await open.Page.Locator("#knob-lambda").FillAsync("0.02");
        await open.Page.Locator("#knob-lambda").BlurAsync();
        await open.Page.Locator("#effect").Filter(new() { HasText = "Goes on from the weights of epoch" }).WaitForAsync();
        await Status(open).Filter(new() { HasTextRegex = new("held$") }).WaitForAsync();
        await open.Page.Locator("#speed").SelectOptionAsync("");
        await run.ClickAsync();
        await Ended(open).WaitForAsync();
        await moment.FocusAsync();
        await open.Page.Keyboard.PressAsync("Home");
        await Status(open).Filter(new() { HasTextRegex = new("^epoch 0 ") }).WaitForAsync();
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await Status(open).Filter(new() { HasTextRegex = new("^epoch 1 ") }).WaitForAsync();
        await open.Page.Locator("#newest").ClickAsync();
        await Status(open).Filter(new() { HasTextRegex = new("^epoch [1-9].* ended$") }).WaitForAsync();
        Assert.False(await open.Page.Locator("#newest").IsVisibleAsync());
        await open.Page.Locator("#restart").ClickAsync();
        await Status(open).Filter(new() { HasTextRegex = new("^epoch 0 .* ready$") }).WaitForAsync();
    }

    [Fact]
    public async Task TwoSideBySide_BeginAlike_AndAreNamedByWhatDiffers()
    {
        await using OpenPage open = await OpenAsync();
        await open.Page.Locator("#compare").CheckAsync();
        await open.Page.Locator("[data-picture=points-1]").WaitForAsync();
        string Address(int side) => $"document.querySelector('[data-picture=points-{side}]').toDataURL()";
        Assert.Equal(await open.Page.EvaluateAsync<string>(Address(0)), await open.Page.EvaluateAsync<string>(Address(1)));
        await open.Page.Locator("#sides button").Nth(1).ClickAsync();
        await open.Page.Locator("#knob-delta").FillAsync("10");
        await open.Page.Locator("#knob-delta").BlurAsync();
        await open.Page.Locator(".scene h2").Nth(1).Filter(new() { HasText = "Right: delta 10" }).WaitForAsync();
        Assert.Equal("Left: delta 0", await open.Page.Locator(".scene h2").First.TextContentAsync());
        await open.Page.Locator("#run").ClickAsync();
        await Ended(open).Nth(1).WaitForAsync();
        await open.Page.ReloadAsync();
        await Ended(open).Nth(1).WaitForAsync();
        Assert.NotEqual(await open.Page.EvaluateAsync<string>(Address(0)), await open.Page.EvaluateAsync<string>(Address(1)));
        await open.Page.Locator("#compare").UncheckAsync();
        await open.Page.Locator("[data-picture=points-1]").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    [Theory]
    [InlineData("collapse", 1)]
    public Task Story_EndsWithTheCommandThatRepeatsIt(string name, int commands) => TellAsync(name, commands);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("first-order", 2)]
    [InlineData("delta", 2)]
    [InlineData("forecast", 1)]
    [InlineData("rank", 1)]
    public async Task OtherStories_EndWithTheCommandThatRepeatsThem(string name, int commands)
    {
        LongTests.Require();
        await TellAsync(name, commands);
    }

    [Fact]
    public async Task WhatIsTakenAlong_IsThere_AndReplaysWithoutAServer()
    {
        await using OpenPage open = await OpenAsync();
        await open.Page.Locator("#run").ClickAsync();
        await Ended(open).WaitForAsync();
        async Task<byte[]> Download(string id)
        {
            IDownload download = await open.Page.RunAndWaitForDownloadAsync(() => open.Page.Locator(id).ClickAsync());
            return await File.ReadAllBytesAsync((await download.PathAsync())!);
        }
        await open.Page.Locator("#save").ClickAsync();
        await open.Page.Locator("#kept").Filter(new() { HasText = $"Saved as {_folder.File("saved")}." }).WaitForAsync();
        Assert.Equal(TrainingStatus.Converged, RunFolder.Read(_folder.File("saved")).Summary.Status);
        byte[] png = await Download("#png");
        Assert.Equal("\u0089PNG", Encoding.Latin1.GetString(png, 0, 4));
        string svg = Encoding.UTF8.GetString(await Download("#svg")), moving = Encoding.UTF8.GetString(await Download("#moving"));
        foreach (string picture in (string[])[svg, moving])
        {
            var root = System.Xml.Linq.XDocument.Parse(picture).Root!;
            Assert.Equal("svg", root.Name.LocalName);
            Assert.Equal(0, root.Descendants().Count(node => node.Attributes().Any(a => a.Value.Contains("NaN", StringComparison.Ordinal))));
            Assert.DoesNotContain(root.Descendants(), node => node.Name.LocalName is "script" or "foreignObject");
        }
        // Three layers of three classes.
        Assert.Equal(9, System.Text.RegularExpressions.Regex.Count(moving, "attributeName=\"d\""));
        byte[] page = await Download("#page");
        Assert.InRange(page.Length, 1, 5_000_000);
        string path = _folder.File("collapse.html");
        await File.WriteAllBytesAsync(path, page);
        await _server.DisposeAsync();

        await using OpenPage replay = await chromium.OpenAsync(path);
        await replay.Page.Locator("[data-picture=points-0]").WaitForAsync();
        await Ended(replay).WaitForAsync();
        Assert.Equal(0, await replay.Page.Locator("#run, #save, #knobs").CountAsync());
        await replay.Page.Locator("#moment").FocusAsync();
        await replay.Page.Keyboard.PressAsync("Home");
        await Status(replay).Filter(new() { HasTextRegex = new("^epoch 0 ") }).WaitForAsync();
        await replay.Page.Locator("#replay").ClickAsync();
        await Status(replay).Filter(new() { HasTextRegex = new("^epoch [1-9]") }).WaitForAsync();
        Assert.Contains("rankcollapse train --data gaussian-mixture", await replay.Page.Locator(".scene code").TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal(new Uri(path).AbsoluteUri, Assert.Single(replay.Requests, url => !url.StartsWith("data:", StringComparison.Ordinal)));
        Assert.Empty(replay.Errors);
    }

    [Fact]
    public async Task Keyboard_ReachesEveryControl_AndTrains()
    {
        await using OpenPage open = await OpenAsync();
        int controls = await open.Page.Locator("a:visible, button:visible:enabled, select:visible:enabled, input:visible:enabled, summary, "
            + "[tabindex='0']:visible")
            .CountAsync();
        var reached = new HashSet<string>();
        for (int i = 0; i < controls; i++)
        {
            await open.Page.Keyboard.PressAsync("Tab");
            reached.Add(await open.Page.EvaluateAsync<string>("(e => [...document.querySelectorAll('*')].indexOf(e) + e.tagName)(document.activeElement)"));
        }
        Assert.Equal(controls, reached.Count);
        await open.Page.Locator("#run").FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        await Ended(open).WaitForAsync();
    }

    [Fact]
    public async Task WhoWantsLittleMotion_SeesTwoPicturesASecondAtMost()
    {
        await using OpenPage open = await OpenAsync();
        await open.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await open.Page.ReloadAsync();
        await Status(open).Filter(new() { HasText = "ready" }).WaitForAsync();
        // Times at which pictures were drawn, by the page's own clock.
        await open.Page.EvaluateAsync("""
            () => {
              window.drawn = [];
              new MutationObserver(() => drawn.push(performance.now())).observe(document.documentElement, { attributeFilter: ["data-pictures"] });
            }
            """);
        await open.Page.Locator("#speed").SelectOptionAsync("20");
        await open.Page.Locator("#run").ClickAsync();
        await Ended(open).WaitForAsync();
        double[] drawn = await open.Page.EvaluateAsync<double[]>("drawn");
        // An observer hears of a picture after it was drawn, which may be late once and in time the next time.
        Assert.True(drawn.Length <= 2 + ((drawn[^1] - drawn[0]) / 450), string.Join(' ', drawn));
    }

    [Theory]
    [InlineData("")]
    [InlineData("TOKEN/")]
    public async Task PagesOfOtherOrigins_ReadAndChangeNothing(string token)
    {
        // With TOKEN the attacker has learnt the whole address.
        string target = $"http://127.0.0.1:{_server.Address.Port}/{token.Replace("TOKEN", _server.Address.AbsolutePath.Trim('/'), StringComparison.Ordinal)}";
        using var attacker = new HttpListener();
        int port = FreePort();
        attacker.Prefixes.Add($"http://127.0.0.1:{port}/");
        attacker.Prefixes.Add($"http://localhost:{port}/");
        attacker.Start();
#pragma warning disable CA2025 // Serving ends when the attacker is stopped, and is waited for.
        Task serving = ServeAsync(attacker, Attack.Replace("TARGET", target, StringComparison.Ordinal));
#pragma warning restore CA2025
        foreach (string host in (string[])["127.0.0.1", "localhost"])
        {
            await using OpenPage open = await chromium.OpenAsync($"http://{host}:{port}/");
            ILocator told = open.Page.Locator("#told");
            await told.Filter(new() { HasText = "done" }).WaitForAsync();
            Assert.Equal("done", (await told.TextContentAsync())!.Trim());
        }
        attacker.Stop();
        await serving;
        using var client = new HttpClient { BaseAddress = _server.Address };
        byte[] answer = await client.GetByteArrayAsync(new Uri("frames?scene=0", UriKind.Relative));
        using var state = JsonDocument.Parse(answer.AsMemory(4, BitConverter.ToInt32(answer)));
        Assert.Equal("ready", state.RootElement.GetProperty("status").GetString());
        Assert.Equal(1, state.RootElement.GetProperty("scenes").GetInt32());
        Assert.False(Directory.Exists(_folder.File("saved")));
    }

    /// <summary>Every way by which a page asks another origin; what it could read it says.</summary>
    private const string Attack = """
        <!doctype html><meta charset="utf-8"><p id="told"></p><iframe name="frame"></iframe>
        <form id="form" method="post" enctype="text/plain" target="frame"><input name='{"a":"' value='"}'></form>
        <script>
        const told = document.getElementById("told"), leak = text => { if (text) told.append(`leak: ${text} `); };
        const quiet = async work => { try { return await work(); } catch { return ""; } };
        (async () => {
          for (const path of ["", "table", "frames?scene=0", "replay", "play.js"]) {
            leak(await quiet(async () => (await (await fetch("TARGET" + path)).text())));
            leak(await quiet(async () => (await (await fetch("TARGET" + path, { mode: "no-cors" })).text())));
            leak(await quiet(() => new Promise((yes, no) => {
              const script = Object.assign(document.createElement("script"), { src: "TARGET" + path });
              script.onload = () => yes("script " + path); script.onerror = no; document.body.append(script);
            })));
          }
          for (const path of ["run", "step", "restart", "compare", "save"]) {
            for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"])
              for (const mode of ["cors", "no-cors"])
                leak(await quiet(async () => (await (await fetch("TARGET" + path, {
                  method: "POST", mode, credentials: "include", headers: { "Content-Type": type }, body: '{"scene":0,"isOn":true}',
                })).text())));
            await quiet(() => navigator.sendBeacon("TARGET" + path, new Blob(['{"scene":0,"isOn":true}'], { type: "text/plain" })));
            const form = document.getElementById("form");
            form.action = "TARGET" + path;
            form.submit();
            await new Promise(done => setTimeout(done, 100));
          }
          const frame = document.querySelector("iframe");
          await new Promise(done => { frame.onload = done; setTimeout(done, 1000); frame.src = "TARGET"; });
          leak(await quiet(() => frame.contentDocument && frame.contentDocument.body && frame.contentDocument.body.textContent));
          told.append("done");
        })();
        </script>
        """;

    private static ILocator Status(OpenPage open) => open.Page.Locator(".numbers-line").First;

    private static ILocator Ended(OpenPage open) => open.Page.Locator(".numbers-line").Filter(new() { HasTextRegex = new("ended$") });

    private async Task TellAsync(string name, int commands)
    {
        await using OpenPage open = await OpenAsync();
        await open.Page.Locator($"[data-story={name}]").ClickAsync();
        ILocator story = open.Page.Locator("#story"), next = story.GetByText("Go on");
        await open.Page.Locator("#story[data-step='0']").WaitForAsync();
        await next.ClickAsync();
        await open.Page.Locator("#story[data-step='1']").WaitForAsync();
        await next.ClickAsync();
        await open.Page.Locator("#story[data-step='3']").WaitForAsync(new() { Timeout = 60_000 });
        await story.Locator(".command").Nth(commands - 1).WaitForAsync();
        Assert.Equal(commands, await story.Locator(".command").CountAsync());
        Story told = Story.All.Single(one => one.Name == name);
        for (int i = 0; i < commands; i++)
        {
            Assert.Equal(string.Join(' ', ReproduceCommand.For(told.Settings[i])), await story.Locator("code").Nth(i).TextContentAsync());
        }
        Assert.Empty(open.Errors);
    }

    private async Task<OpenPage> OpenAsync(int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        OpenPage open = await chromium.OpenAsync(_server.Address.ToString(), width, scheme: scheme);
        await Status(open).Filter(new() { HasText = "ready" }).WaitForAsync();
        await open.Page.Locator(".said").First.Filter(new() { HasText = "Forecast:" }).WaitForAsync();
        return open;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task ServeAsync(HttpListener listener, string page)
    {
        while (listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await listener.GetContextAsync();
                context.Response.ContentType = "text/html";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(page));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // It has ended.
            }
        }
    }
}
