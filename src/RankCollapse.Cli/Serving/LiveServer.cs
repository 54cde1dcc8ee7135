using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Live;

namespace RankCollapse.Cli.Serving;

/// <summary>A small web page over a folder of results, for a browser on this machine, or on the network for those who know the token.</summary>
internal sealed class LiveServer : IAsyncDisposable
{
    private const string Json = "application/json";

    // Everything comes from this server, and nothing runs that it did not send.
    private const string PagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; font-src data:; base-uri "
        + "'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly WebApplication _application;
    private readonly AddressGuard _guard;
    private readonly ServedFolder _folder;
    private readonly LiveHub _hub;
    private readonly LiveAnswers _answers;

    private LiveServer(LiveServerOptions options, WebApplication application)
    {
        _application = application;
        _guard = new AddressGuard(options.Address, options.HostNames);
        _folder = new ServedFolder(options.Folder);
        _hub = new LiveHub(_folder);
        _answers = new LiveAnswers(_hub, _folder, _guard);
    }

    /// <summary>Where the page is, with the token.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts to serve.</summary>
    /// <exception cref="InvalidInputException">The folder does not exist, or the address or port cannot be taken.</exception>
    public static async Task<LiveServer> StartAsync(LiveServerOptions options)
    {
        // Empty: no settings from files or variables of the machine, no log.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        WebApplication application = builder.Build();
        LiveServer? server = null;
        try
        {
            server = new LiveServer(options, application);
            application.Run(server.AnswerAsync);
            await application.StartAsync();
        }
        catch (Exception e)
        {
            if (server is not null) await server.DisposeAsync();
            else await application.DisposeAsync();
            if (e is not (IOException or SocketException)) throw;
            throw new InvalidInputException(
                $"Cannot listen on {new IPEndPoint(options.Address, options.Port)}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; choose another --port or "
                + "--address.", e);
        }
        string bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        string host = options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any)
            ? Dns.GetHostName() : options.Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{options.Address}]" : options.Address.ToString();
        string path = server._guard.Token.Length > 0 ? server._guard.Token + "/" : "";
        server.Address = new Uri($"http://{host}:{BindingAddress.Parse(bound).Port}/{path}");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _hub.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, LiveServerOptions options)
    {
        const int MostConnections = 4096, MostHeaderBytes = 16 << 10;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestHeadersTotalSize = MostHeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        kestrel.Listen(options.Address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = PagePolicy;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (!_guard.AcceptsHost(context.Request.Host))
        {
            await TextAsync(context, StatusCodes.Status421MisdirectedRequest,
                "This address leads to rankcollapse, but not by this name; --host allows a name.");
            return;
        }
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            headers.Allow = "GET, HEAD";
            await TextAsync(context, StatusCodes.Status405MethodNotAllowed, "Only GET and HEAD are understood.");
            return;
        }
        try
        {
            string path = context.Request.Path.Value ?? "/";
            if (path == LiveFiles.Address) await FileAsync(context);
            else await AnswerPathAsync(context, _guard.Strip(path));
        }
        catch (InvalidInputException e)
        {
            await TextAsync(context, StatusCodes.Status400BadRequest, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !context.Response.HasStarted)
        {
            await TextAsync(context, StatusCodes.Status404NotFound, "It cannot be read at the moment.");
        }
    }

    private async Task AnswerPathAsync(HttpContext context, string? path)
    {
        switch (path)
        {
            case "/": await BytesAsync(context, LivePage.Html, "text/html; charset=utf-8"); break;
            case "/live.css": await BytesAsync(context, LivePage.Css, "text/css; charset=utf-8"); break;
            case "/live.js": await BytesAsync(context, LivePage.Script, "text/javascript; charset=utf-8"); break;
            case "/state": await BytesAsync(context, await _answers.StateAsync(context.Request), Json); break;
            case "/grid": await BytesAsync(context, await _answers.GridAsync(context.Request), Json); break;
            case "/trials": await BytesAsync(context, await _answers.TrialsAsync(context.Request), Json); break;
            case "/curve": await BytesAsync(context, await _answers.CurveAsync(context.Request), Json); break;
            default: await TextAsync(context, StatusCodes.Status404NotFound, "There is nothing here."); break;
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
            await TextAsync(context, StatusCodes.Status404NotFound, "There is no such file.");
            return;
        }
        IHeaderDictionary headers = context.Response.Headers;
        if (known.IsPage && !query.ContainsKey(FilePage.Framed))
        {
            headers.ContentSecurityPolicy = FilePage.FramePolicy;
            await BytesAsync(context, FilePage.Frame(name, context.Request.QueryString.Value!), "text/html; charset=utf-8");
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

    private static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        return BytesAsync(context, Encoding.UTF8.GetBytes(text + "\n"), "text/plain; charset=utf-8");
    }

    /// <summary>Answers with bytes; null says that nothing has changed.</summary>
    private static async Task BytesAsync(HttpContext context, byte[]? content, string type)
    {
        if (content is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(content, context.RequestAborted);
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
