using System.Text.Json.Nodes;
using RankCollapse.Cli.Commands.Sweeps;
using RankCollapse.Experiments;
using RankCollapse.Experiments.Running;
using RankCollapse.Sweeps.Engines.Local;
using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;
using RankCollapse.Tests.Sweeps.Engines.Slurm;

namespace RankCollapse.Tests.Experiments.Running;

/// <summary>Figures whose trainings run on other engines than threads of this process.</summary>
public sealed class FigureWorkTests : IDisposable
{
    private static readonly ReproductionSettings Full = new();
    private static readonly ReproductionOptions Local = new() { Engine = new LocalEngine(), Command = SweepRun.ThisProgram(), Threads = 2 };

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _end = new();

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Data_AreThoseOfThreads_BitForBit()
    {
        Run("threads", new ReproductionOptions());
        var told = new List<ReproductionProgress>();
        Run("workers", Local with { Progress = told.Add });

        Assert.Equal(Data("threads"), Data("workers"));
        Assert.Equal(3, Sweep("workers").ReadPlan().Trials.Count);
        Assert.Equal(3, told.Count(progress => progress.Ended is not null));
        ReproductionProgress last = told.Last(progress => progress.Ended is not null);
        Assert.Equal((3, 1.0, 0.0), (last.Done, last.Fraction, last.SecondsLeft));
        FigureResult result = FigureResult.Read(_folder.File("workers/small"));
        Assert.Equal(3, result.Statuses.Values.Sum());
        Assert.True(result.TrainingSeconds > 0);
    }

    [Fact]
    public void AReproductionThatWasStopped_GoesOnToTheSameData()
    {
        Run("whole", new ReproductionOptions());
        using var stop = new CancellationTokenSource();
        ReproductionOptions options = Local with
        {
            Threads = 1,
            Progress = progress =>
            {
                if (progress.Running.Count > 0) stop.Cancel();
            },
        };
        var experiment = new SmallExperiment(records: false, epochs: 200_000);
        Assert.ThrowsAny<OperationCanceledException>(() => Reproduction.Run([experiment], Full, _folder.File("stopped"), options, stop.Token));
        Assert.False(File.Exists(_folder.File("stopped/small/result.json")));

        Reproduction.Run([experiment], Full, _folder.File("stopped"), Local, _end.Token);
        Reproduction.Run([experiment], Full, _folder.File("undisturbed"), new ReproductionOptions(), _end.Token);
        Assert.Equal(Data("undisturbed"), Data("stopped"));
    }

    [Fact]
    public void AResultThatIsDamaged_IsMadeAgain()
    {
        Run("run", Local);
        string before = Data("run");
        SweepFolder sweep = Sweep("run");
        string[] ids = [.. sweep.ReadPlan().Trials.Select(trial => trial.Id)];
        DateTimeOffset[] ends = [.. ids.Select(id => sweep.ReadManifest(id).Ended)];
        File.AppendAllText(Path.Combine(sweep.ResultPath(ids[0]), "summary.json"), " ");
        var warnings = new List<string>();

        Run("run", Local with { Warning = warnings.Add });
        Assert.Contains("summary.json is damaged", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal([true, false, false], ids.Zip(ends, (id, end) => sweep.ReadManifest(id).Ended != end));
        Assert.Equal(before, Data("run"));
    }

    [Fact]
    public void ATrainingThatFails_IsNamedWithItsReason_AndTriedAgainByTheSameCommand()
    {
        var impossible = new SmallExperiment(samples: 2, records: false);
        var error = Assert.Throws<ComputationFailedException>(() => Reproduction.Run([impossible], Full, _folder.File("run"), Local, _end.Token));
        Assert.Contains("3 of 3 trainings of small failed, one of them so: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("sweep status", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, Failures());
        Assert.Throws<ComputationFailedException>(() => Reproduction.Run([impossible], Full, _folder.File("run"), Local, _end.Token));
        Assert.Equal(3, Failures());

        int Failures() => Directory.GetFiles(Sweep("run").FailuresPath, "*", SearchOption.AllDirectories).Length;
    }

    [Fact]
    public void ARecordingThatWorkersDoNotKnow_IsNamed()
    {
        var error = Assert.Throws<ComputationFailedException>(() => Reproduction.Run([new SmallExperiment()], Full, _folder.File("run"), Local, _end.Token));
        Assert.Contains("The sweep asks for the recording 'first-weights', which this program does not know", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFigureThatFails_KeepsNoOtherFromItsEnd()
    {
        var finished = new List<string>();
        ReproductionOptions options = new() { Finished = result => finished.Add(result.Name) };
        var error = Assert.Throws<ComputationFailedException>(
            () => Reproduction.Run(
                [new SmallExperiment(samples: 2, name: "impossible"), new SmallExperiment()], Full, _folder.File("run"), options, _end.Token));
        Assert.Contains("of impossible failed", error.Message, StringComparison.Ordinal);
        Assert.Equal(["small"], finished);
        Assert.True(File.Exists(_folder.File("run/report.html")));
    }

    [Fact]
    public void ASweepThatIsGone_IsMadeAgain()
    {
        Run("run", new ReproductionOptions());
        string before = Data("run");
        Directory.Delete(_folder.File("run/small/sweep"), recursive: true);
        Run("run", new ReproductionOptions());
        Assert.Equal(before, Data("run"));
    }

    [Fact]
    public void ASweepWhosePlanIsDamagedOrMissing_IsPlannedAgain()
    {
        Run("run", new ReproductionOptions());
        string before = Data("run"), path = _folder.File("run/small/sweep/plan.json");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..20]);
        Run("run", new ReproductionOptions());
        Assert.Equal(before, Data("run"));

        File.Delete(path);
        Run("run", new ReproductionOptions());
        Assert.Equal(before, Data("run"));
        Assert.Empty(Directory.GetDirectories(_folder.File("run/small/sweep"), "damaged"));
    }

    [Fact]
    public void ForceThatCannotWork_DeletesNothing()
    {
        Run("run", new ReproductionOptions());
        string before = Data("run");
        ReproductionOptions nowhere = OnSlurm(new JsonObject { ["bin"] = _folder.File("nowhere") }) with { Force = true };
        Assert.Contains("choose another engine", Assert.Throws<InvalidInputException>(() => Run("run", nowhere)).Message, StringComparison.Ordinal);

        var slurm = new FakeSlurm(_folder);
        slurm.Switch("unreachable");
        Assert.Contains("Unable to contact slurm controller",
            Assert.Throws<InvalidInputException>(() => Run("run", OnSlurm(Asked(slurm)) with { Force = true })).Message, StringComparison.Ordinal);
        Assert.Equal(before, Data("run"));
        Assert.Equal(3, Sweep("run").ReadStatus(Sweep("run").ReadPlan()).Counts[RankCollapse.Sweeps.Plan.TrialState.Done]);
        Assert.True(File.Exists(_folder.File("run/small/result.json")));
    }

    [Fact]
    public async Task OnSlurm_TheTasksTrain()
    {
        Run("threads", new ReproductionOptions());
        var slurm = new FakeSlurm(_folder);
        Task run = Begin(slurm);
        await Waiting.Until(() => slurm.Accepted == 1, run);
        Assert.Equal(3, slurm.TasksOf(1));
        SweepWorker.Run(Sweep("slurm"), new WorkerOptions { LeavesEarly = true });
        slurm.Set(1, "COMPLETED", "None");
        await run;

        Assert.Equal(Data("threads"), Data("slurm"));
        Assert.True(FigureResult.Read(_folder.File("slurm/small")).IsOnCluster);
        // What was asked of Slurm is kept for sweep resume and sweep cancel.
        Assert.True(JsonNode.DeepEquals(Asked(slurm), JsonNode.Parse(new SlurmEngine().AskedBefore(Sweep("slurm")).ToJson())));
    }

    [Fact]
    public async Task AFigureWhoseTasksGoOn_IsNotReplaced_AndMovesToThisMachine()
    {
        var slurm = new FakeSlurm(_folder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        var warnings = new List<string>();
        Task watched = Begin(slurm, stop.Token, warnings);
        await Waiting.Until(() => slurm.Accepted == 1 && SlurmArrays.Read(Sweep("slurm")) is [{ Job: not null }], watched);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watched);
        Assert.Contains("on the cluster go on", Assert.Single(warnings), StringComparison.Ordinal);

        var error = Assert.Throws<InvalidInputException>(() => Run("slurm", new ReproductionOptions { Force = true }));
        Assert.Contains("still has tasks on a cluster", error.Message, StringComparison.Ordinal);
        Run("slurm", Local);
        // The tasks can be cancelled still, because what was asked of Slurm is kept.
        Assert.Equal(slurm.Bin, new SlurmEngine().AskedBefore(Sweep("slurm")).Text("bin"));
        Run("threads", new ReproductionOptions());
        Assert.Equal(Data("threads"), Data("slurm"));
        Assert.Empty(new SlurmEngine().Cancel(Sweep("slurm"), CancellationToken.None));
    }

    private static ReproductionOptions OnSlurm(JsonObject asked) => new() { Engine = new SlurmEngine(), Asked = new SlurmEngine().Ask(asked) };

    private static JsonObject Asked(FakeSlurm slurm) => new()
    {
        ["bin"] = slurm.Bin,
        ["pollSeconds"] = 0.1,
        ["tasks"] = 5,
        ["time"] = "01:00:00",
        ["memory"] = "1G",
        ["partition"] = "cpu",
        ["options"] = new JsonArray("--nice=100"),
        ["setup"] = new JsonArray("echo a \"b\""),
        ["command"] = new JsonArray("rankcollapse"),
    };

    private Task Begin(FakeSlurm slurm, CancellationToken? cancellation = null, List<string>? warnings = null) => Task.Run(
        () => Reproduction.Run([new SmallExperiment(records: false)], Full, _folder.File("slurm"),
            OnSlurm(Asked(slurm)) with { Warning = warning => warnings?.Add(warning) }, cancellation ?? _end.Token),
        CancellationToken.None);

    private void Run(string run, ReproductionOptions options) =>
        Reproduction.Run([new SmallExperiment(records: false)], Full, _folder.File(run), options, _end.Token);

    private SweepFolder Sweep(string run) => SweepFolder.Open(_folder.File($"{run}/small/sweep"));

    private string Data(string run) => File.ReadAllText(_folder.File($"{run}/small/norms.csv"));
}
