using System.Diagnostics;
using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Experiments;

/// <summary>A training whose collapse is watched record by record, and which ends at a stationary point whose every layer has collapsed.</summary>
/// <remarks>
/// The relative gradient norm alone does not tell when to stop: directions of Z¹ whose amplitude tends to 0 have a gradient that does too. So the tolerance
/// must hold, and TCV and ranks must have arrived, or the epochs are used up.
/// </remarks>
internal static class CollapseTraining
{
    /// <summary>A layer whose TCV is at most this has collapsed.</summary>
    public const double CollapsedBelow = 1e-12;

    /// <summary>Trains in memory.</summary>
    /// <param name="configuration">The settings; the gradient's tolerance is one of the two conditions of the end.</param>
    /// <param name="watch">Called at every record with the mean TCV of the hidden layers and the features Z^0 … Z^L, which the next epoch overwrites; may be null.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static CellResult Train(RunConfiguration configuration, Action<TrainingState, double, IReadOnlyList<Matrix>>? watch, CancellationToken cancellation)
    {
        configuration.Validate();
        using var threads = new ThreadScope(configuration.Threads);
        DataSet data = DataSource.Load(configuration.ToDataRequest());
        NetworkSpecification specification = configuration.ToSpecification(data.InputDimension, data.OutputDimension);
        var network = new Network(specification);
        Initialization.Initialize(network, Initialization.Parse(configuration.Init), configuration.Seed);
        Solver solver = SolverFactory.Create(configuration, new Objective(specification, data, configuration.ToObjectiveSettings()), network);
        var options = new TrainingOptions { MaxEpochs = configuration.MaxEpochs, GradientTolerance = 0, RecordEvery = configuration.RecordEvery ?? 1, RecordsEarly = true };

        var log = new CollapseLog(specification.Depth);
        using var arrived = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var partition = new Partition(data.Labels, data.OutputDimension);
        var recording = new Stopwatch();
        bool isEnough = false;
        using var trainer = new Trainer(solver, options, new TrainingObserver
        {
            Record = state =>
            {
                double seconds = state.Seconds - recording.Elapsed.TotalSeconds;
                recording.Start();
                if (!log.Repeats(state, seconds)) log.Add(state, seconds, solver.Objective.Features, data.Targets, partition);
                watch?.Invoke(state, log.LastMeanTcv, solver.Objective.Features);
                recording.Stop();
                if (state.Gradient.Relative > configuration.GradientTolerance || !log.HasCollapsed(CollapsedBelow, data.OutputDimension)) return;
                isEnough = true;
                arrived.Cancel();
            },
        });
        TrainingResult result = trainer.Run(arrived.Token);
        if (!isEnough) cancellation.ThrowIfCancellationRequested();
        return log.AddTo(new CellResult()).WithSummary(isEnough ? RunStatus.Converged : result.Status, result.Final);
    }
}
