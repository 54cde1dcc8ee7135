using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using RankCollapse.Cli.Playing;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Cli.Playing;

public sealed class PlayServerTests : IAsyncLifetime
{
    private static readonly RunConfiguration Small = new()
    {
        Data = "gaussian-mixture",
        Samples = 12,
        Classes = 3,
        Dimension = 12,
        Depth = 2,
        Width = [8],
        Convention = Convention.Mean,
        Lambda = 1e-2,
        MaxEpochs = 5,
    };

    private readonly TemporaryFolder _folder = new();
    private PlayServer _server = null!;

    private string Token => _server.Address.AbsolutePath.Trim('/');

    private int Port => _server.Address.Port;

    public async ValueTask InitializeAsync() =>
        _server = await PlayServer.StartAsync(new StageOptions { Configuration = Small, NameRun = _ => _folder.File("saved") });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Address_IsOfThisMachineAlone_WithATokenOf128Bits()
    {
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(_server.Address.Host)));
        Assert.Matches("^[0-9a-f]{32}$", Token);
        await using PlayServer other = await PlayServer.StartAsync(new StageOptions { Configuration = Small, NameRun = _ => _folder.File("other") });
        Assert.NotEqual(Token, other.Address.AbsolutePath.Trim('/'));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/frames?scene=0")]
    [InlineData("/table")]
    [InlineData("/replay")]
    [InlineData("/00000000000000000000000000000000/")]
    [InlineData("/00000000000000000000000000000000/frames?scene=0")]
    [InlineData("/{token}0/frames?scene=0")]
    [InlineData("/{short}/frames?scene=0")]
    [InlineData("/{token}")]
    [InlineData("//{token}/frames?scene=0")]
    [InlineData("/frames?scene=0&token={token}")]
    public async Task WithoutTheToken_NothingIsRead(string path)
    {
        string answer = await AskAsync($"GET {Filled(path)} HTTP/1.1\r\nHost: 127.0.0.1:{Port}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("gaussian-mixture", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example", 421)]
    [InlineData("127.0.0.1.evil.example", 421)]
    [InlineData("192.168.0.7", 421)]
    [InlineData("localhost", 200)]
    [InlineData("127.0.0.1", 200)]
    public async Task NamesThatAreMadeToLeadHere_AreRefused_WithTheTokenToo(string host, int status)
    {
        string answer = await AskAsync($"GET /{Token}/table HTTP/1.1\r\nHost: {host}:{Port}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: cross-site\r\n")]
    [InlineData("Sec-Fetch-Site: same-site\r\n")]
    public async Task OtherSites_ReadNothing_WithTheTokenToo(string header)
    {
        string answer = await AskAsync($"GET /{Token}/frames?scene=0 HTTP/1.1\r\nHost: 127.0.0.1:{Port}\r\n{header}Connection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin: http://127.0.0.1:{port}\r\nContent-Type: application/json\r\n", 200)]
    [InlineData("Origin: http://127.0.0.1:{port}\r\nContent-Type: application/json; charset=utf-8\r\nSec-Fetch-Site: same-origin\r\n", 200)]
    [InlineData("Content-Type: application/json\r\n", 403)]
    [InlineData("Origin: null\r\nContent-Type: application/json\r\n", 403)]
    [InlineData("Origin: http://evil.example\r\nContent-Type: application/json\r\n", 403)]
    [InlineData("Origin: http://127.0.0.1:1\r\nContent-Type: application/json\r\n", 403)]
    [InlineData("Origin: http://localhost:{port}\r\nContent-Type: application/json\r\n", 403)]
    [InlineData("Origin: https://127.0.0.1:{port}\r\nContent-Type: application/json\r\n", 403)]
    [InlineData("Origin: http://127.0.0.1:{port}\r\nContent-Type: text/plain\r\n", 403)]
    [InlineData("Origin: http://127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n", 403)]
    [InlineData("Origin: http://127.0.0.1:{port}\r\n", 403)]
    [InlineData("Origin: http://127.0.0.1:{port}\r\nContent-Type: application/json\r\nSec-Fetch-Site: cross-site\r\n", 403)]
    public async Task Changes_ComeFromThePageItselfAlone(string headers, int status)
    {
        string answer = await AskAsync(
            $"POST /{Token}/pause HTTP/1.1\r\nHost: 127.0.0.1:{Port}\r\n{Filled(headers)}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}");
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST /pause", 404)]
    [InlineData("POST /00000000000000000000000000000000/pause", 404)]
    [InlineData("GET /{token}/pause", 404)]
    [InlineData("GET /{token}/run", 404)]
    [InlineData("PUT /{token}/pause", 405)]
    [InlineData("DELETE /{token}/pause", 405)]
    [InlineData("OPTIONS /{token}/pause", 405)]
    public async Task Changes_NeedTheTokenAndPost(string request, int status)
    {
        string answer = await AskAsync($"{Filled(request)} HTTP/1.1\r\nHost: 127.0.0.1:{Port}\r\nOrigin: http://127.0.0.1:{Port}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Access-Control-Allow", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("settings", "{\"scene\":0,\"settings\":{\"depth\":\"0\"}}", "depth is 0; expected at least 1")]
    [InlineData("settings", "{\"scene\":0,\"settings\":{\"depth\":\"many\"}}", "depth is 'many', expected a whole number")]
    [InlineData("settings", "{\"scene\":0,\"settings\":{\"loss\":\"square\"}}", "did you mean 'squared'")]
    [InlineData("settings", "{\"scene\":0,\"settings\":{\"threads\":\"1\"}}", "no knob 'threads'")]
    [InlineData("settings", "{\"scene\":7,\"settings\":{}}", "no such scene")]
    [InlineData("settings", "[]", "not a JSON object")]
    [InlineData("settings", "{", "not JSON")]
    [InlineData("story", "{\"name\":\"none\"}", "no such story")]
    [InlineData("speed", "{\"epochsPerSecond\":0}", "above 0")]
    [InlineData("nothing", "{}", "nothing that can be asked so")]
    public async Task WrongQuestions_AreOneLine_AndChangeNothing(string path, string body, string found)
    {
        (int status, string text) = await PostAsync(path, body);
        Assert.Equal(400, status);
        Assert.Contains(found, Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SavedRun_EqualsThatOfTrain_BitForBit()
    {
        await StateAsync(state => state is "ready");
        Assert.Equal(200, (await PostAsync("step", "{}")).Status);
        await StateAsync(state => state is "paused");
        // Saved on the way, it goes on to the same end.
        Assert.Equal(200, (await PostAsync("save", "{\"scene\":0}")).Status);
        Assert.Equal(TrainingStatus.Cancelled, RunFolder.Read(_folder.File("saved")).Summary.Status);
        await PostAsync("run", "{}");
        await StateAsync(state => state is "ended");
        (int status, string place) = await PostAsync("save", "{\"scene\":0}");
        Assert.Equal((200, _folder.File("saved-2")), (status, place.Trim()));
        TrainingRun.Start(Small, _folder.File("trained"));
        Run played = RunFolder.Read(place.Trim()), trained = RunFolder.Read(_folder.File("trained"));
        Assert.Equal(trained.Trained.Parameters, played.Trained.Parameters);
        Assert.Equal(trained.Metrics.Select(m => (m.Epoch, m.Layer, m.Metric, m.Value)), played.Metrics.Select(m => (m.Epoch, m.Layer, m.Metric, m.Value)));
        foreach (string file in (string[])["config.json", "dataset.safetensors", "initial.safetensors", "weights.safetensors"])
        {
            byte[] expected = await File.ReadAllBytesAsync(Path.Combine(_folder.File("trained"), file));
            Assert.Equal(expected, await File.ReadAllBytesAsync(Path.Combine(place.Trim(), file)));
        }
        Assert.Equal(trained.Summary.Numbers.Where(n => n.Key != "seconds"), played.Summary.Numbers.Where(n => n.Key != "seconds"));
        // What was saved on the way goes on to the same end, too.
        TrainingRun.Resume(_folder.File("saved"));
        Assert.Equal(trained.Trained.Parameters, RunFolder.Read(_folder.File("saved")).Trained.Parameters);
    }

    [Fact]
    public async Task OtherPenalties_GoOnWithTheSameWeights_OtherShapesStartAnew()
    {
        await StateAsync(state => state is "ready");
        await PostAsync("step", "{}");
        await StateAsync(state => state is "paused");
        (_, string text) = await PostAsync("settings", "{\"scene\":0,\"settings\":{\"lambda\":\"0.1\"}}");
        Assert.Equal("Goes on from the weights of epoch 1 with lambda 0.1.", text.Trim());
        await StateAsync(state => state is "paused");
        await PostAsync("save", "{\"scene\":0}");
        Run saved = RunFolder.Read(_folder.File("saved"));
        Assert.Equal(Path.Combine(_folder.File("saved"), "initial.safetensors"), saved.Configuration.From);
        Assert.NotEqual(TrainingRun.Start(Small with { MaxEpochs = 0 }, null).Run.Initial.Parameters, saved.Initial.Parameters);
        (_, text) = await PostAsync("settings", "{\"scene\":0,\"settings\":{\"width\":\"9\"}}");
        Assert.Equal("Starts anew with width 9.", text.Trim());
        await StateAsync(state => state is "ready");
    }

    private string Filled(string text) => text.Replace("{token}", Token, StringComparison.Ordinal).Replace("{short}", Token[..31], StringComparison.Ordinal)
        .Replace("{port}", $"{Port}", StringComparison.Ordinal);

    private async Task<(int Status, string Text)> PostAsync(string path, string body)
    {
        string answer = await AskAsync($"POST /{Token}/{path} HTTP/1.1\r\nHost: 127.0.0.1:{Port}\r\nOrigin: http://127.0.0.1:{Port}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        return (int.Parse(answer.Split(' ')[1]), answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }

    /// <summary>Waits until the scene stands where it should.</summary>
    private async Task StateAsync(Func<string, bool> isThere)
    {
        using var client = new HttpClient { BaseAddress = _server.Address };
        for (int i = 0; ; i++)
        {
            byte[] answer = await client.GetByteArrayAsync(new Uri("frames?scene=0", UriKind.Relative));
            using var state = JsonDocument.Parse(answer.AsMemory(4, BitConverter.ToInt32(answer)));
            string status = state.RootElement.GetProperty("status").GetString()!;
            if (isThere(status)) return;
            Assert.True(i < 1000 && status != "failed", $"{status}: {state.RootElement.GetProperty("said").GetString()}");
            await Task.Delay(20);
        }
    }

    private async Task<string> AskAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
