using System.Reflection;
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
        var configuration = new RunConfiguration { Width = [30, 20], LambdaFeatures = 1e-7, Bias = true, ClassCounts = [4, 6], Schedule = RateSchedule.Constant };
        IReadOnlyList<string> words = ReproduceCommand.For(configuration);
        Assert.Contains("--width 30,20", words);
        Assert.Contains("--lambda-features 1E-07", words, StringComparer.OrdinalIgnoreCase);
        Assert.Contains("--bias", words);
        Assert.Contains("--class-counts 4,6", words);
        Assert.Contains("--schedule constant", words);
    }

    [Fact]
    public void Command_OfAwkwardFileName_IsQuotedForTheShell() =>
        Assert.Contains("--data 'my run'\\''s $data.npz'", ReproduceCommand.For(new RunConfiguration { Data = "my run's $data.npz" }));

    [Fact]
    public void Settings_OfConfiguration_AreAllThere()
    {
        string[] names = [.. ReproduceCommand.Settings(new RunConfiguration()).Select(s => s.Name)];
        Assert.Equal(typeof(RunConfiguration).GetProperties(BindingFlags.Public | BindingFlags.Instance).Length, names.Length);
        Assert.Contains("gradientTolerance", names);
    }
}
