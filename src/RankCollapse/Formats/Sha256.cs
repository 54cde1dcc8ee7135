using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RankCollapse.Formats;

/// <summary>
/// SHA-256 (FIPS 180-4), HMAC with it (RFC 2104), and bytes that nobody can guess. .NET takes these from OpenSSL on Linux, and ends the program where that is
/// missing; there they are computed here.
/// </summary>
public static class Sha256
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = 32;

    private const int Block = 64;
    private const int Piece = 1 << 16;

    private static readonly bool HasSystem = !OperatingSystem.IsLinux() || HasOpenSsl();

    // The first 32 bits of the fractional parts of the roots of the first primes: square roots of eight for the start, cube roots of 64 for the rounds.
    private static readonly uint[] Start = [.. Primes(8).Select(prime => Fraction(prime, 2))];
    private static readonly uint[] Rounds = [.. Primes(Block).Select(prime => Fraction(prime, 3))];

    /// <summary>The hash of bytes.</summary>
    public static byte[] Of(ReadOnlySpan<byte> content) => HasSystem ? SHA256.HashData(content) : Compute(content);

    /// <summary>The hash of what is left of a stream.</summary>
    public static byte[] Of(Stream content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return HasSystem ? SHA256.HashData(content) : Compute(content);
    }

    /// <summary>The hash of bytes as 64 hexadecimal digits in small letters.</summary>
    public static string Hex(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(Of(content));

    /// <summary>The hash of what is left of a stream as 64 hexadecimal digits in small letters.</summary>
    public static string Hex(Stream content) => Convert.ToHexStringLower(Of(content));

    /// <summary>The keyed hash of bytes.</summary>
    public static byte[] Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content)
    {
        byte[] given = key.Length > Block ? Of(key) : key.ToArray();
        byte[] inner = new byte[Block], outer = new byte[Block];
        given.CopyTo(inner, 0);
        given.CopyTo(outer, 0);
        for (int i = 0; i < Block; i++) (inner[i], outer[i]) = ((byte)(inner[i] ^ 0x36), (byte)(outer[i] ^ 0x5c));
        return Of([.. outer, .. Of([.. inner, .. content])]);
    }

    /// <summary>Bytes of the system's generator for secrets, by way of the identifiers that .NET draws from it; a few of their bits are fixed.</summary>
    /// <param name="count">How many.</param>
    public static byte[] RandomBytes(int count)
    {
        if (HasSystem) return RandomNumberGenerator.GetBytes(count);
        // 122 bits of 128 are random in each; a hash of two has 244 in 256.
        var bytes = new byte[count];
        for (int i = 0; i < count; i += Size)
            Compute((byte[])[.. Guid.NewGuid().ToByteArray(), .. Guid.NewGuid().ToByteArray()]).AsSpan(0, Math.Min(Size, count - i)).CopyTo(bytes.AsSpan(i));
        return bytes;
    }

    /// <summary>The hash of bytes, computed here.</summary>
    internal static byte[] Compute(ReadOnlySpan<byte> content)
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        return Compute(stream);
    }

    /// <summary>The hash of what is left of a stream, computed here.</summary>
    internal static byte[] Compute(Stream content)
    {
        Span<uint> state = stackalloc uint[Start.Length];
        Start.CopyTo(state);
        // Room for the end: a bit, zeros and the length fill one block or two.
        var piece = new byte[Piece + (2 * Block)];
        long length = 0;
        int read;
        while ((read = content.ReadAtLeast(piece.AsSpan(0, Piece), Piece, throwOnEndOfStream: false)) == Piece)
        {
            length += read;
            Absorb(state, piece.AsSpan(0, read));
        }
        length += read;
        int end = (read + 8 + Block) / Block * Block;
        piece.AsSpan(read, end - read).Clear();
        piece[read] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(piece.AsSpan(end - 8), 8 * length);
        Absorb(state, piece.AsSpan(0, end));
        var hash = new byte[Size];
        for (int i = 0; i < state.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(4 * i), state[i]);
        return hash;
    }

    /// <summary>Takes whole blocks into the state.</summary>
    private static void Absorb(Span<uint> state, ReadOnlySpan<byte> blocks)
    {
        Span<uint> w = stackalloc uint[Block];
        ReadOnlySpan<uint> rounds = Rounds;
        for (; blocks.Length >= Block; blocks = blocks[Block..])
        {
            for (int t = 0; t < 16; t++) w[t] = BinaryPrimitives.ReadUInt32BigEndian(blocks[(4 * t)..]);
            for (int t = 16; t < Block; t++)
            {
                uint x = w[t - 15], y = w[t - 2];
                w[t] = w[t - 16] + (BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3))
                    + w[t - 7] + (BitOperations.RotateRight(y, 17) ^ BitOperations.RotateRight(y, 19) ^ (y >> 10));
            }
            uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
            for (int t = 0; t < Block; t++)
            {
                uint first = h + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25))
                    + ((e & f) ^ (~e & g)) + rounds[t] + w[t];
                uint second = (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22))
                    + ((a & b) ^ (a & c) ^ (b & c));
                (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
            }
            state[0] += a;
            state[1] += b;
            state[2] += c;
            state[3] += d;
            state[4] += e;
            state[5] += f;
            state[6] += g;
            state[7] += h;
        }
    }

    private static bool HasOpenSsl()
    {
        foreach (string name in (string[])["libssl.so.3", "libssl.so.1.1", "libssl.so.1.0.2", "libssl.so.1.0.0"])
        {
            if (NativeLibrary.TryLoad(name, out _)) return true;
        }
        return false;
    }

    private static IEnumerable<int> Primes(int count) =>
        Enumerable.Range(2, 400).Where(n => Enumerable.Range(2, n - 2).TakeWhile(d => d * d <= n).All(d => n % d != 0)).Take(count);

    /// <summary>The first 32 bits after the point of a prime's root of a degree, in whole numbers: the largest r with r^degree ≤ prime·2^(32·degree).</summary>
    private static uint Fraction(int prime, int degree)
    {
        BigInteger target = (BigInteger)prime << (32 * degree), low = 0, high = (BigInteger)prime << 32;
        while (high - low > 1)
        {
            BigInteger middle = (low + high) >> 1;
            if (BigInteger.Pow(middle, degree) <= target) low = middle;
            else high = middle;
        }
        return (uint)(low & uint.MaxValue);
    }
}
