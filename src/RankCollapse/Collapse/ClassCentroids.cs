using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>The centroids z̄_k = (1/N_k)·Σ_{i∈C_k} z_i of features, and what is left of the features without them.</summary>
public sealed class ClassCentroids
{
    private ClassCentroids(Partition partition, Matrix centroids, Matrix deviations, double[] globalMean)
    {
        Partition = partition;
        Centroids = centroids;
        Deviations = deviations;
        GlobalMean = globalMean;
    }

    /// <summary>The clusters.</summary>
    public Partition Partition { get; }

    /// <summary>z̄_1 … z̄_K as columns, n×K; zero for empty clusters.</summary>
    public Matrix Centroids { get; }

    /// <summary>z_i − z̄_{k(i)} as columns, n×N; exactly 0 where the points of a cluster are equal.</summary>
    public Matrix Deviations { get; }

    /// <summary>The mean of all z_i, length n.</summary>
    public double[] GlobalMean { get; }

    /// <summary>(1/N)·Σ‖z_i − z̄_{k(i)}‖², the within-class variation of the features alone.</summary>
    public double WithinVariation => Deviations.Length == 0 ? 0 : Reduction.SumOfSquares(Deviations.AsSpan()) / Deviations.Columns;

    /// <summary>(1/N)·Σ_k N_k‖z̄_k − z̄‖², the between-class variation of the features alone.</summary>
    public double BetweenVariation
    {
        get
        {
            double sum = 0;
            for (int k = 0; k < Centroids.Columns; k++) sum += Partition.Sizes[k] * LabelledPoints.SquaredDistance(Centroids.Column(k), GlobalMean);
            return sum / Partition.SampleCount;
        }
    }

    /// <summary>Computes centroids and deviations.</summary>
    /// <param name="features">Z, n×N, samples as columns.</param>
    /// <param name="partition">The clusters of the N samples.</param>
    /// <exception cref="ShapeMismatchException">The numbers of samples differ.</exception>
    public static ClassCentroids Compute(Matrix features, Partition partition)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(partition);
        Matrix points = features.Transpose();
        Matrix centroids = LabelledPoints.Centroids(points, partition);
        Matrix mean = LabelledPoints.Centroids(points, new Partition(new int[points.Rows], 1));
        for (int i = 0; i < points.Rows; i++)
            TensorPrimitives.Subtract(points.Row(i), centroids.Row(partition.Clusters[i]), points.Row(i));
        return new ClassCentroids(partition, centroids.Transpose(), points.Transpose(), mean.AsSpan().ToArray());
    }
}
