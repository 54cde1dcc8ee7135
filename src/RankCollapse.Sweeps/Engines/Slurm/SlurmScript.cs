using System.Text;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Engines.Slurm;

/// <summary>The script of an array, each of whose tasks is a worker that takes trial after trial, and the options that it is submitted with.</summary>
internal static class SlurmScript
{
    /// <summary>Each task begins at its own part of the list, and says in its heartbeat which it is.</summary>
    private const string TheTask = " --leave-early --share ${SLURM_ARRAY_TASK_ID:-0}/${SLURM_ARRAY_TASK_COUNT:-1} --task "
        + "${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}_${SLURM_ARRAY_TASK_ID:-0}";

    private const long LargestLog = 64 << 20;
    private const double ShareForStopping = 0.1;
    private const double LeastSecondsForStopping = 10;
    private const double MostSecondsForStopping = 120;

    /// <summary>Writes the script.</summary>
    /// <returns>The arguments of <c>sbatch</c>.</returns>
    public static IReadOnlyList<string> Write(SweepFolder folder, SweepPlan plan, SlurmOptions options, string token, int tasks)
    {
        string path = Path.GetFullPath(folder.Path), script = Path.Combine(Path.GetFullPath(SlurmArrays.PathOf(folder)), token + ".sh");
        var text = new StringBuilder("#!/bin/bash\n");
        text.Append("# Written by rankcollapse for the sweep ").Append(plan.Name).Append(".\n");
        foreach (string line in options.Setup) text.Append(line).Append('\n');
        // The worker takes the shell's place, and so gets its signals.
        text.Append("exec ").AppendJoin(' ', (options.Command ?? ["rankcollapse"]).Select(Quote)).Append(" sweep work ").Append(Quote(path)).Append(TheTask)
            .Append('\n');
        AtomicFile.WriteInside(script, Encoding.UTF8.GetBytes(text.ToString()));

        List<string> arguments =
        [
            "--parsable", $"--job-name={token}", $"--array=0-{tasks - 1}", "--requeue", "--open-mode=append", $"--chdir={path}",
            $"--output={LogPattern(folder, token)}", $"--cpus-per-task={plan.Needs.MostThreads}", "--ntasks=1",
        ];
        if (options.Time is { } time)
        {
            arguments.Add($"--time={time}");
            if (SecondsOf(time) is { } seconds)
                arguments.Add($"--signal=B:TERM@{(int)Math.Clamp(ShareForStopping * seconds, LeastSecondsForStopping, MostSecondsForStopping)}");
        }
        if (options.Partition is { } partition) arguments.Add($"--partition={partition}");
        if (options.Memory is { } memory) arguments.Add($"--mem={memory}");
        arguments.AddRange(options.Options);
        arguments.Add(script);
        return arguments;
    }

    /// <summary>The last line that a task of an array wrote, for the reason of a failure; null when there is none.</summary>
    public static string? LastLineOf(SweepFolder folder, string token)
    {
        try
        {
            foreach (FileInfo log in new DirectoryInfo(SlurmArrays.PathOf(folder)).GetFiles($"{token}-*.log").OrderByDescending(file => file.LastWriteTimeUtc))
            {
                string[] lines = Encoding.UTF8.GetString(InputFile.TryReadSmall(log.FullName, LargestLog) ?? []).Split('\n');
                if (lines.LastOrDefault(line => !string.IsNullOrWhiteSpace(line)) is { } line) return ErrorText.Printable(line.Trim());
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidInputException)
        {
            // A reason less.
        }
        return null;
    }

    /// <summary>
    /// The seconds of a time limit as Slurm writes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours[:minutes[:seconds]]; null for another text.
    /// </summary>
    internal static double? SecondsOf(string time)
    {
        string[] days = time.Split('-');
        double[] parts;
        try
        {
            parts = [.. days[^1].Split(':').Select(part => (double)uint.Parse(part))];
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
        if (days.Length > 2 || parts.Length > 3) return null;
        if (days.Length == 2)
        {
            if (!uint.TryParse(days[0], out uint count)) return null;
            return (86400.0 * count) + (3600 * parts[0]) + (60 * parts.ElementAtOrDefault(1)) + parts.ElementAtOrDefault(2);
        }
        return parts switch
        {
            [var minutes] => 60 * minutes,
            [var minutes, var seconds] => (60 * minutes) + seconds,
            _ => (3600 * parts[0]) + (60 * parts[1]) + parts[2],
        };
    }

    /// <summary>A log for each task; a task that is requeued goes on with its own.</summary>
    private static string LogPattern(SweepFolder folder, string token) =>
        Path.Combine(Path.GetFullPath(SlurmArrays.PathOf(folder)).Replace("%", "%%"), $"{token}-%a.log");

    private static string Quote(string word) => "'" + word.Replace("'", "'\\''") + "'";
}
