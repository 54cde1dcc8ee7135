using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>measure</c> shows.</summary>
/// <param name="Path">The run's folder.</param>
/// <param name="Run">The run.</param>
/// <param name="Tolerance">For numerical ranks.</param>
/// <param name="ClusterCount">K where it was given.</param>
/// <param name="Layers">The layers.</param>
/// <param name="LastLayer">The last hidden layer, for NC1 to NC4; null where these do not exist.</param>
/// <param name="Reason">Why they do not exist.</param>
internal sealed record MeasuredRun(
    string Path, Run Run, double Tolerance, int? ClusterCount, IReadOnlyList<MeasuredLayer> Layers, MeasuredFeatures? LastLayer, string? Reason)
{
    /// <summary>The classes, with what unconstrained features lose of them.</summary>
    public required ClassOutput Classes { get; init; }

    /// <summary>Section 4's costs and constraints; null where they were not asked for.</summary>
    public RepresentationOutput? Representation { get; init; }

    /// <summary>The partition that was given, at every layer; empty where none was.</summary>
    public IReadOnlyList<PartitionLayer> Partition { get; init; } = [];
}
