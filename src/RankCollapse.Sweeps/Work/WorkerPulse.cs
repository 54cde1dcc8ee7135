using System.Diagnostics;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Training;

namespace RankCollapse.Sweeps.Work;

/// <summary>The thread beside the training: heartbeats, the curve of the current trial, its time limit, and requests to cancel.</summary>
internal sealed class WorkerPulse : IDisposable
{
    private const double SecondsBetweenLooks = 0.25;
    private const double SecondsBetweenCurvePoints = 1;
    private const double SmallestGrace = 5;
    private const double GraceShare = 0.1;

    private readonly SweepFolder _folder;
    private readonly SweepLimits _limits;
    private readonly HeartbeatFile _heartbeat;
    private readonly CancellationTokenSource _stop;
    private readonly Action<Trial, double> _onHang;
    private readonly Func<bool> _isWaiting;
    private readonly ManualResetEventSlim _ended = new();
    private readonly Lock _lock = new();
    private readonly Thread _thread;
    private Current? _current;
    private TrainingState _state;
    private bool _hasState;
    private int _finished;

    /// <summary>Starts the thread.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="limits">The limits of a trial.</param>
    /// <param name="heartbeat">The heartbeat's file.</param>
    /// <param name="stop">Cancelled when the sweep is.</param>
    /// <param name="isWaiting">Whether the worker waits for space.</param>
    /// <param name="onHang">Called when a trial goes on long after its time limit, with its seconds; does not return.</param>
    public WorkerPulse(
        SweepFolder folder, SweepLimits limits, HeartbeatFile heartbeat, CancellationTokenSource stop, Func<bool> isWaiting, Action<Trial, double> onHang)
    {
        _folder = folder;
        _limits = limits;
        _heartbeat = heartbeat;
        _stop = stop;
        _isWaiting = isWaiting;
        _onHang = onHang;
        _thread = new Thread(Loop) { IsBackground = true, Name = "pulse", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Takes note of a trial that begins.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="timeLimit">Cancelled when its time is used up.</param>
    public void Begin(Trial trial, CancellationTokenSource timeLimit)
    {
        lock (_lock)
        {
            _current = new Current(trial, Stopwatch.GetTimestamp(), timeLimit);
            _hasState = false;
        }
    }

    /// <summary>Takes note of an epoch; quick.</summary>
    public void Update(TrainingState state)
    {
        lock (_lock)
        {
            _state = state;
            _hasState = true;
        }
    }

    /// <summary>Takes note that the trial has ended.</summary>
    /// <returns>The seconds that it took.</returns>
    public double End(bool isFinished)
    {
        Current? ended;
        lock (_lock)
        {
            ended = _current;
            _current = null;
            if (isFinished) _finished++;
        }
        if (ended is { HasCurve: true }) RemoveCurve(ended.Trial.Id);
        return ended is null ? 0 : Stopwatch.GetElapsedTime(ended.Started).TotalSeconds;
    }

    /// <summary>Stops the thread.</summary>
    public void Dispose()
    {
        _ended.Set();
        _thread.Join();
        _ended.Dispose();
    }

    private void Loop()
    {
        double beatEvery = Math.Min(2, _limits.LeaseSeconds / 6);
        long lastBeat = 0, lastPoint = 0;
        while (!_ended.Wait(TimeSpan.FromSeconds(Math.Min(SecondsBetweenLooks, beatEvery))))
        {
            Current? current;
            TrainingState? state;
            int finished;
            lock (_lock) (current, state, finished) = (_current, _hasState ? _state : null, _finished);
            if (IsDue(ref lastBeat, beatEvery)) Beat(current, state, finished);
            if (current is not null && state is { } reached && IsDue(ref lastPoint, SecondsBetweenCurvePoints)) AddPoint(current, reached);
            if (current is not null) Watch(current);
            if (!_stop.IsCancellationRequested && _folder.IsCancelled) _stop.Cancel();
        }
    }

    private void Beat(Current? current, TrainingState? state, int finished)
    {
        try
        {
            _heartbeat.Beat(heartbeat => heartbeat with
            {
                Activity = _isWaiting() ? "waiting" : current is null ? "looking" : "training",
                Trial = current?.Trial.Id,
                TrialSeconds = current is null ? 0 : Math.Round(Stopwatch.GetElapsedTime(current.Started).TotalSeconds, 1),
                TrialEpoch = state?.Epoch ?? 0,
                TrialObjective = state is { } reached && double.IsFinite(reached.Value.Total) ? reached.Value.Total : null,
                Finished = finished,
            });
        }
        catch (IOException)
        {
            // A heartbeat that cannot be written is missed; the next one may succeed.
        }
    }

    private void AddPoint(Current current, TrainingState state)
    {
        string path = _folder.LivePathOf(current.Trial.Id);
        try
        {
            if (!current.HasCurve) FileSteps.MakeFolder(_folder.LivePath);
            string header = current.HasCurve ? "" : $"epoch,seconds,{NetworkMetrics.Objective.Key},{NetworkMetrics.RelativeGradientNorm.Key}\n";
            string line = $"{header}{state.Epoch},{state.Seconds:R},{state.Value.Total:R},{state.Gradient.Relative:R}\n";
            AtomicFile.Append(path, line, begins: !current.HasCurve);
            current.HasCurve = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A point less in a curve that is shown while the trial trains.
        }
        // The trial may have ended while the point was written.
        lock (_lock)
        {
            if (_current == current) return;
        }
        RemoveCurve(current.Trial.Id);
    }

    private void Watch(Current current)
    {
        if (_limits.TrialSeconds is not { } limit) return;
        double seconds = Stopwatch.GetElapsedTime(current.Started).TotalSeconds;
        lock (_lock)
        {
            if (_current != current) return;
            if (seconds > limit) current.TimeLimit.Cancel();
        }
        if (seconds > limit + Math.Max(SmallestGrace, GraceShare * limit)) _onHang(current.Trial, seconds);
    }

    private void RemoveCurve(string id)
    {
        try
        {
            FileSteps.Delete(_folder.LivePathOf(id));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left over does no harm.
        }
    }

    private static bool IsDue(ref long last, double seconds)
    {
        if (last != 0 && Stopwatch.GetElapsedTime(last).TotalSeconds < seconds) return false;
        last = Stopwatch.GetTimestamp();
        return true;
    }

    private sealed class Current(Trial trial, long started, CancellationTokenSource timeLimit)
    {
        public Trial Trial { get; } = trial;

        public long Started { get; } = started;

        public CancellationTokenSource TimeLimit { get; } = timeLimit;

        public bool HasCurve { get; set; }
    }
}
