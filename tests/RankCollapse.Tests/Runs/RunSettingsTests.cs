using System.Reflection;
using System.Text.Json;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Runs;

public sealed class RunSettingsTests
{
    public static TheoryData<string> Names => [.. RunSettings.JsonNames];

    [Fact]
    public void EveryPropertyButVersionAndArithmetic_IsASetting() => Assert.Equal(
        typeof(RunConfiguration).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name).Except(["Version", "Arithmetic"]),
        RunSettings.All.Select(setting => setting.Property));

    [Theory]
    [MemberData(nameof(Names))]
    public void ADefault_IsInRange(string name) =>
        Assert.True(RunSettings.Find(name) is { } setting
            && (setting.Range is not { } range || setting.Default is not double number || range.Contains(number)));

    [Theory]
    [MemberData(nameof(Names))]
    public void ADefault_SurvivesFileAndCommandLine(string name)
    {
        Setting setting = RunSettings.Find(name)!;
        if (setting.Default is not { } value) return;
        using JsonDocument file = JsonDocument.Parse(new RunConfiguration { Solver = "sgd", Data = "gaussian-mixture" }.ToJson(_ => true));
        if (name is not ("solver" or "data")) Assert.True(Setting.AreEqual(value, setting.Read(file.RootElement.GetProperty(name), "file")));
        Assert.True(Setting.AreEqual(value, setting.Parse(Setting.Text(value))));
    }

    [Theory]
    [InlineData(1e-5, "1e-5")]
    [InlineData(0.1, "0.1")]
    [InlineData(2.5e300, "2.5e300")]
    [InlineData(200, "200")]
    public void Numbers_AreWrittenAsPeopleDo(double value, string text) => Assert.Equal(text, Setting.Text(value));

    [Fact]
    public void Resolve_PutsWhatHasNoEffectAtItsDefault()
    {
        RunConfiguration resolved = new RunConfiguration { Momentum = 0.3, LearningRate = 7, Sigma = 4, Depth = 2, Lambda = 0.5 }.Resolve();
        Assert.Equal((0.9, null, 0.1, 0.5), (resolved.Momentum, resolved.LearningRate, resolved.Sigma, resolved.LambdaFeatures));
    }
}
