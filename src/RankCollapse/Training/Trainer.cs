using System.Diagnostics;
using RankCollapse.Runs;

namespace RankCollapse.Training;

/// <summary>When training stops and what it tells on the way.</summary>
public sealed record TrainingOptions
{
    /// <summary>The most epochs (solver iterations).</summary>
    public long MaxEpochs { get; init; } = 20_000;

    /// <summary>The most seconds; null for no limit.</summary>
    public double? MaxSeconds { get; init; }

    /// <summary>Stop at this relative gradient norm.</summary>
    public double GradientTolerance { get; init; } = 1e-6;

    /// <summary>Asked where the gradient's tolerance holds, with the solver at the current point: what is missing there, in a clause; null lets training stop. Null asks for nothing more.</summary>
    public Func<Solver, string?>? Missing { get; init; }

    /// <summary>Record every so many epochs, and at the first and last one.</summary>
    public long RecordEvery { get; init; } = 100;

    /// <summary>Record also at the epochs 1, 2, 5, 10, 20, 50, … below <see cref="RecordEvery"/>, where most changes.</summary>
    public bool RecordsEarly { get; init; }

    /// <summary>Checkpoint every so many seconds.</summary>
    public double CheckpointSeconds { get; init; } = 30;

    /// <summary>Whether an epoch is one that is recorded whether or not training ends there.</summary>
    public bool IsRecorded(long epoch) => epoch % RecordEvery == 0 || (RecordsEarly && epoch < RecordEvery && IsRound(epoch));

    /// <summary>Whether a number is 1, 2 or 5 times a power of ten.</summary>
    private static bool IsRound(long number)
    {
        while (number >= 10 && number % 10 == 0) number /= 10;
        return number is 1 or 2 or 5;
    }
}

/// <summary>Where training stands.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Seconds">Seconds of training.</param>
/// <param name="Value">The objective at the current point.</param>
/// <param name="Gradient">The gradient's size there.</param>
/// <param name="Phase">What the solver is doing; may be empty.</param>
public readonly record struct TrainingState(long Epoch, double Seconds, ObjectiveValue Value, GradientSize Gradient, string Phase);

/// <summary>How training ended.</summary>
/// <param name="Status">Why it stopped.</param>
/// <param name="Final">The last state; after divergence, the last good one.</param>
/// <param name="Advice">One line on what to do when the tolerance was not reached; null when it was.</param>
public sealed record TrainingResult(RunStatus Status, TrainingState Final, string? Advice);

/// <summary>What the trainer tells its caller; both may be left out.</summary>
public sealed record TrainingObserver
{
    /// <summary>Called with every state to record; the solver's objective holds the features of that state.</summary>
    public Action<TrainingState>? Record { get; init; }

    /// <summary>Called after every epoch; must be quick.</summary>
    public Action<TrainingState>? Progress { get; init; }

    /// <summary>Called when a checkpoint is due.</summary>
    public Action<Trainer>? Checkpoint { get; init; }
}

/// <summary>The training loop: steps a solver until a tolerance, a limit, a cancellation or a value that is not finite.</summary>
public sealed class Trainer : IDisposable
{
    /// <summary>Epochs between snapshots in memory, from which the last good state is found again after a value that is not finite.</summary>
    private const int SnapshotEpochs = 50;

    private readonly Solver _solver;
    private readonly TrainingOptions _options;
    private readonly TrainingObserver _observer;
    private readonly MemoryStream _snapshot = new();
    private readonly BinaryWriter _snapshotWriter;
    private readonly Stopwatch _watch = new();
    private long _snapshotEpoch;
    private long _epoch;
    private double _secondsBefore;
    private bool _isResumed;

    /// <summary>Prepares a loop.</summary>
    public Trainer(Solver solver, TrainingOptions options, TrainingObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(solver);
        ArgumentNullException.ThrowIfNull(options);
        if (options.RecordEvery < 1) throw new InvalidInputException($"record-every is {options.RecordEvery}; it must be at least 1.");
        if (options.MaxEpochs < 0) throw new InvalidInputException($"max-epochs is {options.MaxEpochs}; it must be at least 0.");
        if (options.MaxSeconds is { } seconds && !(seconds >= 0)) throw new InvalidInputException($"max-seconds is {seconds}; it must be at least 0.");
        if (!(options.GradientTolerance >= 0)) throw new InvalidInputException($"gradient-tolerance is {options.GradientTolerance}; it must be at least 0.");
        _snapshotWriter = new BinaryWriter(_snapshot);
        _solver = solver;
        _options = options;
        _observer = observer ?? new TrainingObserver();
    }

    /// <summary>Seconds of training so far, earlier sessions of the same run included.</summary>
    public double Seconds => _secondsBefore + _watch.Elapsed.TotalSeconds;

    /// <summary>Epochs done so far.</summary>
    public long Epoch => _epoch;

    /// <summary>Writes all that is needed to go on to the same result.</summary>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_epoch);
        writer.Write(Seconds);
        _solver.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, before <see cref="Run"/>.</summary>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        _epoch = reader.ReadInt64();
        _secondsBefore = reader.ReadDouble();
        _solver.Load(reader);
        _isResumed = true;
    }

    /// <inheritdoc/>
    public void Dispose() => _snapshotWriter.Dispose();

    /// <summary>Trains.</summary>
    public TrainingResult Run(CancellationToken cancellation = default)
    {
        _watch.Start();
        try
        {
            return Loop(cancellation);
        }
        finally
        {
            _watch.Stop();
        }
    }

    private TrainingResult Loop(CancellationToken cancellation)
    {
        double lastCheckpoint = Seconds;
        if (!_solver.Start())
        {
            int? layer = _solver.Objective.FirstNonFiniteLayer();
            return new TrainingResult(RunStatus.Diverged, State(), $"The objective is not finite at the start ({Place(layer)}); use a smaller initialisation.");
        }
        TrainingState state = State();
        var existence = new StationaryPointCheck(_solver.Objective, _solver.Network, isMonotone: !_solver.CanDiverge);
        if (!_isResumed) _observer.Record?.Invoke(state);
        TakeSnapshot();
        while (true)
        {
            bool isStationary = state.Gradient.Relative <= _options.GradientTolerance;
            string? missing = isStationary ? _options.Missing?.Invoke(_solver) : null;
            if (isStationary && missing is null) return End(RunStatus.Converged, state, null);
            if (_epoch >= _options.MaxEpochs)
                return End(RunStatus.MaxEpochs, state, $"{Where(state, missing)} after {_epoch} epochs; raise --max-epochs{(_solver is GaussNewtonSolver ? "" : " or choose --solver gauss-newton")}.");
            if (_options.MaxSeconds is { } limit && state.Seconds >= limit)
                return End(RunStatus.TimeLimit, state, $"{Where(state, missing)} at the time limit of {limit} s; raise --max-seconds or go on with --resume.");
            if (cancellation.IsCancellationRequested)
                return End(RunStatus.Cancelled, state, "Stopped on request; go on with --resume.");

            StepOutcome outcome = _solver.Step();
            _epoch++;
            if (outcome == StepOutcome.NonFinite) return Diverged();
            state = State();
            _observer.Progress?.Invoke(state);
            if (_options.IsRecorded(_epoch)) _observer.Record?.Invoke(state);
            if (existence.Missing(_solver.Network) is { } reason) return End(RunStatus.Diverged, state, reason);
            if (outcome == StepOutcome.Stalled)
                return End(RunStatus.MaxEpochs, state, Stalled(state));
            if (_epoch - _snapshotEpoch >= SnapshotEpochs) TakeSnapshot();
            if (_observer.Checkpoint is { } checkpoint && state.Seconds - lastCheckpoint >= _options.CheckpointSeconds)
            {
                checkpoint(this);
                lastCheckpoint = Seconds;
            }
        }
    }

    /// <summary>What a point lacks of what was asked.</summary>
    private string Where(TrainingState state, string? missing) => missing is null
        ? $"The relative gradient norm is {state.Gradient.Relative:0.0e-0}, above the tolerance {_options.GradientTolerance:0.0e-0},"
        : $"The relative gradient norm is {state.Gradient.Relative:0.0e-0}, but {missing}";

    private string Stalled(TrainingState state)
    {
        string here = $"No step decreases the objective any more (to rounding) at relative gradient norm {state.Gradient.Relative:0.0e-0}";
        bool isStationary = state.Gradient.Relative <= _options.GradientTolerance;
        return isStationary && _options.Missing?.Invoke(_solver) is { } missing
            ? $"{here}, where {missing}; try another --seed, or leave --collapse-tolerance out."
            : $"{here}; a larger --gradient-tolerance would be reached.";
    }

    private TrainingState State() => new(_epoch, Seconds, _solver.Value, _solver.GradientSize, _solver.Phase);

    private TrainingResult End(RunStatus status, TrainingState state, string? advice)
    {
        if (!_options.IsRecorded(_epoch)) _observer.Record?.Invoke(state);
        return new TrainingResult(status, state, advice);
    }

    private void TakeSnapshot()
    {
        _snapshotEpoch = _epoch;
        if (!_solver.CanDiverge) return;
        _snapshot.SetLength(0);
        _solver.Save(_snapshotWriter);
        _snapshotWriter.Flush();
    }

    /// <summary>Goes back to the snapshot and repeats the steps up to the one before the failure: each is deterministic.</summary>
    private TrainingResult Diverged()
    {
        long failed = _epoch;
        int? layer = _solver.Objective.FirstNonFiniteLayer();
        _snapshot.Position = 0;
        using (var reader = new BinaryReader(_snapshot, System.Text.Encoding.UTF8, leaveOpen: true)) _solver.Load(reader);
        _epoch = _snapshotEpoch;
        _solver.Start();
        while (_epoch < failed - 1 && _solver.Step() != StepOutcome.NonFinite) _epoch++;
        TrainingState state = State();
        return End(RunStatus.Diverged, state, $"A value became infinite or not a number in epoch {failed} ({Place(layer)}); the state of epoch {_epoch} is kept. Use a smaller --learning-rate, or --solver gauss-newton, which cannot diverge.");
    }

    private static string Place(int? layer) => layer is { } l ? $"first in layer {l}" : "in the gradient";
}
