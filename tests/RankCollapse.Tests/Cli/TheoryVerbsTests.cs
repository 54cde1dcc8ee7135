using System.Text.Json;
using RankCollapse.Cli.Output;

namespace RankCollapse.Tests.Cli;

public sealed class TheoryVerbsTests
{
    [Fact]
    public void Forecast_OfTenLayers_IsTheKnownNumber()
    {
        CommandLine result = CommandLine.Run("forecast", "--data", "gaussian-mixture", "--samples", "200", "--classes", "10", "--dimension", "300", "--depth", "10", "--json");
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement forecast = document.RootElement.GetProperty("forecasts")[0];
        Assert.Equal(221.206, forecast.GetProperty("objectivePerLambda").GetDouble(), 5e-4);
        Assert.Equal(10, forecast.GetProperty("layers").GetArrayLength());
    }

    [Fact]
    public void Forecast_AgainstARun_ComparesAndRefusesOtherSettings()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine.Train(run, "--max-epochs", "20", "--no-report");
        CommandLine table = CommandLine.Run("forecast", "--against", run);
        Assert.Equal(0, table.ExitCode);
        foreach (string word in (string[])["penalised recursion", "trained", "off Z", "forecast.svg", "forecast.csv"]) Assert.Contains(word, table.Output, StringComparison.Ordinal);
        CommandLine both = CommandLine.Run("forecast", "--against", run, "--depth", "4");
        Assert.Equal(2, both.ExitCode);
        Assert.Contains("--depth", both.Error, StringComparison.Ordinal);
        foreach (string file in (string[])["forecast.svg", "forecast.png", "forecast.csv"]) Assert.True(File.Exists(Path.Combine(run, "figures", file)));
        Assert.Equal(2, CommandLine.Run("forecast", "--out", folder.File("nothing")).ExitCode);
    }

    [Fact]
    public void Forecast_OfCrossEntropy_IsThatOfTheCentroidProblemAndSaysWhyOthersAreMissing()
    {
        string[] settings = ["forecast", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "20", "--depth", "3", "--width", "8", "--convention", "mean", "--lambda", "1e-2", "--loss", "cross-entropy"];
        CommandLine result = CommandLine.Run([.. settings, "--json"]);
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement[] forecasts = [.. document.RootElement.GetProperty("forecasts").EnumerateArray()];
        Assert.Equal("centroid problem", Assert.Single(forecasts).GetProperty("source").GetString());
        Assert.All(document.RootElement.GetProperty("missing").EnumerateArray(), m => Assert.Contains("cross-entropy", m.GetProperty("reason").GetString(), StringComparison.Ordinal));
        Assert.Equal(2, CommandLine.Run([.. settings, "--lambda-features", "0", "--lambda", "0"]).ExitCode);
    }

    [Fact]
    public void Forecast_OfResidualNetworks_ShowsLayersWithoutWeights()
    {
        // Theorem C.2's inner layers have W = 0.
        CommandLine result = CommandLine.Run("forecast", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "20", "--depth", "4", "--width", "12", "--architecture", "residual", "--activation", "asinh");
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Theorem C.2", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Forecast_FollowingDelta_FallsToTheLimitAndIsDrawn()
    {
        using var folder = new TemporaryFolder();
        CommandLine result = CommandLine.Run("forecast", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "20", "--depth", "3", "--width", "8", "--stability", "--out", folder.File("figures"), "--json");
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        double limit = document.RootElement.GetProperty("limitObjectivePerLambda").GetDouble();
        JsonElement[] points = [.. document.RootElement.GetProperty("points").EnumerateArray()];
        Assert.Equal(7, points.Length);
        Assert.Equal(limit, points[^1].GetProperty("objectivePerLambda").GetDouble(), 1e-4 * limit);
        foreach (string file in (string[])["stability.svg", "stability.png", "stability.csv"]) Assert.True(File.Exists(Path.Combine(folder.File("figures"), file)));
    }

    [Fact]
    public void Forecast_OfTheCentroidProblem_IsRefinedInTheFullOne()
    {
        string[] settings = ["forecast", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "20", "--depth", "3", "--width", "8", "--convention", "mean", "--lambda", "1e-2", "--delta", "0.5"];
        CommandLine result = CommandLine.Run([.. settings, "--refine", "1e-8", "--json"]);
        Assert.Equal("", result.Error);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement root = document.RootElement, refinement = root.GetProperty("refinement");
        JsonElement forecast = root.GetProperty("forecasts").EnumerateArray().Single(f => f.GetProperty("source").GetString() == "centroid problem");
        double bound = forecast.GetProperty("objective").GetDouble();
        Assert.Equal(bound, root.GetProperty("centroids").GetProperty("liftedObjective").GetDouble(), 1e-10 * bound);
        Assert.InRange(refinement.GetProperty("objective").GetDouble(), 0, bound);
        Assert.InRange(refinement.GetProperty("relativeGradient").GetDouble(), 0, 1e-8);
        Assert.Contains("Newton's method from there", CommandLine.Run([.. settings, "--refine", "1e-6"]).Output, StringComparison.Ordinal);
        Assert.Equal(2, CommandLine.Run([.. settings, "--refine", "0"]).ExitCode);
    }

    [Fact]
    public void Certify_OfAnUnfinishedRun_HoldsInEveryLayer()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine.Train(run, "--max-epochs", "30", "--no-report", "--delta", "1");
        CommandLine result = CommandLine.Run("certify", run, "--json");
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.True(document.RootElement.GetProperty("holds").GetBoolean());
        foreach (JsonElement layer in document.RootElement.GetProperty("layers").EnumerateArray())
            Assert.True(layer.GetProperty("distance").GetDouble() <= layer.GetProperty("exactBound").GetDouble() + layer.GetProperty("roundingAllowance").GetDouble());
        Assert.Contains("Theorem 3.4", CommandLine.Run("certify", run).Output, StringComparison.Ordinal);
        JsonElement[] gradients = [.. document.RootElement.GetProperty("gradientRanks").EnumerateArray()];
        Assert.All(gradients, g => Assert.InRange(g.GetProperty("rank").GetInt32(), 1, g.GetProperty("batch").GetInt32()));
        Assert.Equal(3, gradients.Length);
        Assert.Contains("first 2 samples", CommandLine.Run("certify", run, "--batch", "2").Output, StringComparison.Ordinal);
        Assert.Equal(2, CommandLine.Run("certify", run, "--batch", "25").ExitCode);
        Assert.Equal(2, CommandLine.Run("certify", run, "--rank", "0").ExitCode);

        // A first layer without a penalty has no relative residual, and says why.
        string free = folder.File("free");
        CommandLine.Train(free, "--max-epochs", "3", "--no-report");
        using JsonDocument unpenalised = JsonDocument.Parse(CommandLine.Run("certify", free, "--json").Output);
        JsonElement first = unpenalised.RootElement.GetProperty("layers")[0];
        Assert.Equal(JsonValueKind.Null, first.GetProperty("relativeStationarityResidual").ValueKind);
        Assert.Contains("not penalised", first.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

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

    [Theory]
    [InlineData("feedforward", 6.0)]
    [InlineData("residual", 3.0)]
    public void Construct_WritesACollapsedRunThatOtherVerbsRead(string architecture, double cost)
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine result = CommandLine.Run(
            "construct", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "20", "--depth", "3", "--width", "12",
            "--activation", "asinh", "--architecture", architecture, "--constant", "0.5", "--out", run, "--json");
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Equal(cost, document.RootElement.GetProperty("representationCost").GetDouble(), 1e-12);
        using JsonDocument measured = JsonDocument.Parse(CommandLine.Run("measure", run, "--json").Output);
        foreach (JsonElement layer in measured.RootElement.GetProperty("layers").EnumerateArray())
            Assert.Equal(3, layer.GetProperty("featureNumericalRank").GetInt32());
        Assert.Equal(0, CommandLine.Run("certify", run).ExitCode);
        Assert.Equal(2, CommandLine.Run("construct", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "5", "--width", "12", "--activation", "asinh", "--out", folder.File("other")).ExitCode);
        Assert.False(Directory.Exists(folder.File("other")));
    }
}
