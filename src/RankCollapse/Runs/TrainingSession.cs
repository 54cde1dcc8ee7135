using System.Diagnostics;
using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <summary>One session of a run: everything that training needs, in memory, before anything is written.</summary>
internal sealed class TrainingSession : IDisposable
{
    /// <summary>Networks of more parameters take longer to measure than a request to stop may wait.</summary>
    private const int SlowToMeasure = 1_000_000;

    private readonly RunConfiguration _configuration;
    private readonly TrainingRunOptions _options;
    private readonly MinimumExistence _existence;
    private readonly TrainingOptions _limits;
    private readonly Solver _solver;
    private readonly RunRecorder _recorder;
    private readonly Trainer _trainer;
#pragma warning disable CA2213 // The method that trains makes it and ends it.
    private Cancellation.SavingScope? _saving;
#pragma warning restore CA2213
    private CancellationToken _cancellation;
    private RunFolder? _folder;
    private long _shownAt = Stopwatch.GetTimestamp();
    private double _secondsUntilShown = 2;
    private Action<string, Action<Stream>>? _writeCheckpoint;

    /// <summary>Prepares a session; the initial network is not changed.</summary>
    public TrainingSession(RunConfiguration configuration, DataSet data, Network initial, TrainingRunOptions options, DataSet? test = null)
    {
        TestData = test;
        _configuration = configuration;
        Data = data;
        Initial = initial;
        _options = options;
        _existence = MinimumExistence.Decide(initial.Specification, data, configuration.ToObjectiveSettings());
        RecordedMetrics recorded = RecordedMetrics.Parse(configuration.Record);
        _limits = new TrainingOptions
        {
            RecordsGradient = recorded.NamesGradient,
            Unattainable = _existence.Attainment == Attainment.NotAttained ? new Advice(_existence.Reason, "lambda", "delta", "lambda-features") : null,
            NoMinimum = solver => _existence.Refute(solver.Network, solver.Value.Total) is { } reason
                ? new Advice($"{reason} The last state is saved.", "lambda", "delta", "lambda-features")
                : null,
            MaxEpochs = configuration.MaxEpochs,
            MaxSeconds = configuration.MaxSeconds,
            GradientTolerance = configuration.GradientTolerance,
            Missing = configuration.CollapseTolerance is { } bound ? MissingVariation(new VariationBound(data, bound)) : null,
            Alternative = configuration.ToSolverSettings().Entry.Alternative,
            RecordEvery = configuration.RecordEvery ?? RecordInterval.For(configuration, initial.Specification, data.SampleCount),
            RecordsEarly = true,
            CheckpointSeconds = configuration.CheckpointSeconds,
        };
        _solver = configuration.ToSolverSettings().CreateSolver(initial.Specification, data, configuration.ToObjectiveSettings(), initial.Copy());
        _recorder = new RunRecorder(_solver, data, _limits, recorded, test);
        _trainer = new Trainer(_solver, _limits, new TrainingObserver
        {
            Record = state =>
            {
                IReadOnlyList<LayerMetric> measured = _recorder.Record(state);
                options.Recorded?.Invoke(new TrainingRecord(state, measured, Features(_solver)));
                ShowMetrics();
            },
            Progress = state =>
            {
                _saving?.Begin();
                options.Progress?.Invoke(state);
                if (_solver.IsMeasured) options.Stepped?.Invoke(state, Features(_solver));
            },
            Watch = options.Watched is { } watched ? state => watched(state, _solver) : null,
            Checkpoint = _ =>
            {
                if (TryWriteCheckpoint() && _cancellation.IsCancellationRequested) _saving?.End();
            },
        });
    }

    /// <summary>The data.</summary>
    public DataSet Data { get; }

    /// <summary>The test data; null without them.</summary>
    public DataSet? TestData { get; }

    /// <summary>The network before training.</summary>
    public Network Initial { get; }

    /// <summary>Takes the state of an earlier session.</summary>
    /// <exception cref="InvalidInputException">The state does not belong to this run.</exception>
    public void Load(Stream state, string name) => _recorder.Load(_trainer, state, name);

    /// <summary>Trains, measures and writes what was reached.</summary>
    /// <param name="folder">The run's folder; null keeps the run in memory.</param>
    /// <param name="cancellation">Stops the training after the epoch at hand.</param>
    /// <param name="checkpoints">Where checkpoints of a run in memory go; null for none.</param>
    public TrainingRunResult Train(RunFolder? folder, CancellationToken cancellation, CheckpointFolder? checkpoints = null)
    {
        // Before its first epoch a training has nothing to lose, and nothing after a checkpoint: neither first record nor last measurement is waited for.
        using var saving = new Cancellation.SavingScope();
        _saving = saving;
        _cancellation = cancellation;
        _folder = folder;
        _writeCheckpoint = folder is not null ? folder.WriteCheckpoint : checkpoints is not null ? checkpoints.Write : null;
        WarnOfTargetsOutOfReach();
        if (_existence.Attainment is Attainment.NotAttained or Attainment.AtConstantsOnly) _options.Warning?.Invoke(_existence.Reason);
        _options.Started?.Invoke(new TrainingRunStart(_configuration, Data, Initial.Specification, _trainer.Epoch));
        TrainingResult result = _trainer.Run(cancellation);
        bool isSlowToMeasure = _solver.Network.Parameters.Length > SlowToMeasure;
        if ((result.Status == TrainingStatus.Cancelled || isSlowToMeasure) && TryWriteCheckpoint()) saving.End();
        bool isFinite = double.IsFinite(result.Final.Value.Total);
        // Of a trial that goes on later nothing but its checkpoint is kept.
        bool isMeasured = isFinite && !(result.Status == TrainingStatus.Cancelled && checkpoints is not null);
        IReadOnlyList<MeasuredLayer> layers = isMeasured ? CollapseMeasurement.Measure(_solver.Network, Data) : [];
        TestMeasurement? test = isMeasured ? _recorder.MeasureTest() : null;
        foreach (MeasuredLayer layer in layers) layer.Test = test;
        var run = new Run
        {
            Configuration = _configuration,
            DataSet = Data,
            Initial = Initial,
            Trained = _solver.Network,
            Metrics = _recorder.Metrics,
            Summary = Summarise(result, layers, test),
        };
        Write(run);
        return new TrainingRunResult { Run = run, IsMeasured = isMeasured, Folder = folder, Advice = result.Advice };
    }

    public void Dispose() => _trainer.Dispose();

    private void Write(Run run)
    {
        if (_folder is null) return;
        bool canGoOn = ResumeRules.CanGoOn(run.Summary.Status, _configuration);
        if (canGoOn && run.Summary.Status != TrainingStatus.Cancelled) TryWriteCheckpoint();
        _folder.WriteTrained(run.Trained);
        _folder.WriteMetrics(run.Metrics);
        _folder.WriteSummary(run.Summary);
        if (!canGoOn) _folder.RemoveCheckpoints();
    }

    /// <summary>Writes what was recorded so far, for those who follow the run: every two seconds at most, and for at most a fiftieth of the time.</summary>
    private void ShowMetrics()
    {
        const double Least = 2, CostsBetween = 50;
        if (_folder is null || Stopwatch.GetElapsedTime(_shownAt).TotalSeconds < _secondsUntilShown) return;
        long began = Stopwatch.GetTimestamp();
        try
        {
            _folder.WriteMetrics(_recorder.Metrics);
        }
        catch (InvalidInputException)
        {
            // There may be room again when training ends.
        }
        _shownAt = Stopwatch.GetTimestamp();
        _secondsUntilShown = Math.Max(Least, CostsBetween * Stopwatch.GetElapsedTime(began, _shownAt).TotalSeconds);
    }

    private bool TryWriteCheckpoint()
    {
        if (_writeCheckpoint is null) return false;
        try
        {
            _writeCheckpoint($"epoch-{_trainer.Epoch}", stream => _recorder.Save(_trainer, stream));
            return true;
        }
        catch (InvalidInputException e)
        {
            _options.Warning?.Invoke($"A checkpoint could not be written, training goes on without it: {e.Message}");
            return false;
        }
    }

    private static Func<Solver, string?> MissingVariation(VariationBound condition) => solver => condition.Missing(Features(solver));

    /// <summary>Z^0 … Z^L; computed anew where samples are evaluated in parts.</summary>
    private static IReadOnlyList<Matrix> Features(Solver solver) =>
        solver.Objective.IsInParts ? solver.Network.Features(solver.Objective.Data.Inputs) : solver.Objective.Features;

    private RunSummary Summarise(TrainingResult result, IReadOnlyList<MeasuredLayer> layers, TestMeasurement? test)
    {
        const string NotFinite = "The objective is not finite, so that nothing can be measured.";
        var network = new MeasuredNetwork(result.Final with { Seconds = _trainer.Seconds }, _solver)
        {
            Test = test,
            InterpolationEpoch = test is null ? null : _recorder.InterpolationEpoch,
        };
        var numbers = MetricTable.Of(MetricScopes.Network).Select(metric => (metric.Key, metric.Topic, Number: (double?)metric.OfNetwork!(network)))
            .Where(one => one.Topic != MetricTopic.Test || !double.IsNaN(one.Number!.Value)).ToDictionary(one => one.Key, one => one.Number);
        if (result.Status == TrainingStatus.Stalled && _solver.RoundingFloor is { } floor) numbers[RunSummary.RoundingFloorField] = floor;
        return new RunSummary
        {
            Status = result.Status,
            Convention = _configuration.Convention,
            Numbers = numbers,
            Reasons = layers.Count > 0
                ? CollapseMeasurement.Reasons(layers)
                : new Dictionary<string, string> { ["objective"] = NotFinite, ["layers"] = NotFinite },
            Layers = layers.Count > 0
                ? [.. layers.Select(layer => layer.Summary)]
                : [.. Enumerable.Range(1, Initial.Specification.Depth).Select(LayerSummary.NotMeasured)],
        };
    }

    /// <summary>A squared loss can reach only targets that the output activation attains.</summary>
    private void WarnOfTargetsOutOfReach()
    {
        Activation output = Initial.Specification.OutputActivation;
        if (_configuration.Loss != Loss.Squared || _options.Warning is null) return;
        foreach (double target in Data.Targets.AsSpan())
        {
            if (output.Attains(target)) continue;
            _options.Warning(
                $"The target {target} lies outside what the output activation {output.Name} attains, so that the data loss cannot reach 0; identity attains "
                + "every target.");
            return;
        }
    }
}
