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

    [Fact]
    public void Measure_OfAMinimiser_HasTheTheoremsCostAndConstraints()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run"), partition = folder.File("partition.txt");
        CommandLine.Run(
            "construct", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "20", "--depth", "4", "--width", "12",
            "--activation", "asinh", "--out", run);
        File.WriteAllText(partition, string.Join('\n', Enumerable.Range(0, 12).Select(i => i % 2)));
        CommandLine result = CommandLine.Run("measure", run, "--representation", "--partition", partition, "--json");
        Assert.Equal(0, result.ExitCode);
        using var document = JsonDocument.Parse(result.Output);
        JsonElement representation = document.RootElement.GetProperty("representation");
        Assert.Equal(4.5, representation.GetProperty("costOfFeatures").GetDouble(), 1e-9);
        Assert.Equal(4.5, representation.GetProperty("costOfWeights").GetDouble(), 1e-9);
        Assert.Equal(1, representation.GetProperty("leastConstant").GetDouble(), 1e-9);
        Assert.True(representation.GetProperty("isInConstraints").GetBoolean());
        Assert.Equal(5, document.RootElement.GetProperty("partition").GetArrayLength());
        Assert.True(document.RootElement.GetProperty("partition")[1].GetProperty("wcss").GetDouble() > 0);
        Assert.Equal(2, CommandLine.Run("measure", run, "--constant", "2").ExitCode);
        File.WriteAllText(partition, "0 1 2");
        Assert.Contains("12 samples", CommandLine.Run("measure", run, "--partition", partition).Error, StringComparison.Ordinal);
    }
}
