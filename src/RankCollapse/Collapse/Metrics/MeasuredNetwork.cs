using RankCollapse.Training;

namespace RankCollapse.Collapse.Metrics;

/// <summary>A whole network in training, of which the metrics of networks are computed.</summary>
/// <param name="State">Where training stands.</param>
/// <param name="Solver">The solver at that point, with network, objective and features.</param>
public sealed record MeasuredNetwork(TrainingState State, Solver Solver);
