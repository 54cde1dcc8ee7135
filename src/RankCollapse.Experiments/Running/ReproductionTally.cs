using System.Diagnostics;

namespace RankCollapse.Experiments.Running;

/// <summary>How far a reproduction is: which trainings are done and which are at work, and from how long they took how long the others will take.</summary>
internal sealed class ReproductionTally
{
    /// <summary>How much the expectation counts against what was measured, in expected seconds.</summary>
    private const double TrustInExpectation = 5;

    /// <summary>The most of its expected time that a training at work counts as done.</summary>
    private const double MostOfARunningCell = 0.95;

    private readonly Lock _lock = new();
    private readonly Action<ReproductionProgress>? _progress;
    private readonly int _threads;
    private readonly int _count;
    private readonly double _expectedInAll;
    private readonly SortedDictionary<string, (long StartedAt, double Expected)> _running = new(StringComparer.Ordinal);
    private int _done;
    private double _expectedOpen;
    private double _expectedDone;
    private double _takenDone;

    /// <summary>Prepares a tally of figures.</summary>
    public ReproductionTally(IReadOnlyList<FigureWork> works, int threads, Action<ReproductionProgress>? progress)
    {
        _progress = progress;
        _threads = threads;
        _count = works.Sum(work => work.Trainings.Count);
        _done = works.Sum(work => work.DoneBefore.Count);
        _expectedInAll = works.Sum(work => work.Trainings.Sum(training => training.ExpectedSeconds));
        _expectedOpen = works.Sum(work => work.Trainings.Where(training => !work.DoneBefore.Contains(training.Id)).Sum(training => training.ExpectedSeconds));
    }

    /// <summary>Counts a training as at work; again and again does no harm.</summary>
    public void Begin(FigureWork work, FigureTraining training)
    {
        lock (_lock) _running.TryAdd(NameOf(work, training), (Stopwatch.GetTimestamp(), training.ExpectedSeconds));
    }

    /// <summary>Counts a training as no longer at work, and as done where it took a number of seconds.</summary>
    public void End(FigureWork work, FigureTraining training, double? seconds)
    {
        string name = NameOf(work, training);
        lock (_lock)
        {
            _running.Remove(name);
            if (seconds is not { } taken) return;
            _done++;
            _expectedOpen -= training.ExpectedSeconds;
            _expectedDone += training.ExpectedSeconds;
            _takenDone += taken;
        }
        Tell(name);
    }

    /// <summary>Tells the listener where the work stands.</summary>
    /// <param name="ended">The training that has just ended; null for a sign of life.</param>
    public void Tell(string? ended = null)
    {
        if (_progress is null) return;
        lock (_lock)
        {
            double pace = (_takenDone + TrustInExpectation) / (_expectedDone + TrustInExpectation);
            double left = Math.Max(0, _expectedOpen) * pace;
            foreach ((long startedAt, double expected) in _running.Values)
                left -= Math.Min(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, MostOfARunningCell * expected * pace);
            left = Math.Max(0, left);
            double fraction = _expectedInAll > 0 ? 1 - (left / pace / _expectedInAll) : 1;
            // A cluster may have more at work than this machine has threads.
            double secondsLeft = _count == _done ? 0 : left / Math.Max(_threads, _running.Count);
            _progress(new ReproductionProgress(_done, _count, ended, [.. _running.Keys], secondsLeft, Math.Clamp(fraction, 0, 1)));
        }
    }

    private static string NameOf(FigureWork work, FigureTraining training) => $"{work.Experiment.Name}/{training.Key}";
}
