using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Reporting;
using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Cli.Output;

/// <summary>Where a sweep stands, for people and for machines.</summary>
internal static class SweepStatusOutput
{
    private const int MostFailuresShown = 20;
    private const int MostArraysShown = 3;

    /// <summary>Writes a few lines.</summary>
    public static void Write(TextWriter output, SweepFolder folder, SweepPlan plan, SweepStatus status)
    {
        string states = string.Join(", ", status.Counts.Where(count => count.Value > 0).Select(count => $"{NumberText.Whole(count.Value)} {Name(count.Key)}"));
        output.WriteLine($"Sweep {plan.Name} ({plan.Identity}): {NumberText.Count(plan.Trials.Count, "trial")}: {states}");
        if (status.OtherResults > 0) output.WriteLine($"  {NumberText.Count(status.OtherResults, "result")} of trials that are not in the plan any more");
        bool isWorkedOn = false;
        foreach (WorkerHeartbeat worker in folder.ReadWorkers())
        {
            string where = worker.SlurmTask is { } task ? $"{worker.Host}, task {task}" : worker.Host;
            TimeSpan silence = folder.SilenceOf(worker);
            bool isSilent = silence.TotalSeconds > plan.Limits.LeaseSeconds;
            isWorkedOn |= !worker.HasEnded() && !isSilent;
            string doing = worker.HasEnded() ? "ended without a word; its trial comes back when the sweep goes on"
                : isSilent ? $"no sign of life for {NumberText.Duration(silence.TotalSeconds)}"
                : worker.Trial is null ? worker.Activity
                : $"{worker.Activity} {worker.Trial} for {NumberText.Duration(worker.TrialSeconds)}, epoch {NumberText.Whole(worker.TrialEpoch)}";
            output.WriteLine($"  worker {worker.Worker} ({where}): {NumberText.Whole(worker.Finished)} done, {doing}");
        }
        IReadOnlyList<SlurmArray> arrays = SlurmArrays.Read(folder);
        foreach (SlurmArray array in arrays.Where(array => !array.HasEnded)) output.WriteLine($"  {array.Describe()}");
        if (!status.HasEnded)
        {
            foreach (SlurmArray array in arrays.Where(array => array.HasEnded && (array.Ends is not null || array.Job is null)).TakeLast(MostArraysShown)) output.WriteLine($"  {array.Describe()}");
        }
        List<Trial> failures = Failed(plan, status);
        foreach (Trial trial in failures.Take(MostFailuresShown)) output.WriteLine($"  failed {trial.Id}{Settings(plan, trial)}: {LastFailure(folder, trial)?.Reason ?? "no reason is stored"}");
        if (failures.Count > MostFailuresShown) output.WriteLine($"  and {NumberText.Whole(failures.Count - MostFailuresShown)} more that failed; --json lists them");
        if (failures.Count > 0) output.WriteLine($"  to try them again: rankcollapse sweep retry {folder.Path} --failed");
        if (!status.HasEnded && !isWorkedOn && arrays.All(array => array.HasEnded)) output.WriteLine($"  to go on: rankcollapse sweep resume {folder.Path}");
        if (status.Counts[TrialState.Done] > 0) output.WriteLine($"  results: {folder.Path}");
    }

    /// <summary>Everything as one JSON object.</summary>
    public static JsonObject ToJson(SweepFolder folder, SweepPlan plan, SweepStatus status)
    {
        var counts = new JsonObject();
        foreach ((TrialState state, int count) in status.Counts) counts[Name(state)] = count;
        return new JsonObject
        {
            ["name"] = plan.Name,
            ["identity"] = plan.Identity,
            ["folder"] = folder.Path,
            ["trials"] = plan.Trials.Count,
            ["states"] = counts,
            ["hasEnded"] = status.HasEnded,
            ["otherResults"] = status.OtherResults,
            ["failedAttempts"] = status.FailedAttempts,
            ["workers"] = new JsonArray([.. folder.ReadWorkers().Select(worker => new JsonObject
            {
                ["worker"] = worker.Worker,
                ["host"] = worker.Host,
                ["slurmTask"] = JsonOutput.Text(worker.SlurmTask),
                ["activity"] = worker.HasEnded() ? "ended" : worker.Activity,
                ["silentSeconds"] = JsonOutput.Number(Math.Round(folder.SilenceOf(worker).TotalSeconds, 1)),
                ["trial"] = JsonOutput.Text(worker.Trial),
                ["trialSeconds"] = JsonOutput.Number(worker.TrialSeconds),
                ["trialEpoch"] = worker.TrialEpoch,
                ["trialObjective"] = JsonOutput.Number(worker.TrialObjective),
                ["finished"] = worker.Finished,
            })]),
            ["slurm"] = new JsonArray([.. SlurmArrays.Read(folder).Select(array => new JsonObject
            {
                ["job"] = array.Job is { } job ? JsonValue.Create(job) : null,
                ["token"] = array.Token,
                ["tasks"] = array.Tasks,
                ["hasEnded"] = array.HasEnded,
                ["state"] = JsonOutput.Text(array.State),
                ["waitsFor"] = JsonOutput.Text(array.WaitsFor),
                ["ends"] = new JsonArray([.. (array.Ends ?? []).Select(end => new JsonObject { ["task"] = end.Task, ["exitCode"] = end.ExitCode, ["restarts"] = end.Restarts })]),
            })]),
            ["failed"] = new JsonArray([.. Failed(plan, status).Select(trial => FailureJson(plan, trial, LastFailure(folder, trial)))]),
        };
    }

    private static JsonObject FailureJson(SweepPlan plan, Trial trial, TrialFailure? last) => new()
    {
        ["trial"] = trial.Id,
        ["settings"] = new JsonObject(plan.Names.Zip(trial.Values, (name, value) => KeyValuePair.Create(name, (JsonNode?)JsonNode.Parse(value.GetRawText())))),
        ["kind"] = last is null ? null : JsonNamingPolicy.KebabCaseLower.ConvertName(last.Kind.ToString()),
        ["attempt"] = last?.Attempt,
        ["reason"] = JsonOutput.Text(last?.Reason),
    };

    /// <summary>The settings in which a trial differs from others, in parentheses.</summary>
    private static string Settings(SweepPlan plan, Trial trial) =>
        plan.Names.Count == 0 ? "" : $" ({string.Join(", ", plan.Names.Zip(trial.Values, (name, value) => $"{name} {ErrorText.Printable(value.ToString())}"))})";

    private static string Name(TrialState state) => state.ToString().ToLowerInvariant();

    private static List<Trial> Failed(SweepPlan plan, SweepStatus status) => [.. plan.Trials.Where(trial => status.States[trial.Number] == TrialState.Failed)];

    private static TrialFailure? LastFailure(SweepFolder folder, Trial trial) => folder.ReadFailures(trial.Id) is { Count: > 0 } failures ? failures[^1] : null;
}
