using System.Buffers;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>WCSS(C) = (1/N)·Σ_k Σ_{i∈C_k} ‖(z_i, y_i) − (z̄_k, ȳ_k)‖², equation (6).</summary>
/// <remarks>Labels are part of the distance; for the partition into classes their part is 0.</remarks>
public static class WithinClusterSumOfSquares
{
    /// <summary>The within-cluster sum of squares of a partition.</summary>
    /// <param name="features">Z, n×N, samples as columns.</param>
    /// <param name="targets">Y, K×N.</param>
    /// <param name="partition">The clusters of the N samples; empty ones add nothing.</param>
    /// <returns>The value, at least 0; exactly 0 when the pairs of each cluster are equal; NaN for features with NaN.</returns>
    /// <exception cref="ShapeMismatchException">The numbers of samples differ.</exception>
    public static double Of(Matrix features, Matrix targets, Partition partition)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(partition);
        double[] memory = ArrayPool<double>.Shared.Rent(LabelledPoints.Length(features, targets));
        double value = Of(LabelledPoints.Join(features, targets, memory), partition);
        ArrayPool<double>.Shared.Return(memory);
        return value;
    }

    internal static double Of(Matrix points, Partition partition) =>
        LabelledPoints.MeanSquaredDistance(points, LabelledPoints.Centroids(points, partition), partition.Clusters);
}
