using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse.Metrics;

/// <summary>What to measure, and how hard.</summary>
public sealed record MeasurementOptions
{
    /// <summary>K for the clusters; null takes the number of classes. Data without classes are clustered only when it is given.</summary>
    public int? ClusterCount { get; init; }

    /// <summary>Singular values above this part of the largest count for numerical ranks; in [0, 1).</summary>
    public double RankTolerance { get; init; } = Tolerances.NumericalRank;

    /// <summary>How hard to search for TCV.</summary>
    public TotalClusterVariationOptions TotalClusterVariation { get; init; } = TotalClusterVariationOptions.Thorough;

    /// <summary>Whether norms are taken of the singular values, which are known then; otherwise of the entries, which needs no decomposition.</summary>
    internal bool TakesNormsOfSpectra { get; init; } = true;

    /// <summary>For recording while training.</summary>
    internal static MeasurementOptions Recording { get; } = new() { TotalClusterVariation = TotalClusterVariationOptions.Fast, TakesNormsOfSpectra = false };
}
