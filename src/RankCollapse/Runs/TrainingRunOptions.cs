using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <summary>What a caller may ask of a training run, and wants to hear from it; all may be left out.</summary>
public sealed record TrainingRunOptions
{
    /// <summary>Replaces an earlier run in the folder.</summary>
    public bool Force { get; init; }

    /// <summary>Called once, before the first epoch.</summary>
    public Action<TrainingRunStart>? Started { get; init; }

    /// <summary>Called after every epoch; must be quick.</summary>
    public Action<TrainingState>? Progress { get; init; }

    /// <summary>Called at every record, after it was made.</summary>
    public Action<TrainingRecord>? Recorded { get; init; }

    /// <summary>Called after every epoch with Z^0 … Z^L, samples as columns, which the next epoch overwrites.</summary>
    public Action<TrainingState, IReadOnlyList<Matrix>>? Stepped { get; init; }

    /// <summary>
    /// Called before the first epoch and after every one with the solver, which is to be left as it is; training waits for it, and that time does not count as
    /// training's.
    /// </summary>
    public Action<TrainingState, Solver>? Watched { get; init; }

    /// <summary>
    /// The network to start from, for the shape and the data of the settings; null draws its weights as the settings say. It must have that shape.
    /// </summary>
    public Func<NetworkSpecification, DataSet, Network>? Initial { get; init; }

    /// <summary>Called with a sentence about what is odd but does not stop the run.</summary>
    public Action<string>? Warning { get; init; }
}

/// <summary>What is about to be trained.</summary>
/// <param name="Configuration">Every setting, resolved.</param>
/// <param name="DataSet">The data.</param>
/// <param name="Specification">The network's shape.</param>
/// <param name="Epoch">Epochs done before; 0 unless the run is resumed.</param>
public sealed record TrainingRunStart(RunConfiguration Configuration, DataSet DataSet, NetworkSpecification Specification, long Epoch);

/// <summary>A record while training.</summary>
/// <param name="State">Where training stands.</param>
/// <param name="Layers">What was measured in the layers.</param>
/// <param name="Features">Z^0 … Z^L, samples as columns; the next epoch overwrites them.</param>
public readonly record struct TrainingRecord(TrainingState State, IReadOnlyList<LayerMetric> Layers, IReadOnlyList<Matrix> Features);

/// <summary>What a training run came to.</summary>
public sealed record TrainingRunResult
{
    /// <summary>The run.</summary>
    public required Run Run { get; init; }

    /// <summary>Whether layers could be measured at the end; not where features are not finite.</summary>
    public required bool IsMeasured { get; init; }

    /// <summary>The run's folder; null for a run that is kept in memory.</summary>
    public required RunFolder? Folder { get; init; }

    /// <summary>What was missing and what to do about it, in one line; null when the tolerance was reached.</summary>
    public Advice? Advice { get; init; }

    /// <summary>Whether a run that was to be resumed had already ended, so that nothing was done.</summary>
    public bool HadEnded { get; init; }
}
