using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>Whether a layer satisfies DNC1, Definition 3.5: TCV_K = 0 for K the number of classes, attained by the partition into classes.</summary>
/// <remarks>
/// In floating point, 0 means that the within-class variation is a small fraction of the features' own total variation.
/// Labels are left out of that total: they never collapse, and would hide features that are merely small.
/// </remarks>
public sealed record NeuralCollapse1
{
    private NeuralCollapse1(double relativeVariation, bool classesAttainMinimum, double tolerance)
    {
        RelativeVariation = relativeVariation;
        ClassesAttainMinimum = classesAttainMinimum;
        Tolerance = tolerance;
    }

    /// <summary>WCSS of the classes over the total variation of the features; in [0, 1], and 0 for features that do not vary at all.</summary>
    public double RelativeVariation { get; }

    /// <summary>Whether no partition was found that is better than the classes.</summary>
    public bool ClassesAttainMinimum { get; }

    /// <summary>The relative variation that counts as 0.</summary>
    public double Tolerance { get; }

    /// <summary>The verdict.</summary>
    public bool IsSatisfied => RelativeVariation <= Tolerance && ClassesAttainMinimum;

    /// <summary>Gives the verdict.</summary>
    /// <param name="centroids">Centroids of the features by classes.</param>
    /// <param name="variation">The interval for TCV_K of the same features.</param>
    /// <param name="tolerance">In [0, 1); <see cref="Tolerances.Collapsed"/> by default.</param>
    /// <exception cref="InvalidInputException">The tolerance lies outside [0, 1).</exception>
    public static NeuralCollapse1 Judge(ClassCentroids centroids, TotalClusterVariation variation, double tolerance = Tolerances.Collapsed)
    {
        ArgumentNullException.ThrowIfNull(centroids);
        ArgumentNullException.ThrowIfNull(variation);
        Require.RelativeTolerance(tolerance);
        double within = centroids.WithinVariation;
        double total = within + centroids.BetweenVariation;
        double relative = total == 0 ? 0 : within / total;

        // Between partitions that both have collapsed, the smaller rounding error decides nothing.
        bool isTied = variation.Upper >= within * (1 - Tolerances.IntervalsMeet) || within <= tolerance * tolerance * total;
        return new NeuralCollapse1(relative, isTied || variation.Partition.GroupsLike(centroids.Partition), tolerance);
    }
}
