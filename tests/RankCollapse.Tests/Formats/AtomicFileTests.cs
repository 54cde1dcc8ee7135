using RankCollapse.Formats;

namespace RankCollapse.Tests.Formats;

public sealed class AtomicFileTests
{
    [Fact]
    public void Write_ReplacesTheWholeFile()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.txt", "a long old content");
        AtomicFile.Write(path, "new"u8.ToArray());
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void FullDisk_LeavesTheOldFileAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.txt", "old");
        var error = Assert.Throws<InvalidInputException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new IOException("No space left on device");
        }));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void FailingWriter_LeavesNoTemporaryFile()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder.File("a"), _ => throw new InvalidOperationException()));
        Assert.Empty(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void MissingFolder_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<InvalidInputException>(() => AtomicFile.Write(folder.File("none/a"), [1]));
        Assert.DoesNotContain("tmp'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
