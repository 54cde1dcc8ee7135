using System.Text.Json;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Results;

/// <summary>Finds runs and the trials of sweeps in folders.</summary>
public static class ResultSearch
{
    private const int DeepestFolder = 8;

    /// <summary>
    /// The runs in some folders: a run folder gives one, the folder of a sweep every trial of its plan in the plan's order, and a folder that holds some of
    /// these all of them, in order of their paths.
    /// </summary>
    /// <param name="folders">Folders of runs and sweeps, or folders that hold them, at most 8 levels deep; links below them are not followed.</param>
    /// <returns>The runs, each once.</returns>
    /// <exception cref="InvalidInputException">A folder does not exist or cannot be read, or there is no run at all.</exception>
    public static IReadOnlyList<ResultSource> Find(IReadOnlyList<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        var found = new List<ResultSource>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string folder in folders)
        {
            if (File.Exists(folder)) throw new InvalidInputException($"{folder} is a file, expected a folder of runs or of a sweep.");
            if (!Directory.Exists(folder))
                throw new InvalidInputException($"There is no folder {folder}; give folders of runs, such as those that train wrote.");
            bool any = false;
            foreach (ResultSource source in In(folder, 0, withSweeps: true))
            {
                any = true;
                if (seen.Add(Path.GetFullPath(source.Run))) found.Add(source);
            }
            if (!any)
            {
                throw new InvalidInputException(
                    $"There is no run and no sweep in {folder}; a run's folder holds {ResultFiles.ConfigurationName}, a sweep's plan.json.");
            }
        }
        return found;
    }

    /// <summary>The runs in a folder that belong to no sweep; none is no error.</summary>
    public static IEnumerable<ResultSource> RunsIn(string folder) => In(folder, 0, withSweeps: false);

    /// <summary>The folders of sweeps in a folder, itself included.</summary>
    public static IEnumerable<string> SweepsIn(string folder, int depth = 0)
    {
        if (File.Exists(Path.Combine(folder, ResultFiles.ConfigurationName))) yield break;
        if (File.Exists(Path.Combine(folder, SweepFolder.PlanName)))
        {
            yield return folder;
            yield break;
        }
        if (depth == DeepestFolder) yield break;
        foreach (string inner in Inner(folder))
        {
            foreach (string sweep in SweepsIn(inner, depth + 1)) yield return sweep;
        }
    }

    /// <summary>The trials of a sweep, each once, in the plan's order.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="withReasons">Whether reasons of failures are read.</param>
    /// <exception cref="InvalidInputException">The folder cannot be read.</exception>
    public static IEnumerable<ResultSource> Of(SweepFolder sweep, SweepPlan plan, bool withReasons = true)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        ArgumentNullException.ThrowIfNull(plan);
        SweepStatus status = sweep.ReadStatus(plan);
        return plan.Trials.Select((trial, i) => new ResultSource
        {
            Run = sweep.ResultPath(trial.Id),
            Folder = status.States[i] == TrialState.Done ? sweep.ResultPath(trial.Id) : null,
            Sweep = sweep.Path,
            Trial = trial,
            State = JsonNamingPolicy.KebabCaseLower.ConvertName(status.States[i].ToString()),
            Reason = withReasons && status.States[i] == TrialState.Failed && sweep.ReadFailures(trial.Id) is [.., var last] ? last.Reason : null,
        });
    }

    private static IEnumerable<ResultSource> In(string folder, int depth, bool withSweeps)
    {
        if (File.Exists(Path.Combine(folder, ResultFiles.ConfigurationName)))
        {
            yield return new ResultSource { Run = folder, Folder = folder };
            yield break;
        }
        if (File.Exists(Path.Combine(folder, SweepFolder.PlanName)))
        {
            if (!withSweeps) yield break;
            var sweep = SweepFolder.Open(folder);
            foreach (ResultSource source in Of(sweep, sweep.ReadPlan())) yield return source;
            yield break;
        }
        if (depth == DeepestFolder) yield break;
        foreach (string inner in Inner(folder))
        {
            foreach (ResultSource source in In(inner, depth + 1, withSweeps)) yield return source;
        }
    }

    private static string[] Inner(string folder)
    {
        try
        {
            string[] inner =
                [.. new DirectoryInfo(folder).EnumerateDirectories().Where(d => d.LinkTarget is null && !d.Name.StartsWith('.'))
                .Select(d => Path.Combine(folder, d.Name))];
            Array.Sort(inner, StringComparer.Ordinal);
            return inner;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"Cannot read the folder {folder}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; check its permissions.", e);
        }
    }
}
