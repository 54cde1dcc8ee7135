using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Storage;

/// <summary>Where every trial of a plan stands.</summary>
public sealed record SweepStatus
{
    /// <summary>The states, in the plan's order.</summary>
    public required IReadOnlyList<TrialState> States { get; init; }

    /// <summary>How many trials are in each state.</summary>
    public required IReadOnlyDictionary<TrialState, int> Counts { get; init; }

    /// <summary>Stored results of trials that are not in the plan: of an earlier plan of this folder.</summary>
    public required int OtherResults { get; init; }

    /// <summary>Attempts that failed, of all trials, whether or not a later attempt succeeded.</summary>
    public required int FailedAttempts { get; init; }

    /// <summary>Whether nothing is left to do.</summary>
    public bool HasEnded => Counts[TrialState.Pending] == 0 && Counts[TrialState.Leased] == 0 && Counts[TrialState.Cancelled] == 0;

    /// <summary>Reads the names in a sweep's folder; a result outweighs failures, and failures outweigh a lease.</summary>
    internal static SweepStatus Read(SweepFolder folder, SweepPlan plan)
    {
        // Leases before results: a trial that ends in between counts as done, never as pending.
        HashSet<string> leased = [.. Names(folder.LeasesPath, recurse: false)];
        IReadOnlyDictionary<string, FailureCount> failures = FailureLog.Count(folder);
        HashSet<string> done = [.. Names(folder.ResultsPath, recurse: true)];
        bool isCancelled = folder.IsCancelled;
        var states = new TrialState[plan.Trials.Count];
        var counts = Enum.GetValues<TrialState>().ToDictionary(state => state, _ => 0);
        int doneOfPlan = 0;
        for (int i = 0; i < states.Length; i++)
        {
            string id = plan.Trials[i].Id;
            states[i] = done.Contains(id) ? TrialState.Done
                : failures.TryGetValue(id, out FailureCount count) && count.IsFinal(plan.Limits) ? TrialState.Failed
                : leased.Contains(id) ? TrialState.Leased
                : isCancelled ? TrialState.Cancelled
                : TrialState.Pending;
            counts[states[i]]++;
            if (states[i] == TrialState.Done) doneOfPlan++;
        }
        return new SweepStatus
        {
            States = states,
            Counts = counts,
            OtherResults = done.Count - doneOfPlan,
            FailedAttempts = failures.Values.Sum(count => count.Attempts),
        };
    }

    /// <summary>The names of entries that are identities of trials, in a folder or in the folders below it.</summary>
    internal static IEnumerable<string> Names(string path, bool recurse)
    {
        if (!Directory.Exists(path)) yield break;
        IEnumerable<string> folders = recurse ? Directory.EnumerateDirectories(path) : [path];
        foreach (string folder in folders)
        {
            foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
            {
                string name = Path.GetFileName(entry);
                if (TrialIdentity.IsId(name)) yield return name;
            }
        }
    }
}
