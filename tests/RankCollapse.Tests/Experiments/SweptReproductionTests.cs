using System.Text.Json;
using RankCollapse.Cli.Commands.Sweeps;
using RankCollapse.Experiments;
using RankCollapse.Sweeps;
using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;
using RankCollapse.Tests.Sweeps.Engines.Slurm;

namespace RankCollapse.Tests.Experiments;

/// <summary>Figures whose trainings run on the engines of sweeps.</summary>
public sealed class SweptReproductionTests : IDisposable
{
    private static readonly ReproductionSettings Full = new();
    private static readonly SweepEngine Local = new() { Command = SweepRun.ThisProgram(), Workers = 2 };

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
        Run(new SmallExperiment(), "threads", new ReproductionOptions());
        var told = new List<ReproductionProgress>();
        Run(new SmallExperiment(), "workers", new ReproductionOptions { Engine = Local, Progress = told.Add });

        Assert.Equal(Data("threads"), Data("workers"));
        Assert.Equal(2, Sweep("workers").ReadPlan().Trials.Count);
        Assert.False(Directory.Exists(_folder.File("threads/small/sweep")));
        Assert.Equal(3, told.Count(progress => progress.Ended is not null));
        ReproductionProgress last = told.Last(progress => progress.Ended is not null);
        Assert.Equal((3, 1.0, 0.0), (last.Done, last.Fraction, last.SecondsLeft));
        FigureResult result = FigureResult.Read(_folder.File("workers/small"));
        Assert.Equal(3, result.Statuses.Values.Sum());
        Assert.True(result.CellSeconds > 0);
    }

    [Fact]
    public void AReproductionThatWasStopped_GoesOnToTheSameData()
    {
        Run(new SmallExperiment(), "whole", new ReproductionOptions());
        var experiment = new SmallExperiment();
        using var stop = new CancellationTokenSource();
        var options = new ReproductionOptions
        {
            Engine = Local with { Workers = 1 },
            Progress = progress =>
            {
                if (progress.Ended is not null) stop.Cancel();
            },
        };
        Assert.ThrowsAny<OperationCanceledException>(() => Reproduction.Run([experiment], Full, _folder.File("stopped"), options, stop.Token));
        Assert.InRange(experiment.Trained, 1, 2);
        Assert.False(File.Exists(_folder.File("stopped/small/result.json")));

        Run(experiment, "stopped", new ReproductionOptions { Engine = Local });
        Assert.Equal(3, experiment.Trained);
        Assert.Equal(Data("whole"), Data("stopped"));
    }

    [Fact]
    public void AResultThatIsDamaged_IsMadeAgain()
    {
        Run(new SmallExperiment(), "run", new ReproductionOptions { Engine = Local });
        string before = Data("run");
        SweepFolder sweep = Sweep("run");
        string damaged = sweep.ReadPlan().Trials[0].Id;
        File.AppendAllText(Path.Combine(sweep.ResultPath(damaged), "summary.json"), " ");
        foreach (string cell in Directory.GetFiles(_folder.File("run/small/cells"))) File.Delete(cell);
        var warnings = new List<string>();

        var experiment = new SmallExperiment();
        Run(experiment, "run", new ReproductionOptions { Engine = Local, Warning = warnings.Add });
        Assert.Contains("summary.json is damaged", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(3, experiment.Trained);
        Assert.Equal(before, Data("run"));
    }

    [Fact]
    public void ATrainingThatFails_IsNamedWithItsReason_AndTriedAgainByTheSameCommand()
    {
        var impossible = new SmallExperiment(samples: 2);
        var error = Assert.Throws<ComputationFailedException>(() => Run(impossible, "run", new ReproductionOptions { Engine = Local }));
        Assert.Contains("2 of 2 trainings of small failed, one of them so: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("sweep status", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, Failures());
        Assert.Throws<ComputationFailedException>(() => Run(impossible, "run", new ReproductionOptions { Engine = Local }));
        Assert.Equal(2, Failures());

        int Failures() => Directory.GetFiles(Sweep("run").FailuresPath, "*", SearchOption.AllDirectories).Length;
    }

    [Fact]
    public void AFigureThatFails_KeepsNoOtherFromItsEnd()
    {
        var finished = new List<string>();
        var options = new ReproductionOptions { Engine = Local, Finished = result => finished.Add(result.Name) };
        var error = Assert.Throws<ComputationFailedException>(() => Reproduction.Run([new SmallExperiment(samples: 2, name: "impossible"), new SmallExperiment()], Full, _folder.File("run"), options, _end.Token));
        Assert.Contains("of impossible failed", error.Message, StringComparison.Ordinal);
        Assert.Equal(["small"], finished);
        Assert.True(File.Exists(_folder.File("run/report.html")));
    }

    [Fact]
    public void OneMissingCell_IsTrainedAlone_WhereTheSweepIsGone()
    {
        Run(new SmallExperiment(), "run", new ReproductionOptions { Engine = Local });
        string before = Data("run");
        Directory.Delete(_folder.File("run/small/sweep"), recursive: true);
        File.Delete(_folder.File("run/small/cells/lambda-0.03.safetensors"));

        var experiment = new SmallExperiment();
        Run(experiment, "run", new ReproductionOptions { Engine = Local });
        Assert.Equal(1, experiment.Trained);
        Assert.Single(Sweep("run").ReadPlan().Trials);
        Assert.Equal(before, Data("run"));
    }

    [Theory]
    [InlineData("plan.json")]
    [InlineData("specification.json")]
    public void ASweepWhosePlanIsDamagedOrMissing_IsPlannedAgain(string file)
    {
        Run(new SmallExperiment(), "run", new ReproductionOptions { Engine = Local });
        string before = Data("run");
        foreach (string cell in Directory.GetFiles(_folder.File("run/small/cells"))) File.Delete(cell);
        string path = _folder.File($"run/small/sweep/{file}");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..20]);
        Run(new SmallExperiment(), "run", new ReproductionOptions { Engine = Local });
        Assert.Equal(before, Data("run"));

        foreach (string cell in Directory.GetFiles(_folder.File("run/small/cells"))) File.Delete(cell);
        File.Delete(path);
        Run(new SmallExperiment(), "run", new ReproductionOptions { Engine = Local });
        Assert.Equal(before, Data("run"));
    }

    [Fact]
    public void ForceThatCannotWork_DeletesNothing()
    {
        Run(new SmallExperiment(), "run", new ReproductionOptions());
        string before = Data("run");
        SweepEngine nowhere = Local with { Slurm = new SlurmOptions { Bin = _folder.File("nowhere") } };
        Assert.Contains("choose --engine local", Assert.Throws<InvalidInputException>(() => Run(new SmallExperiment(), "run", new ReproductionOptions { Force = true, Engine = nowhere })).Message, StringComparison.Ordinal);

        var slurm = new FakeSlurm(_folder);
        slurm.Switch("unreachable");
        SweepEngine gone = Local with { Slurm = Asked(slurm) };
        Assert.Contains("Unable to contact slurm controller", Assert.Throws<InvalidInputException>(() => Run(new SmallExperiment(), "run", new ReproductionOptions { Force = true, Engine = gone })).Message, StringComparison.Ordinal);
        Assert.Equal(before, Data("run"));
        Assert.Equal(3, Directory.GetFiles(_folder.File("run/small/cells")).Length);
        Assert.True(File.Exists(_folder.File("run/small/result.json")));
    }

    [Fact]
    public async Task OnSlurm_TheTasksTrain()
    {
        Run(new SmallExperiment(), "threads", new ReproductionOptions());
        var slurm = new FakeSlurm(_folder);
        Task run = Begin(slurm);
        await Waiting.Until(() => slurm.Accepted == 1, run);
        Assert.Equal(2, slurm.TasksOf(1));
        SweepWorker.Run(Sweep("slurm"), new WorkerOptions { LeavesEarly = true });
        slurm.Set(1, "COMPLETED", "None");
        await run;

        Assert.Equal(Data("threads"), Data("slurm"));
        Assert.True(FigureResult.Read(_folder.File("slurm/small")).IsOnCluster);
        // What was asked of Slurm is kept for sweep resume and sweep cancel.
        SlurmOptions kept = SlurmOptions.ReadFrom(Sweep("slurm").SpecificationPath);
        Assert.Equal(JsonSerializer.Serialize(Asked(slurm)), JsonSerializer.Serialize(kept));
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

        var error = Assert.Throws<InvalidInputException>(() => Run(new SmallExperiment(), "slurm", new ReproductionOptions { Force = true }));
        Assert.Contains("still has tasks on a cluster", error.Message, StringComparison.Ordinal);
        Run(new SmallExperiment(), "slurm", new ReproductionOptions { Engine = Local });
        // The tasks can be cancelled still, because what was asked of Slurm is kept.
        Assert.Equal(slurm.Bin, SlurmOptions.ReadFrom(Sweep("slurm").SpecificationPath).Bin);
        Run(new SmallExperiment(), "threads", new ReproductionOptions());
        Assert.Equal(Data("threads"), Data("slurm"));
        Assert.Empty(SlurmEngine.Cancel(Sweep("slurm")));
    }

    [Theory]
    [InlineData("fig1", true)]
    [InlineData("fig3", true)]
    [InlineData("fig5", false)]
    public void TheFiguresOfManyTrainings_AreSweeps(string name, bool isWhole)
    {
        Experiment experiment = ExperimentCatalogue.Find([name])[0];
        foreach (bool isQuick in (bool[])[true, false])
        {
            IReadOnlyList<ExperimentCell> cells = experiment.Cells(new ReproductionSettings(isQuick));
            Assert.Contains(cells, cell => cell.Trial is not null);
            Assert.Equal(isWhole, cells.All(cell => cell.Trial is not null));
        }
    }

    private static SlurmOptions Asked(FakeSlurm slurm) => new()
    {
        Bin = slurm.Bin,
        PollSeconds = 0.1,
        Tasks = 5,
        Time = "01:00:00",
        Memory = "1G",
        Partition = "cpu",
        Options = ["--nice=100"],
        Setup = ["echo a \"b\""],
        Command = ["rankcollapse"],
    };

    private Task Begin(FakeSlurm slurm, CancellationToken? cancellation = null, List<string>? warnings = null) => Task.Run(
        () => Reproduction.Run([new SmallExperiment()], Full, _folder.File("slurm"), new ReproductionOptions { Engine = Local with { Slurm = Asked(slurm) }, Warning = warning => warnings?.Add(warning) }, cancellation ?? _end.Token),
        CancellationToken.None);

    private void Run(Experiment experiment, string run, ReproductionOptions options) => Reproduction.Run([experiment], Full, _folder.File(run), options, _end.Token);

    private SweepFolder Sweep(string run) => SweepFolder.Open(_folder.File($"{run}/small/sweep"));

    private string Data(string run) => File.ReadAllText(_folder.File($"{run}/small/norms.csv"));
}
