using System.Text.Json;
using RankCollapse.Cli.Output;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Cli;

public sealed class OtherVerbsTests
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
        Assert.All(coarse.RootElement.GetProperty("layers").EnumerateArray().Take(2), layer => Assert.InRange(layer.GetProperty("featureNumericalRank").GetInt32(), 1, 1));
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
    public void Report_WritesPageAndFigures()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run"), page = folder.File("page.html");
        CommandLine.Train(run, "--max-epochs", "30", "--no-report");
        Assert.False(File.Exists(Path.Combine(run, "report.html")));
        CommandLine result = CommandLine.Run("report", run, "--out", page, "--json");
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Equal(page, document.RootElement.GetProperty("report").GetString());
        Assert.All(document.RootElement.GetProperty("figures").EnumerateArray(), figure => Assert.True(File.Exists(figure.GetString())));
        Assert.Contains("</html>", File.ReadAllText(page), StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("report", run, "--no-figures").ExitCode);
        Assert.True(File.Exists(Path.Combine(run, "report.html")));
    }

    [Fact]
    public void Doctor_MeasuresTheMachine()
    {
        CommandLine result = CommandLine.Run("doctor", "--json");
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement root = document.RootElement;
        Assert.Contains(root.GetProperty("vectorBits").GetInt32(), (int[])[128, 256, 512]);
        double peak = root.GetProperty("peakGflopsOfOneCore").GetDouble();
        Assert.InRange(root.GetProperty("product200Gflops").GetDouble(), 0.05 * peak, 1.5 * peak);
        Assert.InRange(root.GetProperty("singularValues200Milliseconds").GetDouble(), 0.01, 5000);
        Assert.StartsWith("Inter", root.GetProperty("font").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("measure")]
    [InlineData("report")]
    [InlineData("doctor")]
    public void Help_EndsWithAnExampleThatParses(string verb)
    {
        CommandLine help = CommandLine.Run(verb, "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Equal("", help.Error);
        Assert.Contains("Example", help.Output, StringComparison.Ordinal);
        Assert.Contains($"  rankcollapse {verb}", help.Output[help.Output.IndexOf("Example", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public void NoVerb_ShowsHelp()
    {
        CommandLine result = CommandLine.Run();
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("doctor", result.Output, StringComparison.Ordinal);
        Assert.Equal(TrainingRun.ProgramVersion, CommandLine.Run("--version").Output.Trim());
    }
}
