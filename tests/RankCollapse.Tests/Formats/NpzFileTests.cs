using System.IO.Compression;
using RankCollapse.Formats;

namespace RankCollapse.Tests.Formats;

public sealed class NpzFileTests
{
    private static readonly Dictionary<string, NpyArray> Arrays = new()
    {
        ["X"] = new NpyArray([2, 3], [1.5, 2, 3, 4, 5, 6]),
        ["labels"] = new NpyArray([3], [0L, 1, 1]),
    };

    [Fact]
    public void Archive_ReadsBackAndIsReproducible()
    {
        using var folder = new TemporaryFolder();
        NpzFile.Write(folder.File("a"), Arrays);
        NpzFile.Write(folder.File("b"), Arrays);
        Assert.Equal(File.ReadAllBytes(folder.File("a")), File.ReadAllBytes(folder.File("b")));
        using NpzFile file = NpzFile.Open(folder.File("a"));
        Assert.Equal(["X", "labels"], file.Names);
        Assert.Equal([1.5, 2, 3, 4, 5, 6], file.Read("X").ToDoubles());
        Assert.Equal([2, 3], file.Read("X").Shape);
        Assert.Equal([0L, 1, 1], file.Read("labels").ToIntegers());
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void DamagedArchive_IsRefusedOrReadAsWritten(CompressionLevel level)
    {
        using var folder = new TemporaryFolder();
        byte[] good = Zip(level, ("X.npy", Npy([.. Enumerable.Range(0, 60).Select(i => i / 7.0)])), ("labels.npy", Npy([1, 2])));

        // Checksums are of contents; names have none.
        DamagedBytes.AreRefusedOrReadAsWritten(good, bytes =>
        {
            using NpzFile file = NpzFile.Open(folder.Write("damaged", bytes));
            return file.Names.Select(name => string.Join(' ', file.Read(name).ToDoubles())).OrderDescending(StringComparer.Ordinal).ToArray();
        });
    }

    [Fact]
    public void ChangedValue_IsNoticedByTheChecksum()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = Zip(CompressionLevel.NoCompression, ("X.npy", Npy([1, 2, 3])));
        int one = bytes.AsSpan().IndexOf(BitConverter.GetBytes(1.0));
        bytes[one] ^= 1;
        using NpzFile file = NpzFile.Open(folder.Write("damaged", bytes));
        Assert.Contains("checksum", Assert.Throws<InvalidInputException>(() => file.Read("X")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClaimedSizeThatCannotBe_IsRefusedBeforeMemoryIsClaimed()
    {
        using var folder = new TemporaryFolder();
        byte[] content = Npy(new double[100]);
        byte[] bytes = Zip(CompressionLevel.Optimal, ("X.npy", content));
        // The unpacked size stands in the archive's directory; 1.6 GB is claimed for a few bytes.
        int at = bytes.AsSpan().LastIndexOf(BitConverter.GetBytes(content.Length));
        BitConverter.GetBytes(1_600_000_128).CopyTo(bytes, at);
        string path = folder.Write("bomb", bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using NpzFile file = NpzFile.Open(path);
        Assert.Contains("impossible", Assert.Throws<InvalidInputException>(() => file.Read("X")).Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
    }

    [Fact]
    public void NamesThatLeadOutOfTheFolder_AreOnlyNames()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.npz", Zip(CompressionLevel.Optimal, ("../../evil.npy", Npy([7]))));
        using NpzFile file = NpzFile.Open(path);
        Assert.Equal([7.0], file.Read("../../evil").ToDoubles());
        Assert.Single(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void UnknownArray_ListsNearNames()
    {
        using var folder = new TemporaryFolder();
        NpzFile.Write(folder.File("a"), Arrays);
        using NpzFile file = NpzFile.Open(folder.File("a"));
        Assert.Contains("did you mean 'labels'", Assert.Throws<InvalidInputException>(() => file.Read("label")).Message, StringComparison.Ordinal);
    }

    private static byte[] Npy(double[] values)
    {
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, new NpyArray([values.Length], values));
        return stream.ToArray();
    }

    private static byte[] Zip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }
        return stream.ToArray();
    }
}
