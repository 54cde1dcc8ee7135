using System.Diagnostics;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Results;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Live;

/// <summary>
/// A sweep, or the runs of a folder, looked at again and again while work goes on. Results do not change once they are there, so each is read once.
/// </summary>
public sealed class LiveView
{
    private static readonly string[] ReadFiles = [ResultFiles.ManifestName, ResultFiles.ConfigurationName, ResultFiles.SummaryName];

    private const double PaceSeconds = 60;
    private const double LeastPaceSeconds = 3;

    private readonly Dictionary<string, LiveTrial> _ended = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTime Written, ResultRow Row)> _rows = new(StringComparer.Ordinal);
    private readonly Queue<(double At, int Ended)> _pace = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly SweepFolder? _sweep;
    private SweepPlan? _plan;
    private DateTime _planWritten;

    private readonly Func<string, bool> _mayRead;

    private LiveView(string path, SweepFolder? sweep, Func<string, bool>? mayRead)
    {
        Path = path;
        _mayRead = mayRead ?? (_ => true);
        _sweep = sweep;
        Snapshot = new LiveSnapshot { Version = 0, Names = [], Trials = [], Counts = new Dictionary<string, int>(), Training = [] };
    }

    /// <summary>The sweep's folder, or the folder that holds the runs.</summary>
    public string Path { get; }

    /// <summary>The sweep's name, or the folder's.</summary>
    public string Name => _plan?.Name ?? System.IO.Path.GetFileName(System.IO.Path.GetFullPath(Path));

    /// <summary>Whether it is a sweep.</summary>
    public bool IsSweep => _sweep is not null;

    /// <summary>The state at the last look.</summary>
    public LiveSnapshot Snapshot { get; private set; }

    /// <summary>A view of a sweep.</summary>
    /// <param name="path">The sweep's folder.</param>
    /// <param name="mayRead">Whether a file may be read, for those who show files to others; null allows all.</param>
    /// <exception cref="InvalidInputException">There is no sweep in the folder.</exception>
    public static LiveView Open(string path, Func<string, bool>? mayRead = null) => new(path, SweepFolder.Open(path), mayRead);

    /// <summary>A view of all runs in a folder that belong to no sweep.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="mayRead">As for <see cref="Open"/>.</param>
    public static LiveView OfRuns(string path, Func<string, bool>? mayRead = null) => new(path, null, mayRead);

    /// <summary>Looks again; what cannot be read at the moment is left for the next look.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Refresh(CancellationToken cancellation = default)
    {
        LiveSnapshot before = Snapshot, now;
        try
        {
            if (_sweep is not null && !_mayRead(_sweep.PlanPath)) throw new InvalidInputException($"{_sweep.PlanPath} is a link, or is gone.");
            now = _sweep is null ? LookAtRuns(cancellation) : LookAtSweep(_sweep, cancellation);
        }
        catch (Exception e) when (e is InvalidInputException or IOException or UnauthorizedAccessException)
        {
            now = before with { Problem = ErrorText.Printable(e.Message) };
        }
        if (IsSame(before, now)) return false;
        Snapshot = now with { Version = before.Version + 1 };
        return true;
    }

    private static bool IsSame(LiveSnapshot a, LiveSnapshot b) =>
        a.Problem == b.Problem
        && a.Idle == b.Idle
        && a.Names.SequenceEqual(b.Names)
        && a.Training.SequenceEqual(b.Training)
        && a.Trials.Count == b.Trials.Count
        && a.Trials.Zip(b.Trials).All(pair => pair.First.State == pair.Second.State && pair.First.Id == pair.Second.Id);

    private LiveSnapshot LookAtSweep(SweepFolder sweep, CancellationToken cancellation)
    {
        DateTime written = File.GetLastWriteTimeUtc(sweep.PlanPath);
        if (_plan is null || written != _planWritten)
        {
            (_plan, _planWritten) = (sweep.ReadPlan(), written);
            _ended.Clear();
        }
        ResultColumn[] columns = [.. _plan.Names.Select(name => ResultColumn.Settings.First(c => c.Name == name))];
        ResultSource[] sources = [.. ResultSearch.Of(sweep, _plan, withReasons: false)];
        LiveTrial[] trials =
        [
            .. sources.AsParallel().AsOrdered().WithCancellation(cancellation).Select(source =>
            {
                string id = source.Trial!.Id;
                lock (_ended)
                {
                    if (_ended.TryGetValue(id, out LiveTrial? known) && known.State == source.State) return known;
                }
                object?[] settings = [.. source.Trial.Values.Zip(columns, (value, column) => column.Read(value))];
                if (source.State is not (ResultSource.Done or "failed")) return new LiveTrial(id, null, settings, source.State!, null, null);
                LiveTrial trial = source.Folder is null
                    ? new LiveTrial(id, null, settings, source.State, sweep.ReadFailures(id) is [.., var last] ? last.Reason : null, null)
                    : Ended(id, settings, source, Row(source));
                lock (_ended) _ended[id] = trial;
                return trial;
            }),
        ];
        WorkerHeartbeat[] workers = [.. sweep.ReadWorkers().Where(worker => !worker.HasEnded())];
        return Summarise(_plan.Names, trials,
            [.. workers.Where(w => w.Trial is not null && _plan.Find(w.Trial) is { } t && trials[t.Number].State == "leased")]) with
        {
            Idle = workers.Length > 0
            ? null
            : WhyIdle(sweep)
        };
    }

    /// <summary>Why nobody works on a sweep.</summary>
    private static string WhyIdle(SweepFolder sweep) =>
        SweepEngines.ActiveJobsOf(sweep).FirstOrDefault() is { } job
            ? job.Description
            : $"nobody works on it; to go on: rankcollapse sweep resume {sweep.Path}";

    private LiveSnapshot LookAtRuns(CancellationToken cancellation)
    {
        ResultSource[] sources = [.. ResultSearch.RunsIn(Path)];
        (ResultRow Row, string Id)[] rows =
        [
            .. sources.AsParallel().AsOrdered().WithCancellation(cancellation)
                .Select(source => (ReadRun(source), System.IO.Path.GetRelativePath(Path, source.Run).Replace('\\', '/'))),
        ];
        int[] varied = [.. Enumerable.Range(0, ResultColumn.Settings.Count)
            .Where(i => ResultColumn.Settings[i].Name is not ("version" or "widths" or "classCounts")
            && rows.Select(r => r.Row.Settings[i]).Distinct().Skip(1).Any())];
        return Summarise(
            [.. varied.Select(i => ResultColumn.Settings[i].Name)],
            [.. rows.Select(r => Ended(r.Id, [.. varied.Select(i => r.Row.Settings[i])], r.Row.Source, r.Row))],
            []);
    }

    // A run that ended may go on; its summary is written anew then.
    private ResultRow ReadRun(ResultSource source)
    {
        DateTime written = File.GetLastWriteTimeUtc(System.IO.Path.Combine(source.Run, ResultFiles.SummaryName));
        lock (_rows)
        {
            if (_rows.TryGetValue(source.Run, out (DateTime Written, ResultRow Row) known) && known.Written == written) return known.Row;
        }
        ResultRow row = Row(source);
        lock (_rows) _rows[source.Run] = (written, row);
        return row;
    }

    private ResultRow Row(ResultSource source)
    {
        string? closed = ReadFiles.Select(name => System.IO.Path.Combine(source.Folder!, name)).FirstOrDefault(path => File.Exists(path) && !_mayRead(path));
        return closed is null
            ? ResultRow.Read(source, withLayers: true, withSpectra: false)
            : ResultRow.Unread(source, $"{closed} is a link, or lies outside the folder that is shown.");
    }

    private static LiveTrial Ended(string id, object?[] settings, ResultSource source, ResultRow row) =>
        new(id, source.Folder, settings, row.State, row.Reason, row.State == ResultSource.Done ? row : null);

    private LiveSnapshot Summarise(IReadOnlyList<string> names, LiveTrial[] trials, IReadOnlyList<WorkerHeartbeat> training)
    {
        var counts = trials.GroupBy(trial => trial.State).ToDictionary(group => group.Key, group => group.Count());
        var snapshot = new LiveSnapshot { Version = Snapshot.Version, Names = names, Trials = trials, Counts = counts, Training = training };
        double now = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        _pace.Enqueue((now, snapshot.Ended));
        while (now - _pace.Peek().At > PaceSeconds) _pace.Dequeue();
        (double at, int ended) = _pace.Peek();
        return snapshot with { TrialsPerMinute = now - at >= LeastPaceSeconds ? 60 * (snapshot.Ended - ended) / (now - at) : null };
    }
}
