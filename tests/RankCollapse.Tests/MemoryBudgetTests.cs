using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Tests.Cli;

namespace RankCollapse.Tests;

public sealed class MemoryBudgetTests
{
    /// <summary>What unpacks to far more than the file says how much it is before any of it is read.</summary>
    [Fact]
    public void FileThatNeedsMoreThanWasAllowed_IsRefusedBeforeItIsRead()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.npz");
        using (var archive = new System.IO.Compression.ZipArchive(File.Create(path), System.IO.Compression.ZipArchiveMode.Create))
        {
            using Stream content = archive.CreateEntry("X.npy").Open();
            content.Write(NpyHeader.ToBytes("<f8", [1000, 20_000]));
            var zeros = new byte[1 << 20];
            for (long left = 160_000_000; left > 0; left -= zeros.Length) content.Write(zeros.AsSpan(0, (int)Math.Min(left, zeros.Length)));
        }
        Assert.InRange(new FileInfo(path).Length, 1, 1_000_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        CommandLine result = CommandLine.Run("train", "--data", path, "--max-memory", "100M", "--out", folder.File("run"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("memory", result.Error, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
    }

    [Theory]
    [InlineData("2G", 2_000_000_000L)]
    [InlineData("1.5m", 1_500_000L)]
    [InlineData("300KB", 300_000L)]
    [InlineData("12", 12L)]
    [InlineData("-1", null)]
    [InlineData("much", null)]
    [InlineData("0", null)]
    [InlineData("1e300T", null)]
    public void Size_IsReadWithItsUnit(string text, long? bytes) => Assert.Equal(bytes, MemorySize.Parse(text));
}
