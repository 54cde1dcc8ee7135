using RankCollapse.Runs;
using RankCollapse.Sweeps;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Engines.InProcess;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Tests.Runs;

/// <summary>The one rule, wherever something that is there could be gone on with, joined or taken over.</summary>
public sealed class ArithmeticTests : IDisposable
{
    private const string Ours = "\"arithmetic\": ";

    private static readonly Arithmetic Other = new(Arithmetic.Current.Version, !Arithmetic.Current.IsFused);

    private static readonly RunConfiguration Tiny = new()
    {
        Data = "gaussian-mixture",
        Samples = 12,
        Classes = 3,
        Dimension = 4,
        Depth = 2,
        Width = [5],
        Solver = "lbfgs",
        MaxEpochs = 3,
        GradientTolerance = 0,
        Threads = 1,
    };

    private readonly TemporaryFolder _folder = new();

    /// <summary>The other kind of processor, another version, and what an earlier version wrote, without any.</summary>
    public static TheoryData<string> Others => [Other.ToString(), new Arithmetic(1000, Arithmetic.Current.IsFused).ToString(), ""];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("results-4-fused", 4, true)]
    [InlineData("results-12-unfused", 12, false)]
    public void Text_ReadBack_IsTheSame(string text, int version, bool isFused)
    {
        Assert.Equal(new Arithmetic(version, isFused), Arithmetic.Parse(text));
        Assert.Equal(text, Arithmetic.Parse(text).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("results-4")]
    [InlineData("results--4-fused")]
    [InlineData("results-x-fused")]
    public void AnotherText_IsRefused(string text) => Assert.Contains("restore", Assert.Throws<InvalidInputException>(() => Arithmetic.Parse(text)).Message);

    [Fact]
    public void ARun_SaysItsArithmeticInBothFiles()
    {
        TrainingRun.Start(Tiny, _folder.File("run"));
        Run run = RunFolder.Read(_folder.File("run"));
        Assert.Equal((Arithmetic.Current, Arithmetic.Current), (run.Configuration.Arithmetic, run.Summary.Arithmetic));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void ARunOfAnother_IsReadButNotGoneOnWith(string arithmetic)
    {
        string path = _folder.File("run");
        TrainingRun.Start(Tiny, path);
        Put(path, "config.json", arithmetic);
        Put(path, "summary.json", arithmetic);
        Assert.Equal(arithmetic, $"{RunFolder.Read(path).Summary.Arithmetic}");
        Assert.True(TrainingRun.Resume(path).HadEnded);
        Dictionary<string, byte[]> before = Directory.GetFiles(path).ToDictionary(file => file, File.ReadAllBytes);
        RequireTold(arithmetic, () => TrainingRun.Resume(path, stored => stored with { MaxEpochs = 5 }));
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    [Fact]
    public void AMemberOfAnother_IsNotTakenIntoAnEnsemble()
    {
        string path = _folder.File("ensemble");
        TrainingEnsemble.Start(Tiny, 0, 1, path);
        Put(Path.Combine(path, "seed-1"), "summary.json", Other.ToString());
        RequireTold(Other.ToString(), () => TrainingEnsemble.Start(Tiny, 0, 2, path, new EnsembleOptions { Resume = true }));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void ASweepOfAnother_IsNeitherWorkedOnNorExtended(string arithmetic)
    {
        var folder = SweepFolder.Create(_folder.File("sweep"));
        SweepPlan plan = SweepPlan.Of("two", [Tiny, Tiny with { Seed = 1 }], new SweepLimits());
        folder.Adopt(plan);
        SweepEngines.Run(new InProcessEngine(), folder, new EngineRequest());
        Put(folder.Path, "plan.json", arithmetic);
        if (arithmetic.Length == 0)
        {
            string plan3 = File.ReadAllText(folder.PlanPath).Replace($"\"resultVersion\": {TrainingRun.ResultVersion}", "\"resultVersion\": 3");
            File.WriteAllText(folder.PlanPath, plan3);
        }
        string stored = arithmetic.Length == 0 ? "results-3-fused" : arithmetic;
        RequireTold(stored, () => SweepWorker.Run(folder));
        RequireTold(stored, () => SweepEngines.Run(new InProcessEngine(), folder, new EngineRequest()));
        RequireTold(stored, () => folder.Adopt(SweepPlan.Of("more", [Tiny, Tiny with { Seed = 2 }], new SweepLimits())));
        Assert.Equal(2, folder.ReadStatus(folder.ReadPlan()).Counts[TrialState.Done]);
    }

    /// <summary>Makes a file say another arithmetic, or none.</summary>
    private static void Put(string path, string file, string arithmetic)
    {
        string name = Path.Combine(path, file);
        string[] lines = File.ReadAllLines(name);
        int line = Assert.Single(lines.Index(), one => one.Item.Contains(Ours, StringComparison.Ordinal)).Index;
        lines[line] = arithmetic.Length == 0 ? "" : lines[line].Replace(Arithmetic.Current.ToString(), arithmetic, StringComparison.Ordinal);
        File.WriteAllLines(name, lines);
        // What covers the content of a run's files would tell that they were changed.
        File.Delete(Path.Combine(path, "manifest.json"));
    }

    private static void RequireTold(string stored, Action act)
    {
        var error = Assert.Throws<InvalidInputException>(act);
        Assert.Contains(stored.Length == 0 ? "of an earlier version" : stored, error.Message, StringComparison.Ordinal);
        Assert.Contains(Arithmetic.Current.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains("out", error.Settings);
    }
}
