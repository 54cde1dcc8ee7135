using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using RankCollapse.Cli.Serving;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests.Sweeps.Results;

namespace RankCollapse.Tests.Cli.Serving;

public sealed class LiveServerTests : IAsyncLifetime
{
    private const string Secret = "a secret outside the folder";

    private readonly TemporaryFolder _folder = new();
    private LiveServer _server = null!;
    private SweepFolder _sweep = null!;
    private Trial _trial = null!;

    public async ValueTask InitializeAsync()
    {
        _sweep = SampleResults.WriteSweep(_folder.File("served/phase"), [1e-3, 1e-2], 2);
        _trial = _sweep.ReadPlan().Trials[0];
        foreach (Trial trial in _sweep.ReadPlan().Trials.Take(3)) SampleResults.Finish(_sweep, trial);
        SampleResults.WriteRun(_folder.File("served/own"), SampleResults.Configuration(1e-3, 20, 1), 2);
        _folder.Write("secret.json", Secret);
        _server = await LiveServer.StartAsync(new LiveServerOptions { Folder = _folder.File("served") });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("LOCALHOST", 200)]
    [InlineData("[::1]", 200)]
    [InlineData("127.0.0.2", 200)]
    [InlineData("[::ffff:7f00:1]", 200)]
    [InlineData("evil.example", 421)]
    [InlineData("localhost.evil.example", 421)]
    [InlineData("127.0.0.1.evil.example", 421)]
    [InlineData("192.168.0.7", 421)]
    [InlineData("localhost@evil.example", 400)]
    [InlineData("evil.example#localhost", 400)]
    public async Task OtherHostsNames_AreRefused(string host, int status)
    {
        foreach (string path in (string[])["/", "/state"])
        {
            Assert.Equal(status, await StatusOf($"GET {path} HTTP/1.1\r\nHost: {host}:{_server.Address.Port}\r\n\r\n"));
            Assert.Equal(status, await StatusOf($"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        }
    }

    [Fact]
    public async Task RequestWithoutHost_IsRefused()
    {
        Assert.Equal(400, await StatusOf("GET / HTTP/1.1\r\n\r\n"));
        Assert.Equal(421, await StatusOf("GET / HTTP/1.0\r\n\r\n"));
        Assert.Equal(400, await StatusOf("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"));
        Assert.Equal(421, await StatusOf("GET http://evil.example/state HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
    }

    [Theory]
    [InlineData("/../secret.json")]
    [InlineData("/..%2fsecret.json")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("//etc/passwd")]
    [InlineData("/phase/plan.json")]
    [InlineData("/file?view=phase&trial={trial}&name=../../../../secret.json")]
    [InlineData("/file?view=phase&trial={trial}&name=..%2f..%2f..%2f..%2fsecret.json")]
    [InlineData("/file?view=phase&trial={trial}&name=%2fetc%2fpasswd")]
    [InlineData("/file?view=phase&trial={trial}&name=result.json")]
    [InlineData("/file?view=phase&trial={trial}&name=")]
    [InlineData("/file?view=phase&trial=..%2f..%2f..%2f..&name=config.json")]
    [InlineData("/file?view=..&trial={trial}&name=config.json")]
    [InlineData("/file?view=phase&trial={trial}&name=config.json")]
    [InlineData("/file?view=phase&trial={trial}&name=config.json&key=00000000000000000000000000000000")]
    [InlineData("/file?view=phase&trial={trial}&name=config.json&key={key}")]
    [InlineData("/file?view=phase&trial={trial}&name=..%2f..%2f..%2f..%2fsecret.json&key={key}")]
    [InlineData("/curve?view=phase&trial=..%2f..%2f..%2fsecret")]
    [InlineData("/state?view=..%2f")]
    public async Task PathsOutOfTheFolder_LeadNowhere(string path)
    {
        // The key of another file.
        string key = (await AddressOfAsync(_trial, "summary.json"))[^32..];
        path = path.Replace("{trial}", _trial.Id, StringComparison.Ordinal).Replace("{key}", key, StringComparison.Ordinal);
        string answer = await AskRaw($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 (400|404) ", answer);
        Assert.DoesNotContain(Secret, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_AreNotFollowed()
    {
        string result = _sweep.ResultPath(_trial.Id);
        string[] names = ["config.json", "report.html"];
        await File.WriteAllTextAsync(Path.Combine(result, "report.html"), "", TestContext.Current.CancellationToken);
        string[] addresses = [await AddressOfAsync(_trial, names[0]), await AddressOfAsync(_trial, names[1])];
        foreach (string address in addresses) Assert.Equal(HttpStatusCode.OK, (await GetAsync(address)).Status);
        foreach (string name in names) File.Delete(Path.Combine(result, name));
        File.CreateSymbolicLink(Path.Combine(result, "config.json"), _folder.File("secret.json"));
        File.CreateSymbolicLink(Path.Combine(result, "report.html"), _folder.File("secret.json"));
        Trial waiting = _sweep.ReadPlan().Trials[3];
        File.CreateSymbolicLink(_sweep.LivePathOf(waiting.Id), _folder.Write("secret.csv", "epoch,seconds,objective,relativeGradientNorm\n1,1,123456,1\n"));
        SampleResults.WriteRun(_folder.File("elsewhere/run"), SampleResults.Configuration(1e-3, 20, 1), 987654);
        Directory.CreateSymbolicLink(_folder.File("served/linked"), _folder.File("elsewhere/run"));
        string other = _sweep.ResultPath(_sweep.ReadPlan().Trials[1].Id);
        Directory.Move(other, _folder.File("moved"));
        Directory.CreateSymbolicLink(other, _folder.File("moved"));

        foreach (string address in addresses)
        {
            foreach (string framed in (string[])["", "&framed=1"]) Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(address + framed)).Status);
        }
        // One that has not looked before.
        await _server.DisposeAsync();
        _server = await LiveServer.StartAsync(new LiveServerOptions { Folder = _folder.File("served") });
        Assert.DoesNotContain("123456", (await GetAsync($"curve?view=phase&trial={waiting.Id}")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("987654", (await GetAsync("trials?view=*")).Body, StringComparison.Ordinal);
        Assert.Equal(["damaged", "damaged", "done", "pending"], (await TrialsAsync()).Select(t => t.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Answers_TellBrowsersToLoadNothingElse()
    {
        using var client = new HttpClient { BaseAddress = _server.Address };
        foreach (string path in (string[])["", "live.js", "live.css", "state", "nothing"])
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            string policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("same-origin", answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.False(answer.Headers.Contains("Server"));
        }
        using HttpResponseMessage file = await client.GetAsync(new Uri(await AddressOfAsync(_trial, "summary.json"), UriKind.Relative));
        Assert.StartsWith("sandbox", file.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task OtherMethods_AreRefused(string method) =>
        Assert.Equal(405, await StatusOf($"{method} /state HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"));

    [Fact]
    public async Task OnANetwork_TheAddressHoldsAToken()
    {
        await using LiveServer server = await LiveServer.StartAsync(
            new LiveServerOptions { Folder = _folder.File("served"), Address = IPAddress.Any, HostNames = ["my.machine"] });
        string token = server.Address.Segments[1];
        Assert.Equal(33, token.Length);
        string Request(string path, string host) => $"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n";
        foreach (string path in (string[])["/", "/state", "/live.js", $"/{new string('0', 32)}/state", $"/{token[..31]}/state"])
            Assert.StartsWith("HTTP/1.1 404", await AskRaw(Request(path, "127.0.0.1"), server), StringComparison.Ordinal);
        foreach (string host in (string[])["127.0.0.1", "10.1.2.3:99", "localhost", "my.machine", Dns.GetHostName()])
            Assert.StartsWith("HTTP/1.1 200", await AskRaw(Request($"/{token}state", host), server), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 421", await AskRaw(Request($"/{token}state", "evil.example"), server), StringComparison.Ordinal);
        await using LiveServer again = await LiveServer.StartAsync(new LiveServerOptions { Folder = _folder.File("served"), Address = IPAddress.Any });
        Assert.NotEqual(token, again.Address.Segments[1]);
    }

    [Fact]
    public async Task OnANetwork_AFilesAddressOpensThatFileAlone()
    {
        await using LiveServer server = await LiveServer.StartAsync(new LiveServerOptions { Folder = _folder.File("served"), Address = IPAddress.Any });
        string address = await AddressOfAsync(_trial, "summary.json", server);
        Assert.DoesNotContain(server.Address.Segments[1].Trim('/'), address, StringComparison.Ordinal);
        string Request(string path) => $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
        Assert.StartsWith("HTTP/1.1 200", await AskRaw(Request(address), server), StringComparison.Ordinal);
        string other = _sweep.ReadPlan().Trials[1].Id, key = address[^32..];
        string config = address.Replace("summary", "config", StringComparison.Ordinal), another = address.Replace(_trial.Id, other, StringComparison.Ordinal);
        foreach (string path in (string[])[config, another, address[..^1], address[..^32], $"/{key}/state", $"/{key}/"])
            Assert.StartsWith("HTTP/1.1 404", await AskRaw(Request(path), server), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", await AskRaw(Request(address)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData("127.1.2.3")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task AddressThatIsPrinted_Answers(string at)
    {
        var address = IPAddress.Parse(at);
        Assert.SkipWhen(address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6, "There is no IPv6 here.");
        await using LiveServer server = await LiveServer.StartAsync(new LiveServerOptions { Folder = _folder.File("served"), Address = address });
        using var client = new HttpClient();
        Assert.Contains("<title>RankCollapse</title>", await client.GetStringAsync(server.Address), StringComparison.Ordinal);
        // As a browser writes it.
        Assert.StartsWith("HTTP/1.1 200",
            await AskRaw($"GET {server.Address.AbsolutePath}state HTTP/1.1\r\nHost: {server.Address.Authority}\r\nConnection: close\r\n\r\n", server),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_SaysWhereTheTrialsStand_AndNothingWhenNothingChanged()
    {
        using var first = JsonDocument.Parse((await GetAsync("state?view=phase")).Body);
        Assert.Equal(3, first.RootElement.GetProperty("counts").GetProperty("done").GetInt32());
        Assert.Equal(["phase", "*"], first.RootElement.GetProperty("views").EnumerateArray().Select(v => v.GetProperty("id").GetString()));
        string known = $"state?view=phase&known={first.RootElement.GetProperty("version").GetInt64()}";
        Assert.Equal(HttpStatusCode.NoContent, (await GetAsync(known)).Status);
        SampleResults.Finish(_sweep, _sweep.ReadPlan().Trials[3]);
        string body = "";
        for (int i = 0; i < 100 && body.Length == 0; i++)
        {
            await Task.Delay(100);
            body = (await GetAsync(known)).Body;
        }
        using var second = JsonDocument.Parse(body);
        Assert.Equal(4, second.RootElement.GetProperty("counts").GetProperty("done").GetInt32());
    }

    [Fact]
    public async Task Grid_HasTheMedianOfEachCell()
    {
        using var grid = JsonDocument.Parse((await GetAsync("grid?view=phase&x=lambda&metric=objective")).Body);
        Assert.Equal(["0.001", "0.01"],
            grid.RootElement.GetProperty("chart").GetProperty("panels")[0].GetProperty("x").GetProperty("labels").EnumerateArray().Select(l => l.GetString()));
        double[][] cells = [.. grid.RootElement.GetProperty("cells").EnumerateArray().Select(c => c.EnumerateArray().Select(v => v.GetDouble()).ToArray())];
        Assert.Equal([0, 0, 2, 2, 0.6], cells[0], (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1, 0, 2, 1, 1], cells[1], (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData("grid?x=lamda", "did you mean 'lambda'")]
    [InlineData("grid?metric=objektive", "no metric")]
    [InlineData("grid?metric=tcvUpper&layer=zero", "no metric")]
    [InlineData("curve?trial=none", "no such")]
    [InlineData("state?view=none", "no such")]
    public async Task WrongQuestion_IsOneLine(string path, string found)
    {
        (HttpStatusCode status, string body) = await GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(found, Assert.Single(body.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThousandClientsAtOnce_AreAnswered_BesideOnesThatOnlyConnect()
    {
        const int Clients = 1000, Idle = 200, Requests = 5;
        var idle = new List<TcpClient>();
        for (int i = 0; i < Idle; i++)
        {
            var connected = new TcpClient();
            await connected.ConnectAsync(IPAddress.Loopback, _server.Address.Port);
            await connected.GetStream().WriteAsync("GET /state HTTP/1.1\r\nHost: loc"u8.ToArray());
            idle.Add(connected);
        }
        using var all = new SemaphoreSlim(0);
        byte[] request = Encoding.ASCII.GetBytes("GET /grid?view=phase&x=lambda&y=seed HTTP/1.1\r\nHost: localhost\r\n\r\n");
        int connections = 0;
        async Task<int> Client()
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _server.Address.Port);
            // All are connected before the first asks.
            if (Interlocked.Increment(ref connections) == Clients) all.Release(Clients);
            await all.WaitAsync();
            NetworkStream stream = client.GetStream();
            var buffer = new byte[1 << 14];
            int answered = 0;
            for (int i = 0; i < Requests; i++)
            {
                await stream.WriteAsync(request);
                int length = 0, end;
                do
                {
                    int read = await stream.ReadAsync(buffer.AsMemory(length));
                    if (read == 0) return answered;
                    length += read;
                    end = buffer.AsSpan(0, length).LastIndexOf("]}"u8);
                }
                while (end != length - 2);
                if (buffer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8)) answered++;
            }
            return answered;
        }
        int[] answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Client())).WaitAsync(TimeSpan.FromSeconds(60));
        foreach (TcpClient client in idle) client.Dispose();
        Assert.All(answers, answered => Assert.Equal(Requests, answered));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("state")).Status);
    }

    [Fact]
    public async Task PortThatIsTaken_IsOneLine()
    {
        InvalidInputException error = await Assert.ThrowsAsync<InvalidInputException>(
            async () => await LiveServer.StartAsync(new LiveServerOptions { Folder = _folder.Root, Port = _server.Address.Port }));
        Assert.Contains("choose another --port", error.Message, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var client = new HttpClient { BaseAddress = _server.Address };
        using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<string> AddressOfAsync(Trial trial, string name, LiveServer? server = null)
    {
        using var client = new HttpClient { BaseAddress = (server ?? _server).Address };
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri($"curve?view=phase&trial={trial.Id}", UriKind.Relative)));
        return document.RootElement.GetProperty("files").EnumerateArray().Single(file => file.GetProperty("name").GetString() == name).GetProperty("address")
            .GetString()!;
    }

    private async Task<JsonElement[]> TrialsAsync()
    {
        using var document = JsonDocument.Parse((await GetAsync("trials?view=phase")).Body);
        return [.. document.RootElement.Clone().GetProperty("trials").EnumerateArray()];
    }

    private async Task<int> StatusOf(string request) => int.Parse((await AskRaw(request)).Split(' ')[1]);

    /// <summary>Sends bytes as they are and reads the answer's head and body, as far as they come at once.</summary>
    private async Task<string> AskRaw(string request, LiveServer? server = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync((server ?? _server).Address.DnsSafeHost, (server ?? _server).Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        var buffer = new byte[1 << 16];
        int length = await stream.ReadAtLeastAsync(buffer, 12, throwOnEndOfStream: false);
        if (request.Contains("close", StringComparison.Ordinal))
            length += await stream.ReadAtLeastAsync(buffer.AsMemory(length), buffer.Length - length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
