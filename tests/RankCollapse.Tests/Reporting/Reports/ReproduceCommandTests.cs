using RankCollapse.Reporting.Reports;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Reporting.Reports;

public sealed class ReproduceCommandTests
{
    [Fact]
    public void Command_OfDefaults_HasOnlySeeds() =>
        Assert.Equal(["rankcollapse train", "--seed 0", "--data-seed 0"], ReproduceCommand.For(new RunConfiguration { Version = "1.2.3" }));

    [Fact]
    public void Command_OfChangedSettings_NamesThemAsOptions()
    {
        var configuration = new RunConfiguration
        {
            Width = [30, 20],
            LambdaFeatures = 1e-7,
            Bias = true,
            ClassCounts = [4, 6],
            Solver = "adam",
            Schedule = RateSchedule.Constant
        };
        IReadOnlyList<string> words = ReproduceCommand.For(configuration);
        Assert.Contains("--width 30,20", words);
        Assert.Contains("--lambda-features 1e-7", words);
        Assert.Contains("--bias", words);
        Assert.Contains("--class-counts 4,6", words);
        Assert.Contains("--schedule constant", words);
    }

    [Fact]
    public void Command_OfAwkwardFileName_IsQuotedForTheShell() =>
        Assert.Contains("--data 'my run'\\''s $data.npz'", ReproduceCommand.For(new RunConfiguration { Data = "my run's $data.npz" }));

    [Fact]
    public void Settings_WithoutEffect_AreLeftOut()
    {
        string[] names = [.. ReproduceCommand.Settings(new RunConfiguration { Solver = "adam" }).Select(s => s.Name)];
        Assert.Contains("learningRate", names);
        Assert.DoesNotContain("momentum", names);
        Assert.DoesNotContain(
            ReproduceCommand.For(new RunConfiguration { Momentum = 0.5, Sigma = 2 }), word => word.Contains("momentum") || word.Contains("sigma"));
    }
}
