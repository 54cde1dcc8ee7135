using System.Text.Json;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class MeasureCommandTests
{
    [Fact]
    public void Measure_OfATrainedRun_EqualsItsSummary()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine.Train(run, "--max-epochs", "200", "--no-report");
        CommandLine result = CommandLine.Run("measure", run, "--json");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement[] layers = [.. document.RootElement.GetProperty("layers").EnumerateArray()];
        RunSummary summary = RunFolder.Read(run).Summary;
        Assert.Equal(summary.Layers.Count, layers.Length);
        foreach ((LayerSummary expected, JsonElement found) in summary.Layers.Zip(layers))
        {
            Assert.Equal(expected.TcvUpper, found.GetProperty("tcvUpper").GetDouble());
            Assert.Equal(expected.TcvLower, found.GetProperty("tcvLower").GetDouble());
            Assert.Equal(expected.FeatureNumericalRank, found.GetProperty("featureNumericalRank").GetInt32());
            Assert.Equal(expected.WeightSingularValues, found.GetProperty("weightSingularValues").EnumerateArray().Select(value => value.GetDouble()));
        }
        foreach (string name in (string[])["nc1WithinClassVariability", "nc2SimplexDeviation", "nc3SelfDualityDeviation", "nc4NearestMeanDisagreement"])
            Assert.Equal(JsonValueKind.Number, document.RootElement.GetProperty("lastHiddenLayer").GetProperty(name).ValueKind);
    }

    [Fact]
    public void Measure_TakesToleranceAndRank()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine.Train(run, "--max-epochs", "2", "--no-report");
        using JsonDocument coarse = JsonDocument.Parse(CommandLine.Run("measure", run, "--json", "--tolerance", "0.999999").Output);
        Assert.All(coarse.RootElement.GetProperty("layers").EnumerateArray().Take(2),
            layer => Assert.InRange(layer.GetProperty("featureNumericalRank").GetInt32(), 1, 1));
        using JsonDocument wide = JsonDocument.Parse(CommandLine.Run("measure", run, "--json", "--rank", "8").Output);
        Assert.Equal(8, wide.RootElement.GetProperty("clusterCount").GetInt32());
        Assert.All(wide.RootElement.GetProperty("layers").EnumerateArray(), layer => Assert.Equal(0, layer.GetProperty("weightTailEnergy").GetDouble()));
        Assert.Equal(2, CommandLine.Run("measure", run, "--rank", "25").ExitCode);
    }

    [Fact]
    public void Measure_WritesATableForPeople()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine.Train(run, "--max-epochs", "2", "--no-report");
        string output = CommandLine.Run("measure", run).Output;
        foreach (string word in (string[])["TCV", "effective", "Theorem 4.2", "NC1", "NC4"]) Assert.Contains(word, output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
    }
}
