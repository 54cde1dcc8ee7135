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

namespace RankCollapse.Cli.Serving;

/// <summary>The web server of pages that the command shows: it answers by the names that its guard knows, and its pages load from nowhere else.</summary>
internal sealed class GuardedServer : IAsyncDisposable
{
    /// <summary>The type of answers that scripts read.</summary>
    public const string Json = "application/json";

    // Everything comes from this server, and nothing runs that it did not send.
    private const string PagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; font-src data:; base-uri "
        + "'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly WebApplication _application;
    private readonly AddressGuard _guard;
    private readonly Func<HttpContext, Task> _answer;

    private GuardedServer(WebApplication application, AddressGuard guard, Func<HttpContext, Task> answer)
    {
        _application = application;
        _guard = guard;
        _answer = answer;
    }

    /// <summary>Where the page is, with the token.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts to serve.</summary>
    /// <param name="address">The address to listen on.</param>
    /// <param name="port">The port; 0 takes a free one.</param>
    /// <param name="guard">Who may ask.</param>
    /// <param name="answer">Answers a request that came by a name that is known; paths still have their token.</param>
    /// <param name="mostBytes">The most bytes that a request may bring.</param>
    /// <exception cref="InvalidInputException">The address or port cannot be taken.</exception>
    public static async Task<GuardedServer> StartAsync(IPAddress address, int port, AddressGuard guard, Func<HttpContext, Task> answer, long mostBytes = 0)
    {
        // Empty: no settings from files or variables of the machine, no log.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Configure(kestrel.Limits, mostBytes);
            kestrel.AddServerHeader = false;
            kestrel.Listen(address, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        WebApplication application = builder.Build();
        var server = new GuardedServer(application, guard, answer);
        try
        {
            application.Run(server.AnswerAsync);
            await application.StartAsync();
        }
        catch (Exception e)
        {
            await server.DisposeAsync();
            if (e is not (IOException or SocketException)) throw;
            throw new InvalidInputException(
                $"Cannot listen on {new IPEndPoint(address, port)}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; choose another --port or "
                + "--address.", e);
        }
        string bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        string host = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            ? Dns.GetHostName() : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        string path = guard.Token.Length > 0 ? guard.Token + "/" : "";
        server.Address = new Uri($"http://{host}:{BindingAddress.Parse(bound).Port}/{path}");
        return server;
    }

    /// <summary>Answers with a line of text.</summary>
    public static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        return BytesAsync(context, Encoding.UTF8.GetBytes(text + "\n"), "text/plain; charset=utf-8");
    }

    /// <summary>Answers with bytes; null says that nothing has changed.</summary>
    public static async Task BytesAsync(HttpContext context, byte[]? content, string type)
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

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static void Configure(KestrelServerLimits limits, long mostBytes)
    {
        const int MostConnections = 4096, MostHeaderBytes = 16 << 10;
        limits.MaxConcurrentConnections = MostConnections;
        limits.MaxRequestBodySize = mostBytes;
        limits.MaxRequestHeadersTotalSize = MostHeaderBytes;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
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
        try
        {
            if (_guard.AcceptsHost(context.Request.Host)) await _answer(context);
            else await TextAsync(context, StatusCodes.Status421MisdirectedRequest,
                "This address leads to rankcollapse, but not by this name; --host of serve allows a name.");
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
}
