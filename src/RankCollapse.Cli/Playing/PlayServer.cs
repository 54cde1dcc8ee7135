using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using RankCollapse.Cli.Serving;
using RankCollapse.Formats;

namespace RankCollapse.Cli.Playing;

/// <summary>
/// The server of the page with knobs, for this machine alone. Everything lies behind a token, and what changes something comes by POST from its own page only:
/// with the token, with this address as its origin, and as JSON, which no form of another page can send.
/// </summary>
internal sealed class PlayServer : IAsyncDisposable
{
    private const long MostBytes = 64 << 10;
    private const string Html = "text/html; charset=utf-8";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly AddressGuard _guard = new(IPAddress.Loopback, [], hasToken: true);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Stage _stage;
    private GuardedServer? _server;
    private int _isDisposed;

    private PlayServer(StageOptions options) => _stage = new Stage(options);

    /// <summary>Where the page is, with the token.</summary>
    public Uri Address => _server!.Address;

    /// <summary>A file that leads a browser to the page, for this user alone to read: a program's arguments are seen by all users of a machine.</summary>
    public string Entrance => Path.Combine(_stage.Folder, "play.html");

    /// <summary>Starts to serve, and prepares the first scene.</summary>
    /// <param name="options">What the page begins with.</param>
    /// <param name="port">The port; 0 takes a free one.</param>
    /// <exception cref="InvalidInputException">The settings cannot be used, or the port cannot be taken.</exception>
    public static async Task<PlayServer> StartAsync(StageOptions options, int port = 0)
    {
        var server = new PlayServer(options);
        try
        {
            server._server = await GuardedServer.StartAsync(IPAddress.Loopback, port, server._guard, server.AnswerAsync, MostBytes);
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
        _stage.Dispose();
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
        "/replay" => GuardedServer.BytesAsync(context, Encoding.UTF8.GetBytes(_stage.Replay()), Html),
        _ => GuardedServer.TextAsync(context, StatusCodes.Status404NotFound, "There is nothing here."),
    };

    /// <summary>What a scene has that the page does not know yet; waits for it.</summary>
    private async Task FramesAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        int Number(string name) => int.TryParse(query[name], CultureInfo.InvariantCulture, out int number) ? number : -1;
        var known = new KnownMoment(Number("scene"), Number("version"), Number("generation"), Number("after"));
        await _stage.WaitAsync(known, Patience, context.RequestAborted);
        await GuardedServer.BytesAsync(context, _stage.News(known), "application/octet-stream");
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
            answer = await Task.Run(() => _stage.Change(path[1..], body.ToArray()));
        }
        finally
        {
            _turn.Release();
        }
        await GuardedServer.TextAsync(context, StatusCodes.Status200OK, answer);
    }
}
