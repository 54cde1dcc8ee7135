using System.Text.Json;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class ForecastCommandTests
{
    [Fact]
    public void Forecast_OfTenLayers_IsTheKnownNumber()
    {
        CommandLine result =
            CommandLine.Run("forecast", "--data", "gaussian-mixture", "--samples", "200", "--classes", "10", "--dimension", "300", "--depth", "10",
                "--width", "16", "--json");
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
        foreach (string word in (string[])["penalised recursion", "trained", "off Z", "forecast.svg", "forecast.csv"])
            Assert.Contains(word, table.Output, StringComparison.Ordinal);
        CommandLine both = CommandLine.Run("forecast", "--against", run, "--depth", "4");
        Assert.Equal(2, both.ExitCode);
        Assert.Contains("--depth", both.Error, StringComparison.Ordinal);
        foreach (string file in (string[])["forecast.svg", "forecast.png", "forecast.csv"]) Assert.True(File.Exists(Path.Combine(run, "figures", file)));
        Assert.Equal(2, CommandLine.Run("forecast", "--out", folder.File("nothing")).ExitCode);
    }

    [Fact]
    public void Forecast_AboveAnotherMinimum_IsNotCalledTheMinimum()
    {
        using var folder = new TemporaryFolder();
        string[] settings = ["--data", "gaussian-mixture", "--samples", "14", "--classes", "4", "--class-counts", "1,2,4,7", "--dimension", "20", "--sigma",
            "0.3", "--depth", "5", "--width", "14", "--activation", "identity", "--convention", "mean", "--lambda", "0.2", "--delta", "1", "--lambda-features",
            "0"];
        CommandLine.Run(["train", .. settings, "--no-report", "--out", folder.File("run")]);
        CommandLine result = CommandLine.Run("forecast", "--against", folder.File("run"), "--out", folder.File("figures"), "--json");
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement root = document.RootElement;
        JsonElement[] known = [.. root.GetProperty("candidates").EnumerateArray()];
        Assert.Equal("the network that is 0", known[0].GetProperty("source").GetString());
        Assert.Equal(0.5, known[0].GetProperty("objective").GetDouble(), 1e-12);
        double trained = root.GetProperty("trainedObjective").GetDouble();
        Assert.Equal(trained, Assert.Single(known, one => one.GetProperty("source").GetString() == "trained network").GetProperty("objective").GetDouble());
        Assert.True(trained > 0.504);
        JsonElement recursion = root.GetProperty("forecasts")[0];
        Assert.False(recursion.GetProperty("isLowestKnown").GetBoolean());
        Assert.Equal(recursion.GetProperty("objective").GetDouble() / 0.5, 1 + recursion.GetProperty("aboveLowestKnown").GetDouble(), 1e-12);
        string text = CommandLine.Run("forecast", "--against", folder.File("run"), "--out", folder.File("figures")).Output;
        Assert.Contains("is not the minimum; the network that is 0 has 0.500000", text, StringComparison.Ordinal);
        CommandLine.Run(
            ["train", .. settings[..^6], "--lambda", "1e-3", "--lambda-features", "0", "--max-epochs", "40", "--no-report", "--out", folder.File("none")]);
        text = CommandLine.Run("forecast", "--against", folder.File("none"), "--out", folder.File("figures")).Output;
        Assert.Contains("is not the minimum; trained network has", text, StringComparison.Ordinal);
        Assert.Contains("objective, least known", CommandLine.Run("compare", folder.File("run"), folder.File("run")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Forecast_OfCrossEntropy_IsThatOfTheCentroidProblemAndSaysWhyOthersAreMissing()
    {
        string[] settings = ["forecast", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "20", "--depth", "3", "--width", "8",
            "--convention", "mean", "--lambda", "1e-2", "--loss", "cross-entropy"];
        CommandLine result = CommandLine.Run([.. settings, "--json"]);
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement[] forecasts = [.. document.RootElement.GetProperty("forecasts").EnumerateArray()];
        Assert.Equal("centroid problem", Assert.Single(forecasts).GetProperty("source").GetString());
        Assert.All(document.RootElement.GetProperty("missing").EnumerateArray(),
            m => Assert.Contains("cross-entropy", m.GetProperty("reason").GetString(), StringComparison.Ordinal));
        Assert.Equal(2, CommandLine.Run([.. settings, "--lambda-features", "0", "--lambda", "0"]).ExitCode);
    }

    [Fact]
    public void Forecast_OfResidualNetworks_ShowsLayersWithoutWeights()
    {
        // Theorem C.2's inner layers have W = 0.
        CommandLine result = CommandLine.Run("forecast", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "20", "--depth", "4",
            "--width", "12", "--architecture", "residual", "--activation", "asinh");
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Theorem C.2", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Forecast_FollowingDelta_FallsToTheLimitAndIsDrawn()
    {
        using var folder = new TemporaryFolder();
        CommandLine result = CommandLine.Run("forecast", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "20", "--depth", "3",
            "--width", "8", "--stability", "--out", folder.File("figures"), "--json");
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        double limit = document.RootElement.GetProperty("limitObjectivePerLambda").GetDouble();
        JsonElement[] points = [.. document.RootElement.GetProperty("points").EnumerateArray()];
        Assert.Equal(7, points.Length);
        Assert.Equal(limit, points[^1].GetProperty("objectivePerLambda").GetDouble(), 1e-4 * limit);
        foreach (string file in (string[])["stability.svg", "stability.png", "stability.csv"])
            Assert.True(File.Exists(Path.Combine(folder.File("figures"), file)));
    }

    [Fact]
    public void Forecast_OfTheCentroidProblem_IsRefinedInTheFullOne()
    {
        string[] settings = ["forecast", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "20", "--depth", "3", "--width", "8",
            "--convention", "mean", "--lambda", "1e-2", "--delta", "0.5"];
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
}
