using System.Diagnostics;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Playing;

/// <summary>A training that is done a little at a time, and where the time at hand ends.</summary>
internal sealed class Slice(Func<TrainingRunOptions, TrainingRunResult> train)
{
    /// <summary>To take up a training where it was left costs time; so many times as long it goes on then.</summary>
    private const double Worth = 4;

    /// <summary>Seconds that a slice lasts at least and at most, or one epoch: whoever asks something meanwhile waits as long.</summary>
    private const double Least = 0.06, Most = 0.6;

    private long _beganAt;
    private long _trainedFrom;
    private long _trainedUntil;
    private double _overhead;

    /// <summary>Trains, from the beginning or from where it was left.</summary>
    public Func<TrainingRunOptions, TrainingRunResult> Train => train;

    /// <summary>Whether there was a slice before this one.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether this one trains already.</summary>
    public bool Trains => _trainedFrom != 0;

    /// <summary>Whether it is over.</summary>
    public bool IsOver => Stopwatch.GetElapsedTime(_trainedFrom).TotalSeconds >= Math.Clamp(Worth * _overhead, Least, Most);

    /// <summary>Begins a slice.</summary>
    public void Begin() => (_beganAt, _trainedFrom) = (Stopwatch.GetTimestamp(), 0);

    /// <summary>It is between two epochs.</summary>
    public void Pass()
    {
        _trainedUntil = Stopwatch.GetTimestamp();
        if (!Trains) _trainedFrom = _trainedUntil;
    }

    /// <summary>Ends it.</summary>
    public void End()
    {
        HasBegun = true;
        _overhead = (Stopwatch.GetElapsedTime(_beganAt) - Stopwatch.GetElapsedTime(_trainedFrom, _trainedUntil)).TotalSeconds;
    }
}
