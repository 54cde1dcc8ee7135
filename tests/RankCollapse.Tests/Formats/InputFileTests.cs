using RankCollapse.Formats;

namespace RankCollapse.Tests.Formats;

public sealed class InputFileTests
{
    [Fact]
    public void PipeAndEndlessDevice_AreRefusedAtOnce()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("link"), "zero");
        foreach (string path in (string[])[SpecialFile.Pipe(folder.File("pipe")), SpecialFile.Device(folder.File("zero"), 5), folder.File("link")])
        {
            var error = Assert.Throws<InvalidInputException>(() => InputFile.Open(path));
            Assert.Contains("expected a regular file", error.Message, StringComparison.Ordinal);
            Assert.Null(InputFile.TryReadSmall(path, 10));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void ImpossibleName_IsOneLine(string path) => Assert.Throws<InvalidInputException>(() => InputFile.Open(path));

    [Fact]
    public void Reading_StopsWhereThatIsAskedFor()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a", new byte[100_000]);
        using var stop = new CancellationTokenSource();
        using IDisposable scope = Cancellation.Use(stop.Token);
        using FileStream stream = InputFile.Open(path);
        var block = new byte[100];
        Assert.Equal(100, stream.Read(block));
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => stream.Read(block, 0, 100));
        Assert.Throws<OperationCanceledException>(() => stream.Read(block.AsSpan()));
    }
}
