using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using RankCollapse.Formats;

namespace RankCollapse.Cli.Serving;

/// <summary>
/// Who may ask: hosts by the names that this machine has, so that another site's name that is made to lead here (DNS rebinding) gets nothing,
/// and on a network, or where something can be changed, only those who know the token that begins every path. Files have addresses without it, each with
/// a key of its own: what a page among them reads of its own address opens nothing else.
/// </summary>
internal sealed class AddressGuard
{
    private const int TokenBytes = 16;

    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase) { "localhost", "127.0.0.1", "[::1]" };
    private readonly bool _isLoopback;
    private readonly byte[] _token;
    private readonly byte[] _fileKey = Sha256.RandomBytes(2 * TokenBytes);

    /// <summary>Guards an address.</summary>
    /// <param name="address">The address that is listened to.</param>
    /// <param name="otherNames">Further names of this machine.</param>
    /// <param name="hasToken">Whether a token is asked for on this machine too.</param>
    public AddressGuard(IPAddress address, IReadOnlyList<string> otherNames, bool hasToken = false)
    {
        _isLoopback = IPAddress.IsLoopback(address);
        _hosts.Add(address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString());
        if (!_isLoopback) _hosts.Add(Dns.GetHostName());
        if (!_isLoopback || hasToken) Token = Convert.ToHexStringLower(Sha256.RandomBytes(TokenBytes));
        _token = Encoding.ASCII.GetBytes(Token);
        foreach (string name in otherNames) _hosts.Add(name);
    }

    /// <summary>The token; empty where none is asked for.</summary>
    public string Token { get; } = "";

    /// <summary>
    /// Whether the Host header names this machine. Its number will do, which no other site can take: any that leads to this machine alone, and any on a
    /// network.
    /// </summary>
    public bool AcceptsHost(HostString host) => host.HasValue
        && (_hosts.Contains(host.Host) || (IPAddress.TryParse(host.Host.Trim('[', ']'), out IPAddress? ip) && (!_isLoopback || IPAddress.IsLoopback(ip))));

    /// <summary>What opens a file: 128 bits of an HMAC of its names, with a key of this server alone.</summary>
    public string FileKey(params string[] names) =>
        Convert.ToHexStringLower(Sha256.Hmac(_fileKey, Encoding.UTF8.GetBytes(string.Join('\0', names))).AsSpan(0, TokenBytes));

    /// <summary>Whether a key opens the file of these names.</summary>
    public bool Opens(string key, params string[] names) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes(FileKey(names)));

    /// <summary>The path without its token; null where the token is missing or wrong.</summary>
    public string? Strip(string path)
    {
        if (_token.Length == 0) return path;
        int end = path.IndexOf('/', 1);
        if (end < 0) return null;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(path[1..end]), _token) ? path[end..] : null;
    }
}
