using System.Diagnostics;
using System.Globalization;
using RankCollapse.Experiments;
using RankCollapse.Experiments.Running;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Specification;
using RankCollapse.Training;

namespace RankCollapse.Tests.Sweeps.Specification;

public sealed class SweepSpecificationTests
{
    public static TheoryData<string, string> Mistakes => new()
    {
        { "[]", "holds no JSON object" },
        { "{ \"grid\": ", "not valid JSON" },
        { "{ \"grids\": {} }", "unknown name 'grids'; did you mean 'grid'" },
        { "{ \"settings\": { \"dpeth\": 3 } }", "unknown setting 'dpeth'; did you mean 'depth'" },
        { "{ \"settings\": { \"version\": \"1\" } }", "unknown setting 'version'" },
        { "{ \"grid\": { \"lamda\": [1] } }", "did you mean 'lambda'" },
        { "{ \"grid\": { \"lambda\": [] } }", "grid.lambda is [], expected a list" },
        { "{ \"grid\": { \"lambda\": 1e-3 } }", "grid.lambda is 1e-3, expected a list" },
        { "{ \"grid\": { \"depth\": [2, \"three\"] } }", "depth is \"three\", expected a whole number" },
        { "{ \"grid\": { \"depth\": [2, 2.5] } }", "depth is 2.5, expected a whole number" },
        { "{ \"grid\": { \"bias\": [1] } }", "expected true or false" },
        { "{ \"grid\": { \"activation\": { \"from\": 1, \"to\": 2, \"count\": 2 } } }", "activation is not a number" },
        { "{ \"grid\": { \"lambda\": { \"from\": 1, \"to\": 2 } } }", "either a count or a step" },
        { "{ \"grid\": { \"lambda\": { \"from\": 1, \"to\": 2, \"count\": 2, \"step\": 1 } } }", "either a count or a step" },
        { "{ \"grid\": { \"lambda\": { \"from\": 0, \"to\": 1, \"count\": 3, \"scale\": \"log\" } } }", "must be above 0" },
        { "{ \"grid\": { \"lambda\": { \"from\": 1, \"to\": 2, \"count\": 0 } } }", "count is 0, expected a whole number from 1" },
        { "{ \"grid\": { \"lambda\": { \"from\": 1, \"to\": 2, \"step\": -1 } } }", "choose another step" },
        { "{ \"grid\": { \"lambda\": { \"from\": 1, \"to\": 2, \"count\": 2, \"scale\": \"cubic\" } } }", "known are linear, log" },
        { "{ \"seeds\": 0 }", "seeds is 0" },
        { "{ \"seeds\": { \"from\": 3, \"to\": 1 } }", "goes from 3 to 1" },
        { "{ \"random\": { \"settings\": { \"lambda\": [1] } } }", "no count" },
        { "{ \"random\": { \"count\": 2 } }", "no settings" },
        { "{ \"settings\": { \"depth\": 2 }, \"grid\": { \"depth\": [3] } }", "gives depth twice" },
        { "{ \"grid\": { \"seed\": [3] }, \"seeds\": 2 }", "gives seed twice" },
        { "{ \"product\": [{ \"grid\": { \"depth\": [2] } }, { \"grid\": { \"depth\": [3] } }] }", "product[1] gives depth" },
        { "{ \"grid\": { \"depth\": [2] }, \"union\": [{ \"grid\": { \"depth\": [3] } }] }", "union[0] gives depth" },
        { "{ \"exclude\": [{ \"depth\": 2 }] }", "does not name" },
        { "{ \"grid\": { \"depth\": [2] }, \"exclude\": [{ \"depth\": 2 }] }", "excludes all of its 1 trials" },
        { "{ \"grid\": { \"depth\": [2, 0] } }", "trial 2 (depth 0): The setting depth is 0" },
        { "{ \"grid\": { \"lambda\": [-1] } }", "lambda is -1" },
        { "{ \"grid\": { \"activation\": [\"tanh\", \"tahn\"] } }", "did you mean 'tanh'" },
        { "{ \"grid\": { \"width\": [[3, 4]], \"depth\": [5] } }", "4 hidden layers" },
        { "{ \"settings\": { \"data\": \"none.npz\" } }", "no file" },
        { "{ \"limits\": { \"attempts\": 0 } }", "attempts is 0" },
        { "{ \"limits\": { \"keep\": \"weights\" } }", "known are summary, metrics, run" },
        { "{ \"limits\": { \"trialSeconds\": -1 } }", "trialSeconds is -1" },
        { "{ \"slurm\": { \"time\": \"4 hours\" } }", "slurm.time is \"4 hours\", expected" },
        { "{ \"slurm\": { \"memory\": \"lots\" } }", "slurm.memory is \"lots\", expected" },
        { "{ \"slurm\": { \"partition\": \"a b\" } }", "slurm.partition is \"a b\", expected" },
        { "{ \"slurm\": { \"pollSeconds\": 0 } }", "slurm.pollSeconds is 0, expected" },
        { "{ \"name\": \"../up\" }", "expected up to 60 letters" },
        { "{ \"slurm\": { \"task\": 3 } }", "did you mean 'tasks'" },
        { "{ \"seeds\": 1000000, \"grid\": { \"depth\": [2, 3] } }", "specifies 2000000 trials" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void AMistake_IsOneLineThatNamesThePlace(string json, string expected)
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<InvalidInputException>(() => SampleSweep.Plan(folder, json));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Grid_GivesAllCombinationsWithSeedsFastest()
    {
        RunConfiguration[] trials = Configurations("""{ "seeds": 2, "grid": { "depth": [2, 3], "lambda": [1e-3, 1e-2] } }""");
        Assert.Equal(
            [(2, 1e-3, 0), (2, 1e-3, 1), (2, 1e-2, 0), (2, 1e-2, 1), (3, 1e-3, 0), (3, 1e-3, 1), (3, 1e-2, 0), (3, 1e-2, 1)],
            trials.Select(t => (t.Depth, t.Lambda, t.Seed)));
    }

    [Fact]
    public void Ranges_MeetTheirEndsAndAreClean()
    {
        Assert.Equal([1e-5, 1e-4, 1e-3, 1e-2, 1e-1],
            Configurations("""{ "grid": { "lambda": { "from": 1e-5, "to": 1e-1, "count": 5, "scale": "log" } } }""").Select(t => t.Lambda));
        Assert.Equal([0, 0.1, 0.2, 0.3], Configurations("""{ "grid": { "delta": { "from": 0, "to": 0.3, "step": 0.1 } } }""").Select(t => t.Delta));
        Assert.Equal([2, 4, 6], Configurations("""{ "grid": { "depth": { "from": 2, "to": 7, "step": 2 } } }""").Select(t => t.Depth));
        Assert.Equal([10, 100, 1000],
            Configurations("""{ "grid": { "samples": { "from": 10, "to": 1000, "step": 10, "scale": "log" } } }""").Select(t => t.Samples));
        Assert.Equal([1, 2, 3],
            Configurations("""{ "grid": { "depth": { "from": 1, "to": 3, "count": 9 } }, "settings": { "width": [7] } }""").Select(t => t.Depth));
        Assert.Equal([-2L, -1, 0, 1], Configurations("""{ "seeds": { "from": -2, "to": 1 } }""").Select(t => t.Seed));
    }

    [Fact]
    public void RandomSamples_LieInTheirRangesAndKeepTheFirstWhenMoreAreDrawn()
    {
        const string Form = """{ "random": { "count": COUNT, "seed": 7, "settings": { "lambda": { "from": 1e-5, "to": 1e-1, "scale": "log" }, "depth": { "from": 2, "to": 6 }, "activation": ["tanh", "asinh"] } } }""";
        RunConfiguration[] few = Configurations(Form.Replace("COUNT", "40", StringComparison.Ordinal)),
            many = Configurations(Form.Replace("COUNT", "400", StringComparison.Ordinal));
        Assert.Equal(few.Select(t => t.ToJson()), many.Take(40).Select(t => t.ToJson()));
        Assert.All(many, t => Assert.InRange(t.Lambda, 1e-5, 1e-1));
        Assert.Equal([2, 3, 4, 5, 6], many.Select(t => t.Depth).Distinct().Order());
        Assert.Equal(["asinh", "tanh"], many.Select(t => t.Activation).Distinct().Order());
        // Uniform in the logarithm: each of four decades has about a quarter; 400 draws deviate by less than 5σ = 43.
        Assert.InRange(many.Count(t => t.Lambda < 1e-4), 100 - 43, 100 + 43);
    }

    [Fact]
    public void Blocks_NestAndInnerSettingsWin()
    {
        RunConfiguration[] trials = Configurations("""
            {
              "settings": { "width": 10, "convention": "mean" },
              "union": [
                { "grid": { "depth": [2, 3] } },
                { "settings": { "width": 20 }, "product": [ { "grid": { "depth": [4] } }, { "list": [ { "lambda": 1e-3, "activation": "tanh" }, { "lambda": 1e-2, "activation": "asinh" } ] } ] }
              ],
              "seeds": [5]
            }
            """);
        Assert.Equal([(2, 10, 1e-5), (3, 10, 1e-5), (4, 20, 1e-3), (4, 20, 1e-2)], trials.Select(t => (t.Depth, t.Width[0], t.Lambda)));
        Assert.All(trials, t => Assert.Equal((Convention.Mean, 5L), (t.Convention, t.Seed)));
        Assert.Equal(["tanh", "tanh", "tanh", "asinh"], trials.Select(t => t.Activation));
    }

    [Fact]
    public void Exclusions_LeaveOutWhatMeetsAllConditions()
    {
        const string Grid = "\"grid\": { \"depth\": [2, 3, 4], \"lambda\": [1e-4, 1e-3, 1e-2], \"activation\": [\"tanh\", \"asinh\"] }";
        RunConfiguration[] trials = Configurations($$"""{ {{Grid}}, "exclude": [ { "depth": 2 }, { "depth": [3, 4], "lambda": { "above": 1e-4, "atMost": 1e-3 } }, { "activation": "asinh", "lambda": { "below": 1e-3 } } ] }""");
        Assert.Equal([(3, 1e-4, "tanh"), (3, 1e-2, "tanh"), (3, 1e-2, "asinh"), (4, 1e-4, "tanh"), (4, 1e-2, "tanh"), (4, 1e-2, "asinh")],
            trials.Select(t => (t.Depth, t.Lambda, t.Activation)));
    }

    [Fact]
    public void EqualTrials_RunOnceAndAreCounted()
    {
        using var folder = new TemporaryFolder();
        PlannedSweep planned = SampleSweep.Plan(folder, """{ "settings": { "solver": "adam", "lambda": 1e-3 }, "list": [ { "learningRate": 1e-3 }, { "learningRate": 0.001 }, { "width": 200 }, { "width": [200] } ], "exclude": [ { "learningRate": 2 }, { "width": 100 } ] }""");
        // The default learning rate of adam is 1e-3 and the default width 200: all four are the same trial.
        Assert.Single(planned.Plan.Trials);
        Assert.Equal((4, 0, 3), (planned.Specified, planned.Excluded, planned.Repeated));
    }

    [Fact]
    public void TrialsThatDifferInWhatHasNoEffect_AreOne()
    {
        using var folder = new TemporaryFolder();
        PlannedSweep planned = SampleSweep.Plan(folder, """{ "grid": { "solver": ["adam", "lbfgs"], "learningRate": [1e-3, 1e-2] } }""");
        Assert.Equal([("adam", 1e-3), ("adam", 1e-2), ("lbfgs", null)],
            planned.Plan.Trials.Select(trial => (trial.Configuration.Solver, trial.Configuration.LearningRate)));
        Assert.Equal((4, 0, 1), (planned.Specified, planned.Excluded, planned.Repeated));
        Assert.Equal("null", planned.Plan.Trials[2].Values.Last().GetRawText());
    }

    [Theory]
    [InlineData("""{ "settings": { "solver": "lbfgs", "momentum": 0.5 } }""", "gives momentum, which has an effect with the solver sgd only")]
    [InlineData("""{ "grid": { "sigma": [1, 2] } }""", "gives sigma, which has an effect with the data gaussian-mixture and moons only")]
    [InlineData("""{ "union": [ { "settings": { "learningRate": 1 } }, { "settings": { "solver": "adam" } } ] }""", "gives learningRate")]
    public void ASettingThatConcernsNoTrial_IsRefused(string json, string found)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(found, Assert.Throws<InvalidInputException>(() => SampleSweep.Plan(folder, json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APlan_KeepsIdentitiesOfTrialsWhenValuesAreAdded()
    {
        using var folder = new TemporaryFolder();
        SweepPlan few = SampleSweep.Plan(folder, """{ "grid": { "lambda": [1e-3, 1e-2] }, "seeds": 2 }""").Plan;
        SweepPlan more = SampleSweep.Plan(folder, """{ "seeds": 3, "grid": { "depth": [5, 6], "lambda": [1e-2, 1e-1, 1e-3] } }""").Plan;
        Assert.All(few.Trials, trial => Assert.NotNull(more.Find(trial.Id)));
        Assert.NotEqual(few.Identity, more.Identity);
        SweepPlan reordered =
            SampleSweep.Plan(folder, """{ "seeds": [1, 0], "grid": { "lambda": [0.01, 0.001] }, "settings": { "threads": 2, "checkpointSeconds": 5 } }""").Plan;
        Assert.Equal(few.Identity, reordered.Identity);
    }

    [Fact]
    public void AHundredThousandTrials_ArePlannedAndLookedAtInSeconds()
    {
        using var folder = new TemporaryFolder();
        string json = $$"""{ "settings": { {{SampleSweep.Tiny.Replace("\"lambda\": 1e-2, ", "", StringComparison.Ordinal)}} }, "grid": { "lambda": { "from": 1e-3, "to": 1e-1, "count": 100, "scale": "log" }, "delta": { "from": 0, "to": 1, "count": 10 } }, "seeds": 100 }""";
        double started = ThreadSeconds();
        var sweep = SampleSweep.Create(folder, json);
        SweepPlan plan = sweep.ReadPlan();
        double planned = ThreadSeconds();
        Assert.Equal(100_000, sweep.ReadStatus(plan).Counts[TrialState.Pending]);
        double looked = ThreadSeconds();
        Assert.InRange(planned - started, 0, 5);
        Assert.InRange(looked - planned, 0, 2);
        Assert.Equal((0.001, 0, 1L), (plan.Trials[1].Configuration.Lambda, plan.Trials[1].Configuration.Delta, plan.Trials[1].Configuration.Seed));
    }

    [Fact]
    public void TheExamplesOfTheDocumentation_CanBePlanned()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "sweeps.md"));
        string[] examples = [.. page.Split("\n    {\n").Skip(1).Select(rest => "{\n" + rest[..rest.IndexOf("\n    }\n", StringComparison.Ordinal)] + "\n}")];
        Assert.Equal(2, examples.Length);
        using var folder = new TemporaryFolder();
        Assert.Equal((3 * 9 * 3 * 5) - (2 * 3 * 5), SampleSweep.Plan(folder, examples[0]).Plan.Trials.Count);
        PlannedSweep depths = SampleSweep.Plan(folder, examples[1]);
        Assert.Equal(19 * 3 * 20, depths.Plan.Trials.Count);
        Assert.Equal(1800, depths.Plan.Limits.TrialSeconds);
    }

    /// <summary>The seconds that this thread has computed, where Linux tells them, so that a busy machine does not count; otherwise those of a clock.</summary>
    private static double ThreadSeconds() => File.Exists("/proc/thread-self/schedstat")
        ? double.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e9
        : Stopwatch.GetElapsedTime(0).TotalSeconds;

    [Theory]
    [InlineData("fig1")]
    [InlineData("fig3")]
    public void TheExampleOfAFigure_PlansTheTrainingsThatReproduceRuns(string figure)
    {
        SweepPlan plan = SweepSpecification.Read(Path.Combine(RepositoryRoot(), "docs", "examples", figure + ".json")).Plan().Plan;
        IEnumerable<string> trainings = ExperimentCatalogue.Find([figure])[0].Trainings(new ReproductionSettings(IsQuick: false, Seed: 0))
            .Select(training => training.Id);
        Assert.Equal(trainings.Order(StringComparer.Ordinal), plan.Trials.Select(trial => trial.Id).Order(StringComparer.Ordinal));
    }

    private static string RepositoryRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "RankCollapse.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private static RunConfiguration[] Configurations(string json)
    {
        using var folder = new TemporaryFolder();
        PlannedSweep planned = SampleSweep.Plan(folder, json);
        string plan = folder.File("plan.json");
        PlanFile.Write(plan, planned.Plan);
        SweepPlan read = PlanFile.Read(plan);
        // What is planned is what is read back.
        Assert.Equal(planned.Plan.Trials.Select(trial => trial.Configuration.ToJson()), read.Trials.Select(trial => trial.Configuration.ToJson()));
        Assert.Equal(planned.Plan.Limits, read.Limits);
        Assert.All(read.Trials, trial => Assert.Equal(trial.Id, TrialIdentity.Of(trial.Configuration)));
        return [.. read.Trials.Select(trial => trial.Configuration)];
    }

    [Theory]
    [InlineData("""{ "settings": { "lambda": 1e400 } }""", "1e400")]
    [InlineData("""{ "settings": {}, "limits": { "leaseSeconds": 1e-300 } }""", "leaseSeconds")]
    [InlineData("""{ "settings": {}, "name": "-rf" }""", "-rf")]
    [InlineData("""{ "settings": { "data": "\ud800" } }""", "half a character")]
    [InlineData("""{ "\udc00": 1 }""", "half a character")]
    public void ValueThatNothingCanMean_IsRefusedByWhatItIs(string json, string found)
    {
        var error = Assert.Throws<InvalidInputException>(() => SweepSpecification.Parse(System.Text.Encoding.UTF8.GetBytes(json), "a.json").Plan());
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", error.Message, StringComparison.Ordinal);
    }
}
