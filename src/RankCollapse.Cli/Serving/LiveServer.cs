using System.Net;
using Microsoft.AspNetCore.Http;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Live;

namespace RankCollapse.Cli.Serving;

/// <summary>A small web page over a folder of results, for a browser on this machine, or on the network for those who know the token.</summary>
internal sealed class LiveServer : IAsyncDisposable
{
    private readonly AddressGuard _guard;
    private readonly ServedFolder _folder;
    private readonly LiveHub _hub;
    private readonly LiveAnswers _answers;
    private GuardedServer? _server;

    private LiveServer(LiveServerOptions options)
    {
        _guard = new AddressGuard(options.Address, options.HostNames);
        _folder = new ServedFolder(options.Folder);
        _hub = new LiveHub(_folder);
        _answers = new LiveAnswers(_hub, _folder, _guard);
    }

    /// <summary>Where the page is, with the token.</summary>
    public Uri Address => _server!.Address;

    /// <summary>Starts to serve.</summary>
    /// <exception cref="InvalidInputException">The folder does not exist, or the address or port cannot be taken.</exception>
    public static async Task<LiveServer> StartAsync(LiveServerOptions options)
    {
        var server = new LiveServer(options);
        try
        {
            server._server = await GuardedServer.StartAsync(options.Address, options.Port, server._guard, server.AnswerAsync);
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
        if (_server is not null) await _server.DisposeAsync();
        _hub.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            await GuardedServer.TextAsync(context, StatusCodes.Status405MethodNotAllowed, "Only GET and HEAD are understood.");
            return;
        }
        string path = context.Request.Path.Value ?? "/";
        if (path == LiveFiles.Address) await FileAsync(context);
        else await AnswerPathAsync(context, _guard.Strip(path));
    }

    private async Task AnswerPathAsync(HttpContext context, string? path)
    {
        switch (path)
        {
            case "/": await GuardedServer.BytesAsync(context, LivePage.Html, "text/html; charset=utf-8"); break;
            case "/live.css": await GuardedServer.BytesAsync(context, LivePage.Css, "text/css; charset=utf-8"); break;
            case "/live.js": await GuardedServer.BytesAsync(context, LivePage.Script, "text/javascript; charset=utf-8"); break;
            case "/state": await GuardedServer.BytesAsync(context, await _answers.StateAsync(context.Request), GuardedServer.Json); break;
            case "/grid": await GuardedServer.BytesAsync(context, await _answers.GridAsync(context.Request), GuardedServer.Json); break;
            case "/trials": await GuardedServer.BytesAsync(context, await _answers.TrialsAsync(context.Request), GuardedServer.Json); break;
            case "/curve": await GuardedServer.BytesAsync(context, await _answers.CurveAsync(context.Request), GuardedServer.Json); break;
            default: await GuardedServer.TextAsync(context, StatusCodes.Status404NotFound, "There is nothing here."); break;
        }
    }

    private async Task FileAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        string view = query["view"].ToString(), id = query["trial"].ToString(), name = query["name"].ToString();
        LiveFile? known = LiveFiles.All.FirstOrDefault(file => file.Name == name);
        LiveTrial? trial = known is not null && _guard.Opens(query["key"].ToString(), view, id, name)
            ? (await _answers.ViewAsync(context.Request)).Snapshot.Find(id) : null;
        if (trial is null || known is null || LiveFiles.Find(_folder, trial, known) is not { } path)
        {
            await GuardedServer.TextAsync(context, StatusCodes.Status404NotFound, "There is no such file.");
            return;
        }
        IHeaderDictionary headers = context.Response.Headers;
        if (known.IsPage && !query.ContainsKey(FilePage.Framed))
        {
            headers.ContentSecurityPolicy = FilePage.FramePolicy;
            await GuardedServer.BytesAsync(context, FilePage.Frame(name, context.Request.QueryString.Value!), "text/html; charset=utf-8");
            return;
        }
        await using FileStream file = InputFile.OpenShared(path);
        // Asked for by itself, outside its frame, a page gets no scripts, and with them no way to go elsewhere by itself.
        bool isAlone = context.Request.Headers["Sec-Fetch-Dest"] == "document";
        headers.ContentSecurityPolicy = known.IsPage && !isAlone && FilePage.IsOurs(file) ? FilePage.OwnPolicy : FilePage.ForeignPolicy;
        headers.Remove("X-Frame-Options");
        context.Response.ContentType = known.Type;
        context.Response.ContentLength = file.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await file.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}

/// <summary>What is served, and where.</summary>
internal sealed record LiveServerOptions
{
    /// <summary>The folder of runs and sweeps.</summary>
    public required string Folder { get; init; }

    /// <summary>The address to listen on; one of IPv4 that is written as one of IPv6 is that of IPv4.</summary>
    public IPAddress Address { get; init => field = value.IsIPv4MappedToIPv6 ? value.MapToIPv4() : value; } = IPAddress.Loopback;

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Further names of this machine that browsers may use.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];
}
