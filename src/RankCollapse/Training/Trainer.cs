using System.Diagnostics;

namespace RankCollapse.Training;

/// <summary>The training loop: steps a solver until a tolerance, a limit, a stall, a cancellation or a value that is not finite.</summary>
public sealed class Trainer : IDisposable
{
    /// <summary>Steps between snapshots in memory, from which the last good state is found again after a value that is not finite.</summary>
    private const int SnapshotSteps = 50;

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
        _solver.Target = options.Missing is null ? options.GradientTolerance : 0;
        if (options.Missing is { } missing) _solver.HasAll = () => IsStationary(solver.GradientSize) && missing(solver) is null;
        _solver.RecordsGradient = options.RecordsGradient;
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
            var advice = new Advice($"The objective is not finite at the start ({Place(layer)}); use a smaller initialisation.");
            return new TrainingResult(TrainingStatus.Diverged, State(), advice);
        }
        TrainingState state = State();
        var existence = new StationaryPointCheck(_solver.Objective, _solver.Network, isMonotone: !_solver.CanDiverge, _options.Unattainable);
        if (!_isResumed) _observer.Record?.Invoke(state);
        TakeSnapshot();
        Watch(state);
        while (true)
        {
            // With mini-batches what is asked of all samples is asked where they are recorded, and at the end.
            if (_epoch >= _options.MaxEpochs) state = Measured(state);
            string? missing = IsStationary(state.Gradient) ? _options.Missing?.Invoke(_solver) : null;
            if (IsStationary(state.Gradient) && missing is null)
            {
                if (!GoesOn()) return EndAt(TrainingStatus.Converged, state, null);
                state = State();
            }
            if (_epoch >= _options.MaxEpochs) return End(TrainingStatus.MaxEpochs, state, _options.Unattainable ?? OutOfEpochs(state, missing));
            if (_options.MaxSeconds is { } limit && state.Seconds >= limit)
            {
                state = Measured(state);
                return End(TrainingStatus.TimeLimit, state, _options.Unattainable ?? OutOfTime(state, missing, limit));
            }
            if (cancellation.IsCancellationRequested)
            {
                // First of all: the last record may take long.
                _observer.Checkpoint?.Invoke(this);
                return End(TrainingStatus.Cancelled, state, new Advice("Stopped on request; go on from here (resume).", "resume"));
            }

            StepOutcome outcome = _solver.Step();
            if (outcome == StepOutcome.NonFinite) return Diverged();
            bool ends = !_solver.IsInsideEpoch;
            if (ends) _epoch++;
            bool isRecorded = ends && _options.IsRecorded(_epoch);
            if (isRecorded && _epoch >= _options.MaxEpochs) _solver.Measure();
            else if (isRecorded) _solver.MeasureForRecord();
            state = State();
            _observer.Progress?.Invoke(state);
            if (isRecorded) _observer.Record?.Invoke(state);
            if (ends) Watch(state);
            if ((_solver.IsMeasured || isRecorded) && existence.Missing(_solver.Network) is { } reason) return End(TrainingStatus.NoMinimum, state, reason);
            if (outcome == StepOutcome.Stalled)
            {
                if (!GoesOn()) return EndAt(TrainingStatus.Stalled, state, Stalled(state));
                state = State();
            }
            if (ends && (_epoch - _snapshotEpoch) * _solver.StepsPerEpoch >= SnapshotSteps) TakeSnapshot();
            if (_observer.Checkpoint is { } checkpoint && state.Seconds - lastCheckpoint >= _options.CheckpointSeconds)
            {
                checkpoint(this);
                lastCheckpoint = Seconds;
            }
        }
    }

    /// <summary>Whether there is a lower point near where training would end; none is looked for where there is no minimum.</summary>
    private bool GoesOn() => _options.NoMinimum?.Invoke(_solver) is null && _solver.LeavesTheEnd();

    private string OrAnotherSolver => _options.Alternative is { } other ? $" or choose solver {other}" : "";

    private bool IsStationary(GradientSize gradient) => _solver.IsMeasured && gradient.Relative <= _options.GradientTolerance;

    private Advice OutOfEpochs(TrainingState state, string? missing) =>
        new($"{Where(state, missing)} after {_epoch} epochs; raise max-epochs{OrAnotherSolver}.", "max-epochs", "solver");

    private Advice OutOfTime(TrainingState state, string? missing, double limit) =>
        new($"{Where(state, missing)} at the time limit of {limit} s; raise max-seconds or go on from here (resume).", "max-seconds", "resume");

    private Advice Stalled(TrainingState state)
    {
        string here = $"No step decreases the objective any more (to rounding) at relative gradient norm {state.Gradient.Relative:0.0e-0}"
            + (_solver.RoundingFloor is { } floor ? $", where rounding leaves about {floor:0.0e-0}" : "");
        return IsStationary(state.Gradient) && _options.Missing?.Invoke(_solver) is { } missing
            ? new Advice($"{here}, where {missing}; try another seed, or leave collapse-tolerance out.", "seed", "collapse-tolerance")
            : new Advice($"{here}; a larger gradient-tolerance would be reached.", "gradient-tolerance");
    }

    /// <summary>What a point lacks of what was asked.</summary>
    private string Where(TrainingState state, string? missing) => missing is null
        ? $"The relative gradient norm is {state.Gradient.Relative:0.0e-0}, above the tolerance {_options.GradientTolerance:0.0e-0},"
        : $"The relative gradient norm is {state.Gradient.Relative:0.0e-0}, but {missing}";

    private void Watch(TrainingState state)
    {
        if (_observer.Watch is not { } watch) return;
        _watch.Stop();
        watch(state);
        _watch.Start();
    }

    private TrainingState Measured(TrainingState state)
    {
        if (_solver.IsMeasured) return state;
        _solver.Measure();
        return State();
    }

    private TrainingState State() => new(_epoch, Seconds, _solver.Value, _solver.GradientSize, _solver.Phase);

    /// <summary>Ends where nothing moves any more, unless the weights would go on to grow.</summary>
    private TrainingResult EndAt(TrainingStatus status, TrainingState state, Advice? advice) =>
        _options.NoMinimum?.Invoke(_solver) is { } none ? End(TrainingStatus.NoMinimum, state, none) : End(status, state, advice);

    private TrainingResult End(TrainingStatus status, TrainingState state, Advice? advice)
    {
        state = Measured(state);
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
        long failed = _epoch + 1;
        int? layer = _solver.Objective.FirstNonFiniteLayer();
        _snapshot.Position = 0;
        using (var reader = new BinaryReader(_snapshot, System.Text.Encoding.UTF8, leaveOpen: true)) _solver.Load(reader);
        _epoch = _snapshotEpoch;
        _solver.Start();
        while (_epoch < failed - 1 && _solver.Step() != StepOutcome.NonFinite)
        {
            if (!_solver.IsInsideEpoch) _epoch++;
        }
        var advice = new Advice(
            $"A value became infinite or not a number in epoch {failed} ({Place(layer)}); the state of epoch {_epoch} is kept. "
            + $"Use a smaller learning-rate{OrAnotherSolver}.",
            "learning-rate",
            "solver");
        return End(TrainingStatus.Diverged, State(), advice);
    }

    private static string Place(int? layer) => layer is { } l ? $"first in layer {l}" : "in the gradient";
}
