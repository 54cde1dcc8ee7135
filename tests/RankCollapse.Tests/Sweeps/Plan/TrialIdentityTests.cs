using System.Text.Json;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Training;

namespace RankCollapse.Tests.Sweeps.Plan;

public sealed class TrialIdentityTests
{
    private static readonly RunConfiguration Adam =
        new() { Solver = "adam", RecordEvery = 10, MaxSeconds = 5, ClassCounts = [100, 100], Classes = 2, CollapseTolerance = 1e-9 };

    [Fact]
    public void EverySettingThatAResultDependsOn_ChangesTheIdentity()
    {
        RunConfiguration start = TrialIdentity.Resolve(Adam);
        Assert.All(RunSettings.All.Where(setting => setting.Concerns(start)), setting =>
            Assert.Equal(setting.Effect == SettingEffect.Machine,
                TrialIdentity.Of(start) == TrialIdentity.Of(setting.With(start, Other(setting, setting.Get(start))))));
    }

    [Theory]
    [InlineData("momentum", "0.5")]
    [InlineData("sigma", "2")]
    [InlineData("dimension", "7")]
    public void ASettingWithoutEffect_DoesNotCount(string name, string value)
    {
        RunConfiguration other = RunConfiguration.FromJson(System.Text.Encoding.UTF8.GetBytes($"{{ \"{name}\": {value} }}"), "test", Adam);
        Assert.Equal(Of(Adam), Of(other));
    }

    [Fact]
    public void Identities_AreThoseOfTheFirstVersion()
    {
        var mixture = new RunConfiguration
        {
            Data = "gaussian-mixture",
            Samples = 12,
            Classes = 3,
            Dimension = 6,
            Width = [5],
            Depth = 3,
            MaxEpochs = 1,
            RecordEvery = 7
        };
        Assert.Equal("97932a343e32e998b0a3", OfFirst(new RunConfiguration { Samples = 20, Width = [5], Depth = 3, MaxEpochs = 1 }));
        Assert.Equal("12e7d7d72801ae9b4dda", OfFirst(mixture));
        Assert.Equal("28c82b1c888917852842", OfFirst(mixture with { Convention = Convention.Equation3, Architecture = Architecture.Residual }));
        Assert.Equal("87526c3f75ab55158795", OfFirst(mixture with { Solver = "adam", Schedule = RateSchedule.Constant, Loss = Loss.CrossEntropy }));
        Assert.Equal("3854a51388d81ca617a5",
            OfFirst(mixture with
            {
                Solver = "sgd",
                Momentum = 0.5,
                Bias = true,
                CollapseTolerance = 1e-12,
                Record = RecordedMetrics.Collapse,
                MaxSeconds = 100,
            }));
        Assert.Equal("4b1aa6cd6d67c6b6318a", OfFirst(mixture with
        {
            Solver = "lbfgs",
            LambdaFeatures = 0,
            Delta = 0.25,
            Init = InitializationScheme.He,
            Activation = "leaky-relu(0.3)",
            ClassCounts = [3, 4, 5],
        }));
    }

    [Fact]
    public void AnotherArithmetic_ChangesTheIdentity()
    {
        RunConfiguration configuration = TrialIdentity.Resolve(Adam);
        Arithmetic[] all = [new(4, true), new(4, false), new(5, true), new(5, false)];
        Assert.Distinct(all.Select(arithmetic => TrialIdentity.Of(configuration, null, arithmetic)));
    }

    [Fact]
    public void ADataFile_CountsByItsContentNotItsPath()
    {
        using var folder = new TemporaryFolder();
        string rows = string.Join('\n', Enumerable.Range(0, 8).Select(i => $"{i},{i * i},{i % 2}"));
        string first = folder.Write("a.csv", rows), second = folder.Write("b.csv", rows), third = folder.Write("c.csv", rows + "\n9,81,1");
        string Id(string file) =>
            Assert.Single(SampleSweep.Plan(
            folder, $$"""{ "settings": { "data": {{JsonSerializer.Serialize(file)}}, "samples": 8, "classes": 2 } }""").Plan.Trials).Id;
        Assert.Equal(Id(first), Id(second));
        Assert.NotEqual(Id(first), Id(third));
    }

    private static string OfFirst(RunConfiguration configuration) => TrialIdentity.Of(TrialIdentity.Resolve(configuration), null, new Arithmetic(3, true));

    private static string Of(RunConfiguration configuration) => TrialIdentity.Of(TrialIdentity.Resolve(configuration));

    private static object Other(Setting setting, object? value) => value switch
    {
        int number => number + 1,
        long number => number + 1,
        double number => number + 1,
        bool isOn => !isOn,
        Enum named => EnumNames.Find(setting.Type, setting.Names.First(name => name != EnumNames.Of(named)))!,
        string => "other",
        null when setting.Type == typeof(string) => "other",
        null when setting.Type == typeof(int) => 7,
        _ => new[] { 7 },
    };
}
