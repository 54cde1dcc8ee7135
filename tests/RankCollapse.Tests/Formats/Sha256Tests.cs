using System.Security.Cryptography;
using System.Text;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Formats;

/// <summary>Our own SHA-256, which stands in where the system has none, against published values and the system's.</summary>
public sealed class Sha256Tests
{
    /// <summary>Of the examples that NIST publishes with FIPS 180-4.</summary>
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Hashes_AreThoseOfTheStandard(string text, string hash)
    {
        byte[] content = Encoding.ASCII.GetBytes(text);
        Assert.Equal(hash, Convert.ToHexStringLower(Sha256.Compute(content)));
        Assert.Equal(hash, Sha256.Hex(content));
    }

    [Fact]
    public void Hashes_AreTheSystemsAtEveryLengthAroundBlocksAndPieces()
    {
        var stream = new RandomStream(1, RandomPurpose.Sampling);
        foreach (int length in (int[])[.. Enumerable.Range(0, 200), 4095, 4096, 65_535, 65_536, 65_537, 65_592, 131_072, 200_003])
        {
            byte[] content = [.. Enumerable.Range(0, length).Select(_ => (byte)stream.NextInteger(256))];
            using var file = new MemoryStream(content);
            Assert.Equal(SHA256.HashData(content), Sha256.Compute(content));
            Assert.Equal(SHA256.HashData(content), Sha256.Compute(file));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(131)]
    public void KeyedHashes_AreTheSystems(int keyLength)
    {
        byte[] key = [.. Enumerable.Range(0, keyLength).Select(i => (byte)(7 * i))], content = Encoding.ASCII.GetBytes("what is signed");
        Assert.Equal(HMACSHA256.HashData(key, content), Sha256.Hmac(key, content));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(77)]
    public void RandomBytes_DifferFromTimeToTime(int count)
    {
        byte[][] drawn = [.. Enumerable.Range(0, 40).Select(_ => Sha256.RandomBytes(count))];
        Assert.All(drawn, bytes => Assert.Equal(count, bytes.Length));
        Assert.True(drawn.Select(Convert.ToHexString).Distinct().Count() > (count == 1 ? 5 : 39));
    }
}
