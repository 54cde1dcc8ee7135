using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>How hard to search for TCV.</summary>
public sealed record TotalClusterVariationOptions
{
    /// <summary>Defaults for a final measurement.</summary>
    public static TotalClusterVariationOptions Thorough { get; } = new();

    /// <summary>Only the class partition and a descent from it, and the bound from the Gram matrix: for recording while training.</summary>
    public static TotalClusterVariationOptions Fast { get; } = new() { Restarts = 0, HasSharpLowerBound = false };

    /// <summary>Descents from K-means++ seeds; without a class partition there is at least one.</summary>
    public int Restarts { get; init; } = 8;

    /// <summary>The seed of the K-means++ draws.</summary>
    public long Seed { get; init; }

    /// <summary>Whether the lower bound uses singular values where the Gram matrix cannot resolve it.</summary>
    public bool HasSharpLowerBound { get; init; } = true;
}

/// <summary>
/// Definition 3.2: an interval for TCV_K = min WCSS(C) over partitions of the pairs (z_i, y_i) into at most K sets, equation (7).
/// </summary>
/// <remarks>
/// The minimum is NP-hard. The upper end is the best partition found, from the classes and from K-means++ with restarts;
/// the lower end is the spectral bound of Ding and He (2004), less what rounding may have added.
/// </remarks>
public sealed class TotalClusterVariation
{
    private TotalClusterVariation(double lower, double upper, Partition partition, double rootAllowance, double totalVariation)
    {
        Lower = lower;
        Upper = upper;
        Partition = partition;
        TotalVariation = totalVariation;
        double gap = Math.Sqrt(upper) - Math.Sqrt(lower);
        IsCertified = gap <= (Tolerances.IntervalsMeet * Math.Sqrt(upper)) + (2 * rootAllowance);
    }

    /// <summary>A number that TCV is not below.</summary>
    public double Lower { get; }

    /// <summary>The WCSS of <see cref="Partition"/>, which TCV does not exceed.</summary>
    public double Upper { get; }

    /// <summary>The partition that attains <see cref="Upper"/>; the class partition when it is as good as any found.</summary>
    public Partition Partition { get; }

    /// <summary>(1/N)·Σ‖(z_i, y_i) − mean‖², which is TCV_1.</summary>
    public double TotalVariation { get; }

    /// <summary>Whether both ends meet to rounding, so that the partition is known to be optimal.</summary>
    public bool IsCertified { get; }

    /// <summary>Computes the interval.</summary>
    /// <param name="features">Z, n×N, samples as columns; finite.</param>
    /// <param name="targets">Y, K×N; finite.</param>
    /// <param name="clusterCount">K, the most clusters; at least 1.</param>
    /// <param name="classes">The partition into classes, tried first; null when there is none. It is left out when it has more than K classes.</param>
    /// <param name="options">How hard to search; <see cref="TotalClusterVariationOptions.Thorough"/> by default.</param>
    /// <exception cref="ShapeMismatchException">The numbers of samples differ.</exception>
    /// <exception cref="InvalidInputException">K is below 1, there is no sample, or an entry is not finite.</exception>
    public static TotalClusterVariation Compute(
        Matrix features, Matrix targets, int clusterCount, Partition? classes = null, TotalClusterVariationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(targets);
        options ??= TotalClusterVariationOptions.Thorough;
        if (clusterCount < 1) throw new InvalidInputException($"The total cluster variation needs at least 1 cluster, found {clusterCount}.");
        Require.Finite(features, "total cluster variation");
        Require.Finite(targets, "total cluster variation");
        Matrix points = LabelledPoints.Join(features, targets);
        (double lower, double rootAllowance, double total) = SpectralLowerBound.Compute(points, clusterCount, options.HasSharpLowerBound);
        (Partition best, double upper) = Search(points, clusterCount, classes, options);
        return new TotalClusterVariation(Math.Min(lower, upper), upper, best, rootAllowance, total);
    }

    /// <summary>The interval of a lower bound and a partition that were found elsewhere.</summary>
    internal static TotalClusterVariation Of((double Bound, double RootAllowance, double TotalVariation) lower, double upper, Partition partition) =>
        new(Math.Min(lower.Bound, upper), upper, partition, lower.RootAllowance, lower.TotalVariation);

    /// <summary>The centroids of the best partition that is found, K×D; zero for empty clusters.</summary>
    /// <param name="points">N×D, points as rows.</param>
    /// <param name="classes">The partition into classes; K is their number.</param>
    /// <param name="options">How hard to search.</param>
    internal static Matrix BestCentroids(Matrix points, Partition classes, TotalClusterVariationOptions options) =>
        LabelledPoints.Centroids(points, Search(points, classes.ClusterCount, classes, options).Best);

    /// <summary>The upper end alone, as <see cref="TotalClusterVariationOptions.Fast"/> finds it.</summary>
    /// <param name="features">Z, n×N; finite.</param>
    /// <param name="targets">Y, K×N; finite.</param>
    /// <param name="classes">The partition into classes; K is their number.</param>
    internal static double UpperEnd(Matrix features, Matrix targets, Partition classes) =>
        Search(LabelledPoints.Join(features, targets), classes.ClusterCount, classes, TotalClusterVariationOptions.Fast).Value;

    private static (Partition Best, double Value) Search(Matrix points, int clusterCount, Partition? classes, TotalClusterVariationOptions options)
    {
        if (classes is not null && classes.SampleCount != points.Rows)
            throw new ShapeMismatchException($"The class partition has {classes.SampleCount} samples, but the features have {points.Rows}.");
        (Partition Best, double Value)? found = null;
        if (classes is not null && classes.NonEmptyCount <= clusterCount)
        {
            Try(classes);
            if (found is { Value: > 0 }) Try(KMeans.FromPartition(points, Widen(classes, clusterCount)));
        }
        if (points.Rows <= clusterCount) Try(new Partition([.. Enumerable.Range(0, points.Rows)], clusterCount));
        int restarts = found is null ? Math.Max(1, options.Restarts) : options.Restarts;
        for (int i = 0; i < restarts && found is not { Value: 0 }; i++)
            Try(KMeans.FromSeeds(points, clusterCount, new RandomStream(options.Seed, RandomPurpose.Sampling, i)));
        return found!.Value;

        void Try(Partition candidate)
        {
            // What differs by rounding only counts as equal, so that the classes, tried first, win ties.
            double value = WithinClusterSumOfSquares.Of(points, candidate);
            if (found is null || value < found.Value.Value * (1 - 1e-12)) found = (candidate, value);
        }
    }

    /// <summary>The same groups, numbered from 0 without gaps, with room for K.</summary>
    private static Partition Widen(Partition partition, int clusterCount)
    {
        var number = new int[partition.ClusterCount];
        int next = 0;
        for (int k = 0; k < number.Length; k++)
            if (partition.Sizes[k] > 0) number[k] = next++;
        var clusters = new int[partition.SampleCount];
        for (int i = 0; i < clusters.Length; i++) clusters[i] = number[partition.Clusters[i]];
        return new Partition(clusters, clusterCount);
    }
}
