using System.Globalization;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

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
        Assert.Equal("time,layer,segment,cost,error,limit,movingCost,why", rows[0]);
        Assert.Equal(129, rows.Skip(1).Count(row => !row.Contains("rank-drop", StringComparison.Ordinal)));
        Assert.Contains("path.png", result.Output, StringComparison.Ordinal);
        double[] limits = [.. rows.Skip(1).Select(row => double.Parse(row.Split(',')[5], CultureInfo.InvariantCulture))];
        Assert.All(limits.Zip(limits.Skip(1)), pair => Assert.True(pair.Second <= pair.First * (1 + 1e-9)));
        Assert.Equal(0, CommandLine.Run("path", run, "--no-figures", "--json").ExitCode);

        string export = folder.File("export");
        CommandLine exported = CommandLine.Run("path", run, "--export", "0,0.5,1", "--steps", "7", "--no-figures", "--out", export);
        Assert.Equal(0, exported.ExitCode);
        Assert.Contains("Corollary B.4: 7 points", exported.Output, StringComparison.Ordinal);
        using (var file = SafetensorsFile.Open(Path.Combine(export, "path.safetensors")))
        {
            Assert.Equal(12, file.Tensors.Count);
            Assert.Equal(3, NumericalRank.Of(file.ReadMatrix("Z1@1")));
            double[] costs = [.. new[] { "cost@0", "cost@0.5", "cost@1" }.Select(key => double.Parse(file.Metadata[key], CultureInfo.InvariantCulture))];
            Assert.True(costs[2] < costs[0]);
        }
        Assert.Equal(2, CommandLine.Run("path", run, "--export", "0,2").ExitCode);
        Assert.Equal(2, CommandLine.Run("path", run, "--steps", "1").ExitCode);

        string narrow = folder.File("narrow");
        CommandLine.Train(narrow, "--max-epochs", "2", "--no-report");
        CommandLine refused = CommandLine.Run("path", narrow, "--json");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("hidden widths N", refused.Error, StringComparison.Ordinal);
    }
}
