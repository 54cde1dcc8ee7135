using System.Collections.Concurrent;
using RankCollapse.Cli.Commands.Sweeps;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Engines.Local;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Results;
using RankCollapse.Sweeps.Specification;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Tests.Sweeps;

/// <summary>A sweep in a folder of its own, and what must hold of it in the end.</summary>
internal static class SampleSweep
{
    /// <summary>Settings of trials that take a few milliseconds.</summary>
    public const string Tiny = "\"data\": \"gaussian-mixture\", \"samples\": 12, \"classes\": 2, \"dimension\": 4, \"depth\": 2, \"width\": 4, \"convention\": "
        + "\"mean\", \"lambda\": 1e-2, \"solver\": \"adam\", \"maxEpochs\": 20, \"gradientTolerance\": 1e-300";

    /// <summary>Settings of trials that take about a tenth of a second, with many checkpoints.</summary>
    public const string Short = "\"data\": \"gaussian-mixture\", \"samples\": 60, \"classes\": 3, \"dimension\": 20, \"depth\": 3, \"width\": 32, "
        + "\"convention\": \"mean\", \"lambda\": 1e-2, \"solver\": \"adam\", \"maxEpochs\": 400, \"recordEvery\": 100, \"gradientTolerance\": 1e-300, "
        + "\"checkpointSeconds\": 0.01";

    private static readonly ConcurrentDictionary<string, Run> Undisturbed = new();

    /// <summary>Plans a specification.</summary>
    public static PlannedSweep Plan(TemporaryFolder folder, string json) => SweepSpecification.Read(folder.Write("sweep.json", json)).Plan();

    /// <summary>Plans a specification and makes the sweep's folder.</summary>
    public static SweepFolder Create(TemporaryFolder folder, string json, string? path = null)
    {
        PlannedSweep planned = Plan(folder, json);
        var sweep = SweepFolder.Create(path ?? folder.File("sweep"));
        sweep.WritePlan(planned.Plan, System.Text.Encoding.UTF8.GetBytes(json));
        return sweep;
    }

    /// <summary>Runs a sweep with processes of this program.</summary>
    public static SweepStatus RunLocally(
        SweepFolder folder, int workers = 2, double patience = 600, Action<string>? warning = null, params IReadOnlyList<string> before) =>
        SweepEngines.Run(new LocalEngine(), folder,
            new EngineRequest { Command = [.. before, .. SweepRun.ThisProgram()], Asked = Workers(workers), PatienceSeconds = patience, Warning = warning });

    /// <summary>Asks an engine of this machine for so many workers.</summary>
    public static EngineSettings Workers(int count) => new LocalEngine().Ask(new System.Text.Json.Nodes.JsonObject { [WorkerCount.Name] = count });

    /// <summary>Requires that every trial of the plan is done, once, and equals one that was trained undisturbed in this process.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="withTable">Whether to ask for each trial once in the table of all runs too, which takes longer than the rest.</param>
    public static void RequireAllAsUndisturbed(SweepFolder folder, bool withTable = true)
    {
        SweepPlan plan = folder.ReadPlan();
        SweepStatus status = folder.ReadStatus(plan);
        Assert.All(status.States, state => Assert.Equal(TrialState.Done, state));
        Assert.Equal(plan.Trials.Count, Directory.GetDirectories(folder.ResultsPath).Sum(shelf => Directory.GetDirectories(shelf).Length));
        foreach (Trial trial in plan.Trials) RequireAsUndisturbed(folder, trial);
        if (withTable) RequireEachOnceInTheTable(folder, plan);
        Assert.Empty(Directory.GetFiles(folder.LeasesPath));
        Assert.Empty(Directory.GetFiles(folder.WorkersPath));
    }

    /// <summary>Requires that the table of all runs has a row for each trial and no other.</summary>
    private static void RequireEachOnceInTheTable(SweepFolder folder, SweepPlan plan)
    {
        using var database = ResultDatabase.Open(ResultSearch.Find([folder.Path]), "SELECT trial FROM runs ORDER BY trial");
        Assert.Equal(plan.Trials.Select(trial => trial.Id).Order(StringComparer.Ordinal), database.Read().Rows.Select(row => (string)row[0]!));
    }

    /// <summary>Requires that a trial's result equals one that was trained undisturbed.</summary>
    public static void RequireAsUndisturbed(SweepFolder folder, Trial trial)
    {
        TrialResult result = folder.ReadResult(trial.Id);
        Run undisturbed = Undisturbed.GetOrAdd(trial.Id, _ => TrainingRun.Start(trial.Configuration, null).Run);
        Assert.Equal(Timeless(undisturbed.Summary), Timeless(result.Summary));
        Assert.Equal(undisturbed.Configuration.ToJson(), result.Configuration.ToJson());
        KeptFiles keep = folder.ReadPlan().Limits.Keep;
        if (keep != KeptFiles.Summary) Assert.Equal(undisturbed.Metrics.Select(Timeless), result.Metrics.Select(Timeless));
        if (keep == KeptFiles.Run) Assert.Equal(undisturbed.Trained.Parameters, RunFolder.Read(folder.ResultPath(trial.Id)).Trained.Parameters);
    }

    private static string Timeless(RunSummary summary) => System.Text.Encoding.UTF8.GetString((summary with { Seconds = 0 }).ToJson());

    private static MetricRecord Timeless(MetricRecord record) => record with { Seconds = 0 };
}
