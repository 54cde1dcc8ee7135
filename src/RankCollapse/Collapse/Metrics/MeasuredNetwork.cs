using RankCollapse.Training;

namespace RankCollapse.Collapse.Metrics;

/// <summary>A whole network in training, of which the metrics of networks are computed.</summary>
/// <param name="State">Where training stands.</param>
/// <param name="Solver">The solver at that point, with network, objective and features.</param>
public sealed record MeasuredNetwork(TrainingState State, Solver Solver)
{
    /// <summary>What it does on test data; null without them.</summary>
    public TestMeasurement? Test { get; init; }

    /// <summary>
    /// The first recorded epoch from which on all training samples are classified correctly; null where the last record has errors, or is not known.
    /// </summary>
    public long? InterpolationEpoch { get; init; }
}
