namespace RankCollapse.Tests.Cli.Commands;

public sealed class PathCommandTests
{
    [Fact]
    public void Path_FromTheInitialNetwork_EndsCollapsed()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine.Run(
            "train", "--data", "gaussian-mixture", "--samples", "9", "--classes", "3", "--dimension", "12", "--sigma", "1", "--depth", "3", "--width", "9",
            "--activation", "asinh", "--convention", "mean", "--lambda", "1e-2", "--solver", "adam", "--max-epochs", "2", "--no-report", "--out", run);
        CommandLine result = CommandLine.Run("path", run);
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("monotone: yes", result.Output, StringComparison.Ordinal);
        string[] rows = File.ReadAllLines(Path.Combine(run, "figures", "path.csv"));
        Assert.Equal("time,layer,segment,cost,movingCost", rows[0]);
        Assert.Equal(129, rows.Skip(1).Count(row => !row.Contains("rank-drop", StringComparison.Ordinal)));
        Assert.Contains("path.png", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("path", run, "--no-figures", "--json").ExitCode);

        string narrow = folder.File("narrow");
        CommandLine.Train(narrow, "--max-epochs", "2", "--no-report");
        CommandLine refused = CommandLine.Run("path", narrow, "--json");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("hidden widths N", refused.Error, StringComparison.Ordinal);
    }
}
