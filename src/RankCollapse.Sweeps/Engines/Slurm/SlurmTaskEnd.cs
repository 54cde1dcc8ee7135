namespace RankCollapse.Sweeps.Engines.Slurm;

/// <summary>How a task of an array ended, and how often it was begun again, as <c>scontrol show job</c> says.</summary>
/// <param name="Task">The job and the task's index, such as <c>12_3</c>.</param>
/// <param name="ExitCode">Its exit code and the signal that ended it, such as <c>0:9</c>; <c>0:0</c> where nothing went wrong or it works still.</param>
/// <param name="Restarts">How often it was requeued.</param>
public sealed record SlurmTaskEnd(string Task, string ExitCode, int Restarts)
{
    private const string Success = "0:0";

    /// <summary>Whether there is something to say of it.</summary>
    internal bool IsOdd => ExitCode != Success || Restarts > 0;

    /// <summary>Reads a line of <c>scontrol show job -o</c>. Values may hold blanks, but not those that count here.</summary>
    internal static SlurmTaskEnd Parse(string line)
    {
        string[] words = line.Split(' ');
        string? ValueOf(string name) => words.FirstOrDefault(word => word.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
        return new SlurmTaskEnd(
            $"{ValueOf("ArrayJobId=") ?? ValueOf("JobId=")}_{ValueOf("ArrayTaskId=")}",
            ValueOf("ExitCode=") ?? Success,
            int.TryParse(ValueOf("Restarts="), out int restarts) ? restarts : 0);
    }

    /// <summary>What was known before and what is known now: Slurm forgets tasks some minutes after their end.</summary>
    internal static IReadOnlyList<SlurmTaskEnd>? Merge(IReadOnlyList<SlurmTaskEnd>? before, IEnumerable<SlurmTaskEnd> now)
    {
        var merged = (before ?? []).ToDictionary(end => end.Task);
        foreach (SlurmTaskEnd end in now) merged[end.Task] = end;
        return merged.Count > 0 ? [.. merged.Values.OrderBy(end => end.Task, StringComparer.Ordinal)] : null;
    }

    /// <summary>One line for people, such as <c>exit code 0:9 (2 tasks), requeued 3 times</c>; null where there is nothing to say.</summary>
    internal static string? InWords(IReadOnlyList<SlurmTaskEnd>? ends)
    {
        ends ??= [];
        string[] failures = [.. ends.Where(end => end.ExitCode != Success).GroupBy(end => end.ExitCode).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"exit code {group.Key}{(group.Count() > 1 ? $" ({group.Count()} tasks)" : "")}")];
        int restarts = ends.Sum(end => end.Restarts);
        string[] parts = restarts > 0 ? [.. failures, $"requeued {(restarts == 1 ? "once" : $"{restarts} times")}"] : failures;
        return parts.Length > 0 ? string.Join(", ", parts) : null;
    }
}
