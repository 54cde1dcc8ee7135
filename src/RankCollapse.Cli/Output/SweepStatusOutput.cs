using System.Text.Json.Nodes;
using RankCollapse.Formats;
using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Cli.Output;

/// <summary>Where a sweep stands, for people and for machines.</summary>
internal static class SweepStatusOutput
{
    private const int MostFailuresShown = 20;
    private const int MostJobsShown = 3;

    /// <summary>Writes a few lines.</summary>
    public static void Write(TextWriter output, SweepFolder folder, SweepPlan plan, SweepStatus status)
    {
        string states = string.Join(", ", status.Counts.Where(count => count.Value > 0).Select(count => $"{NumberText.Whole(count.Value)} {Name(count.Key)}"));
        output.WriteLine($"Sweep {plan.Name} ({plan.Identity}): {NumberText.Count(plan.Trials.Count, "trial")}: {states}");
        if (status.OtherResults > 0) output.WriteLine($"  {NumberText.Count(status.OtherResults, "result")} of trials that are not in the plan any more");
        bool isWorkedOn = false;
        foreach (WorkerHeartbeat worker in folder.ReadWorkers())
        {
            string where = worker.Task is { } task ? $"{worker.Host}, task {task}" : worker.Host;
            TimeSpan silence = folder.SilenceOf(worker);
            bool isSilent = silence.TotalSeconds > plan.Limits.LeaseSeconds;
            isWorkedOn |= !worker.HasEnded() && !isSilent;
            string doing = worker.HasEnded() ? "ended without a word; its trial comes back when the sweep goes on"
                : isSilent ? $"no sign of life for {NumberText.Duration(silence.TotalSeconds)}"
                : worker.Trial is null ? worker.Activity
                : $"{worker.Activity} {worker.Trial} for {NumberText.Duration(worker.TrialSeconds)}, epoch {NumberText.Whole(worker.TrialEpoch)}";
            output.WriteLine($"  worker {worker.Worker} ({where}): {NumberText.Whole(worker.Finished)} done, {doing}");
        }
        EngineJob[] jobs = [.. SweepEngines.All.SelectMany(engine => engine.JobsOf(folder))];
        foreach (EngineJob job in jobs.Where(job => !job.HasEnded)) output.WriteLine($"  {job.Description}");
        if (!status.HasEnded)
        {
            foreach (EngineJob job in jobs.Where(job => job.HasEnded && job.IsOdd).TakeLast(MostJobsShown)) output.WriteLine($"  {job.Description}");
        }
        List<Trial> failures = Failed(plan, status);
        foreach (Trial trial in failures.Take(MostFailuresShown))
            output.WriteLine($"  failed {trial.Id}{Settings(plan, trial)}: {LastFailure(folder, trial)?.Reason ?? "no reason is stored"}");
        if (failures.Count > MostFailuresShown)
            output.WriteLine($"  and {NumberText.Whole(failures.Count - MostFailuresShown)} more that failed; --json lists them");
        if (failures.Count > 0) output.WriteLine($"  to try them again: rankcollapse sweep retry {folder.Path} --failed");
        if (!status.HasEnded && !isWorkedOn && jobs.All(job => job.HasEnded)) output.WriteLine($"  to go on: rankcollapse sweep resume {folder.Path}");
        if (status.Counts[TrialState.Done] > 0) output.WriteLine($"  results: {folder.Path}");
    }

    /// <summary>The JSON document; what engines began elsewhere is in a list of each engine's name.</summary>
    public static JsonShape<(SweepFolder Folder, SweepPlan Plan, SweepStatus Status)> Document
    {
        get
        {
            var document = new JsonShape<(SweepFolder Folder, SweepPlan Plan, SweepStatus Status)>();
            JsonObject states = JsonSchema.Map(JsonSchema.Type("integer"));
            document.Text("name", one => one.Plan.Name)
                .Text("identity", one => one.Plan.Identity)
                .Text("folder", one => one.Folder.Path)
                .Whole("trials", one => one.Plan.Trials.Count)
                .Any("states", states, one => new JsonObject(one.Status.Counts.Select(count => KeyValuePair.Create(Name(count.Key), (JsonNode?)count.Value))))
                .Flag("hasEnded", one => one.Status.HasEnded)
                .Whole("otherResults", one => one.Status.OtherResults)
                .Whole("failedAttempts", one => one.Status.FailedAttempts)
                .List("workers", one => one.Folder.ReadWorkers().Select(worker => (one.Folder, worker)), OfWorker);
            foreach (Engine engine in SweepEngines.All.Where(engine => engine.WorksElsewhere))
                document.List(engine.Name, one => engine.JobsOf(one.Folder), engine.JobShape);
            return document.List("failed", one => Failed(one.Plan, one.Status).Select(trial => (one.Plan, trial, LastFailure(one.Folder, trial))), OfFailure);
        }
    }

    private static JsonShape<(SweepFolder Folder, WorkerHeartbeat Worker)> OfWorker => new JsonShape<(SweepFolder Folder, WorkerHeartbeat Worker)>()
        .Text("worker", one => one.Worker.Worker)
        .Text("host", one => one.Worker.Host)
        .TextOrNull("task", one => one.Worker.Task)
        .Text("activity", one => one.Worker.HasEnded() ? "ended" : one.Worker.Activity)
        .Number("silentSeconds", one => Math.Round(one.Folder.SilenceOf(one.Worker).TotalSeconds, 1))
        .TextOrNull("trial", one => one.Worker.Trial)
        .Number("trialSeconds", one => one.Worker.TrialSeconds)
        .WholeOrNull("trialEpoch", one => one.Worker.TrialEpoch)
        .Number("trialObjective", one => one.Worker.TrialObjective)
        .Whole("finished", one => one.Worker.Finished);

    private static JsonShape<(SweepPlan Plan, Trial Trial, TrialFailure? Last)> OfFailure => new JsonShape<(SweepPlan Plan, Trial Trial, TrialFailure? Last)>()
        .Text("trial", one => one.Trial.Id)
        .Any("settings", JsonSchema.Map([]),
            one => new JsonObject(one.Plan.Names.Zip(one.Trial.Values, (name, value) => KeyValuePair.Create(name, JsonNode.Parse(value.GetRawText())))))
        .TextOrNull("kind", one => one.Last is { } last ? EnumNames.Of(last.Kind) : null)
        .WholeOrNull("attempt", one => one.Last?.Attempt)
        .TextOrNull("reason", one => one.Last?.Reason);

    /// <summary>The settings in which a trial differs from others, in parentheses.</summary>
    private static string Settings(SweepPlan plan, Trial trial) =>
        plan.Names.Count == 0
            ? ""
            : $" ({string.Join(", ", plan.Names.Zip(trial.Values, (name, value) => $"{name} {ErrorText.Printable(value.ToString())}"))})";

    private static string Name(TrialState state) => state.ToString().ToLowerInvariant();

    private static List<Trial> Failed(SweepPlan plan, SweepStatus status) => [.. plan.Trials.Where(trial => status.States[trial.Number] == TrialState.Failed)];

    private static TrialFailure? LastFailure(SweepFolder folder, Trial trial) => folder.ReadFailures(trial.Id) is { Count: > 0 } failures ? failures[^1] : null;
}
