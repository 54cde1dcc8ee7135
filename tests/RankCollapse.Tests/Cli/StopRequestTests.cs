namespace RankCollapse.Tests.Cli;

public sealed class StopRequestTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void FirstSignal_EndsWhatWaitsInTheSystem(string signal)
    {
        using var folder = new TemporaryFolder();
        CommandLine.Train(folder.File("run"), "--max-epochs", "1", "--no-report");
        string pipe = SpecialFile.Pipe(folder.File("pipe"));
        // Nobody reads the pipe, so that opening it waits for ever.
        using var command = CommandProcess.Start("query", "SELECT 1", folder.File("run"), "--format", "csv", "--out", pipe);
        command.WaitUntilItListens();
        Thread.Sleep(1500);
        Assert.False(command.HasEnded);
        command.Signal(signal);
        CommandLine result = command.WaitForEnd(15);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("stopped on request", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Root).Length);
    }
}
