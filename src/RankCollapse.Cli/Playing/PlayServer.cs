using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RankCollapse.Cli.Serving;
using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Playing;

/// <summary>
/// The server of the page with knobs, for this machine alone. Everything lies behind a token, and what changes something comes by POST from its own page only:
/// with the token, with this address as its origin, and as JSON, which no form of another page can send.
/// </summary>
internal sealed class PlayServer : IAsyncDisposable
{
    private const int MostScenes = 2;
    private const long MostBytes = 64 << 10;
    private const string Html = "text/html; charset=utf-8";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly AddressGuard _guard = new(IPAddress.Loopback, [], hasToken: true);
    private readonly WorkFolder _work = WorkFolder.Make("play");
    private readonly PlayServerOptions _options;
    private readonly List<Scene> _scenes = [];
    private readonly ConcurrentDictionary<Scene, (string Run, string Place)> _saved = [];
    private readonly SemaphoreSlim _turn = new(1);
    private GuardedServer? _server;
    private int _made;
    private int _isDisposed;

    private PlayServer(PlayServerOptions options) => _options = options;

    /// <summary>Where the page is, with the token.</summary>
    public Uri Address => _server!.Address;

    /// <summary>A file that leads a browser to the page, for this user alone to read: a program's arguments are seen by all users of a machine.</summary>
    public string Entrance => Path.Combine(_work.Path, "play.html");

    /// <summary>Starts to serve, and prepares the first scene.</summary>
    /// <exception cref="InvalidInputException">The settings cannot be used, or the port cannot be taken.</exception>
    public static async Task<PlayServer> StartAsync(PlayServerOptions options)
    {
        options.Configuration.Validate();
        var server = new PlayServer(options);
        try
        {
            server._server = await GuardedServer.StartAsync(IPAddress.Loopback, options.Port, server._guard, server.AnswerAsync, MostBytes);
            server._scenes.Add(new Scene(server.FolderOfAScene(), options.Configuration));
            AtomicFile.Write(server.Entrance, Encoding.UTF8.GetBytes($"<!doctype html><meta charset=\"utf-8\"><title>RankCollapse</title>"
                + $"<meta http-equiv=\"refresh\" content=\"0;url={server.Address}\"><a href=\"{server.Address}\">RankCollapse</a>\n"));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        if (_server is not null) await _server.DisposeAsync();
        foreach (Scene scene in _scenes) scene.Dispose();
        _work.Dispose();
        _turn.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string? path = _guard.Strip(request.Path.Value ?? "/");
        bool isPost = HttpMethods.IsPost(request.Method);
        if (path is null)
        {
            await GuardedServer.TextAsync(context, StatusCodes.Status404NotFound, "There is nothing here; the address that play printed holds a token.");
            return;
        }
        if (!isPost && !HttpMethods.IsGet(request.Method))
        {
            context.Response.Headers.Allow = "GET, POST";
            await GuardedServer.TextAsync(context, StatusCodes.Status405MethodNotAllowed, "Only GET and POST are understood.");
            return;
        }
        // A browser says where a request comes from; one that comes by hand, or from the address line, says nothing.
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        bool isOwn = isPost ? IsOfOwnPage(request, site) : path == "/" || site is "" or "same-origin";
        if (!isOwn)
        {
            await GuardedServer.TextAsync(context, StatusCodes.Status403Forbidden, "Only the page itself may ask that.");
            return;
        }
        if (isPost) await ChangeAsync(context, path);
        else await ShowAsync(context, path);
    }

    private static bool IsOfOwnPage(HttpRequest request, string site) =>
        request.Headers.Origin.ToString() == $"http://{request.Host.Value}" && site is "" or "same-origin"
        && request.ContentType is { } type && type.Split(';')[0].Trim() == GuardedServer.Json;

    private Task ShowAsync(HttpContext context, string path) => path switch
    {
        "/" => GuardedServer.BytesAsync(context, PlayPage.Html, Html),
        "/play.css" => GuardedServer.BytesAsync(context, PlayPage.Css, "text/css; charset=utf-8"),
        "/play.js" => GuardedServer.BytesAsync(context, PlayPage.Script, "text/javascript; charset=utf-8"),
        "/table" => GuardedServer.BytesAsync(context, PlayPage.Table, GuardedServer.Json),
        "/frames" => FramesAsync(context),
        "/replay" => ReplayAsync(context),
        _ => GuardedServer.TextAsync(context, StatusCodes.Status404NotFound, "There is nothing here."),
    };

    /// <summary>What a scene has that the page does not know yet; waits for it.</summary>
    private async Task FramesAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        int Number(string name) => int.TryParse(query[name], CultureInfo.InvariantCulture, out int number) ? number : -1;
        int index = Number("scene"), version = Number("version"), generation = Number("generation"), after = Number("after");
        await SceneAt(index).WaitAsync(version, generation, after, Patience, context.RequestAborted);
        // Meanwhile another scene may have taken its place, or none.
        Scene? there;
        lock (_scenes) there = index < _scenes.Count ? _scenes[index] : null;
        byte[]? answer = there?.With((now, frames) =>
        {
            bool isNew = now.Generation != generation, isKnown = !isNew && now.Version == version;
            byte[][] news = [.. frames.After(isNew ? -1 : after).Select(one => Numbered(one.Number, one.Frame))];
            return news.Length == 0 && isKnown ? null : Envelope(isKnown ? [] : State(now), news);
        });
        await GuardedServer.BytesAsync(context, answer, "application/octet-stream");
    }

    private Scene SceneAt(int index)
    {
        lock (_scenes) return index >= 0 && index < _scenes.Count ? _scenes[index] : throw new InvalidInputException("There is no such scene.");
    }

    private async Task ReplayAsync(HttpContext context)
    {
        Scene[] scenes;
        lock (_scenes) scenes = [.. _scenes];
        var recorded = scenes.Select(scene => scene.With((now, frames) => (State(now), frames.All.ToArray()))).ToArray();
        await GuardedServer.BytesAsync(context, Encoding.UTF8.GetBytes(PlayPage.Replay(recorded)), Html);
    }

    /// <summary>Does what the page asks: one thing at a time.</summary>
    private async Task ChangeAsync(HttpContext context, string path)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await _turn.WaitAsync(context.RequestAborted);
        string answer;
        try
        {
            using JsonDocument document = ParseBody(body.ToArray());
            answer = await Task.Run(() => Change(path, document.RootElement));
        }
        finally
        {
            _turn.Release();
        }
        await GuardedServer.TextAsync(context, StatusCodes.Status200OK, answer);
    }

    private static JsonDocument ParseBody(byte[] body)
    {
        try
        {
            var document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new InvalidInputException("What is asked is not a JSON object.");
        }
        catch (JsonException e)
        {
            throw new InvalidInputException("What is asked is not JSON.", e);
        }
    }

    private string Change(string path, JsonElement asked)
    {
        string? Text(string name) => asked.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        double? Double(string name) => asked.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
        bool IsOn(string name) => asked.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;
        Scene One() => SceneAt(Double("scene") is { } at and >= 0 and < MostScenes ? (int)at : -1);
        void All(Action<Scene> change) => _scenes.ForEach(change);

        switch (path)
        {
            case "/run": All(scene => scene.Run()); break;
            case "/pause": All(scene => scene.Pause()); break;
            case "/step": All(scene => scene.Step()); break;
            case "/restart": All(scene => scene.Restart()); break;
            case "/speed":
                double speed = Double("epochsPerSecond") ?? double.PositiveInfinity;
                if (!(speed > 0)) throw new InvalidInputException("The speed is a number of epochs a second above 0.");
                All(scene => scene.Limit(speed));
                break;
            case "/bound": All(scene => scene.ShowBound(IsOn("isShown"))); break;
            case "/plane": All(scene => scene.Choose(Text("kind") == "principal" ? PlaneKind.Principal : PlaneKind.Random)); break;
            case "/settings":
                Scene one = One();
                one.Configure(Read(asked, one.Configuration));
                return one.Change;
            case "/compare":
                SetScenes(IsOn("isOn") ? MostScenes : 1, _scenes[0].Configuration);
                break;
            case "/story":
                Story story = Story.All.FirstOrDefault(story => story.Name == Text("name")) ?? throw new InvalidInputException("There is no such story.");
                SetScenes(0, story.Settings[0]);
                foreach (RunConfiguration settings in story.Settings) SetScenes(_scenes.Count + 1, settings);
                All(scene => scene.ShowBound(story.ShowsBound));
                for (int i = 0; i < _scenes.Count; i++) _scenes[i].Limit(story.EpochsPerSecond[i % story.EpochsPerSecond.Count]);
                break;
            case "/save": return Save(One());
            default: throw new InvalidInputException("There is nothing that can be asked so.");
        }
        return "";
    }

    /// <summary>Settings as the page's fields have them: texts, empty for the default.</summary>
    private static RunConfiguration Read(JsonElement asked, RunConfiguration start)
    {
        if (!asked.TryGetProperty("settings", out JsonElement settings) || settings.ValueKind != JsonValueKind.Object)
            throw new InvalidInputException("There are no settings.");
        RunConfiguration read = start;
        foreach (JsonProperty property in settings.EnumerateObject())
        {
            Setting setting = Knob.First.Concat(Knob.More).FirstOrDefault(knob => knob.JsonName == property.Name)
                ?? throw new InvalidInputException($"There is no knob '{ErrorText.Printable(property.Name)}'.");
            string text = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()!.Trim() : property.Value.GetRawText();
            object? value = text.Length == 0 ? setting.Default : setting.Parse(text)
                ?? throw new InvalidInputException(setting.Type.IsEnum
                    ? $"The setting {setting.Name} is '{ErrorText.Printable(text)}'; {NearMatches.Advice(text, setting.Names)}"
                    : $"The setting {setting.Name} is '{ErrorText.Printable(text)}', expected {setting.ExpectedOption}.");
            read = setting.With(read, value);
        }
        return read;
    }

    private void SetScenes(int count, RunConfiguration configuration)
    {
        while (_scenes.Count > count)
        {
            Scene last = _scenes[^1];
            lock (_scenes) _scenes.RemoveAt(_scenes.Count - 1);
            last.Dispose();
        }
        while (_scenes.Count < count)
        {
            var scene = new Scene(FolderOfAScene(), configuration);
            lock (_scenes) _scenes.Add(scene);
        }
    }

    private string FolderOfAScene()
    {
        string path = Path.Combine(_work.Path, $"scene-{_made++}");
        FileSteps.MakeFolder(path);
        return path;
    }

    private string Save(Scene scene)
    {
        string place = SceneSaving.Free(_options.NameRun(scene.Configuration));
        string run = scene.Save(path =>
        {
            SceneSaving.Copy(path, place, scene.Leg > 0);
            return path;
        });
        _saved[scene] = (run, place);
        return place;
    }

    private byte[] State(Scene scene)
    {
        using var stream = new MemoryStream();
        string? place = _saved.TryGetValue(scene, out (string Run, string Place) saved) && saved.Run == scene.RunPath ? saved.Place : null;
        using (var writer = new Utf8JsonWriter(stream)) SceneJson.Write(writer, scene, place, _scenes.Count);
        return stream.ToArray();
    }

    private static byte[] Numbered(int number, byte[] frame)
    {
        var bytes = new byte[sizeof(int) + frame.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        frame.CopyTo(bytes, sizeof(int));
        return bytes;
    }

    /// <summary>The state and frames, each with its length before it.</summary>
    private static byte[] Envelope(byte[] state, byte[][] frames)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (byte[] part in (byte[][])[state, .. frames])
        {
            writer.Write(part.Length);
            writer.Write(part);
        }
        return stream.ToArray();
    }
}

/// <summary>What the page begins with, and where its runs go.</summary>
internal sealed record PlayServerOptions
{
    /// <summary>The settings of the first scene.</summary>
    public required RunConfiguration Configuration { get; init; }

    /// <summary>The folder that a run of settings is saved to, where it is free.</summary>
    public required Func<RunConfiguration, string> NameRun { get; init; }

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; }
}
