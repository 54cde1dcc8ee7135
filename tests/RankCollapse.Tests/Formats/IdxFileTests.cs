using CsCheck;
using RankCollapse.Formats;

namespace RankCollapse.Tests.Formats;

public sealed class IdxFileTests
{
    private static readonly Gen<(int[] Dimensions, byte[] Values)> Arrays =
        from dimensions in Gen.Int[0, 7].Array[1, 3]
        let count = dimensions.Aggregate(1, (product, d) => product * d)
        from values in Gen.Byte.Array[count]
        select (dimensions, values);

    [Fact]
    public void PlainAndGzip_ReadBackWhatWasWritten()
    {
        using var folder = new TemporaryFolder();
        Arrays.Sample(
            array =>
            {
                byte[] bytes = IdxBytes.Of(array.Dimensions, array.Values);
                foreach (byte[] content in new[] { bytes, IdxBytes.Gzip(bytes) })
                {
                    IdxFile read = IdxFile.Read(folder.Write("any-name", content));
                    Assert.Equal(array.Dimensions, read.Dimensions);
                    Assert.Equal(array.Values, read.Values);
                }
            },
            iter: 50,
            threads: 1);
    }

    [Fact]
    public void LargeGzip_IsReadInBlocks()
    {
        using var folder = new TemporaryFolder();
        var values = new byte[300_001];
        new Random(1).NextBytes(values);
        IdxFile read = IdxFile.Read(folder.Write("a.gz", IdxBytes.Gzip(IdxBytes.Of([values.Length], values))));
        Assert.Equal(values, read.Values);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DamagedFile_IsRefusedOrReadAsItStands(bool isGzip)
    {
        using var folder = new TemporaryFolder();
        byte[] good = IdxBytes.Of([3, 4, 5], [.. Enumerable.Range(0, 60).Select(i => (byte)(i * 37))]);
        if (isGzip) DamagedBytes.AreRefusedOrReadAsWritten(IdxBytes.Gzip(good), bytes => IdxFile.Read(folder.Write("damaged", bytes)).Values);
        else DamagedBytes.AreRefusedOrReadAsTheyStand(
            good, bytes => [Array.ConvertAll(IdxFile.Read(folder.Write("damaged", bytes)).Values, value => (double)value)]);
    }

    [Fact]
    public void EveryTruncationOfAGzip_IsRefused()
    {
        using var folder = new TemporaryFolder();
        byte[] good = IdxBytes.Gzip(IdxBytes.Of([40], [.. Enumerable.Range(0, 40).Select(i => (byte)(i * 37))]));
        // The last eight bytes are gzip's own checksum and length.
        for (int length = 0; length < good.Length - 8; length++)
            Assert.Throws<InvalidInputException>(() => IdxFile.Read(folder.Write("truncated", good[..length])));
    }

    [Fact]
    public void HugeSizeInGzip_ClaimsNoMemory()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("huge.gz", IdxBytes.Gzip(IdxBytes.Of([1_000_000, 1_000], [1, 2, 3])));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidInputException>(() => IdxFile.Read(path));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
    }

    [Theory]
    [InlineData("89504E47", "not an IDX file")]
    [InlineData("00000D0100000001", "type 0x0D")]
    [InlineData("00000800", "0 dimensions")]
    [InlineData("0000080100000002AA", "expected 10")]
    [InlineData("0000080100000002AABBCC", "expected 10")]
    [InlineData("00000803FFFFFFFFFFFFFFFFFFFFFFFF", "4294967295")]
    [InlineData("0000", "ends inside its header")]
    public void WrongFile_SaysWhatWasFound(string hexadecimal, string found)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("wrong", Convert.FromHexString(hexadecimal));
        var error = Assert.Throws<InvalidInputException>(() => IdxFile.Read(path));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFile_NamesItsNeighbours()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train-images-idx3-ubyte", [1]);
        var error = Assert.Throws<InvalidInputException>(() => IdxFile.Read(folder.File("train-image-idx3-ubyte")));
        Assert.Contains("near it are train-images-idx3-ubyte", error.Message, StringComparison.Ordinal);
    }
}
