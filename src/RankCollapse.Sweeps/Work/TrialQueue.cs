using System.Diagnostics;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Work;

/// <summary>The trials that a worker may take next: those that were pending at the last look, beginning at the worker's own share of them.</summary>
internal sealed class TrialQueue(SweepFolder folder, double share)
{
    /// <summary>A look at all names takes time; looking takes at most this share of it.</summary>
    private const double ShareOfLooking = 0.05;

    private readonly Queue<Trial> _candidates = [];
    private DateTime _planWritten;
    private long _lookedAt;
    private TimeSpan _look;

    /// <summary>The plan, as it was at the last look.</summary>
    public SweepPlan Plan { get; private set; } = folder.ReadPlanToWork();

    /// <summary>The state of all trials at the last look.</summary>
    public SweepStatus? Status { get; private set; }

    /// <summary>The next candidate; null when none is left from the last look.</summary>
    public Trial? Next() => _candidates.TryDequeue(out Trial? trial) ? trial : null;

    /// <summary>Whether enough time has passed since the last look for another one.</summary>
    public bool IsLookDue => _lookedAt == 0 || Stopwatch.GetElapsedTime(_lookedAt) > _look / ShareOfLooking;

    /// <summary>Looks where all trials stand.</summary>
    public SweepStatus Look()
    {
        long started = Stopwatch.GetTimestamp();
        DateTime written = File.GetLastWriteTimeUtc(folder.PlanPath);
        // Written before read: a plan that is replaced in between is read again next time.
        if (written != _planWritten && _planWritten != default) Plan = folder.ReadPlanToWork();
        _planWritten = written;
        Status = folder.ReadStatus(Plan);
        _candidates.Clear();
        List<Trial> pending = [.. Plan.Trials.Where(trial => Status.States[trial.Number] == TrialState.Pending)];
        int first = (int)(share * pending.Count);
        for (int i = 0; i < pending.Count; i++) _candidates.Enqueue(pending[(first + i) % pending.Count]);
        _look = Stopwatch.GetElapsedTime(started);
        _lookedAt = Stopwatch.GetTimestamp();
        return Status;
    }
}
