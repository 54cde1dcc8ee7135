using System.Text.Json;

namespace RankCollapse.Tests.Cli.Commands.Sweeps;

public sealed class SweepCollectCommandTests : SampleSweepFolder
{
    [Fact]
    public void Collect_WritesATidyTable_WithEveryTrial()
    {
        string file = Folder.File("all.csv");
        CommandLine result = CommandLine.Run("sweep", "collect", Sweep.Path, "--out", file);
        Assert.Equal(0, result.ExitCode);
        string[][] rows = [.. File.ReadAllLines(file).Select(line => line.Split(','))];
        Assert.Equal(["run", "sweep", "trial", "state", "reason", "status", "lambda", "lambdaFeatures", "seed", "layer", "metric", "value"], rows[0]);
        Assert.Equal(9, rows.Skip(1).Select(row => row[2]).Distinct().Count());
        Assert.Single(rows, row => row[3] == "pending");
        Assert.Equal(8, rows.Count(row => row[10] == "objective"));
        using var document = JsonDocument.Parse(CommandLine.Run("sweep", "collect", Sweep.Path, "--json").Output);
        Assert.Equal(9, document.RootElement.GetProperty("runs").GetInt32());
        Assert.True(new FileInfo(Path.Combine(Sweep.Path, "results.parquet")).Length > 500);
    }
}
