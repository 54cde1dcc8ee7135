using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>The pairs (z_i, y_i) of Section 3.1, one a row, so that distances run along memory.</summary>
internal static class LabelledPoints
{
    /// <summary>The N×(n + K) matrix whose row i is (z_i, y_i).</summary>
    internal static Matrix Join(Matrix features, Matrix targets) => Join(features, targets, new double[Length(features, targets)]);

    /// <summary>The same in the given memory, of <see cref="Length"/> numbers or more.</summary>
    internal static Matrix Join(Matrix features, Matrix targets, double[] memory)
    {
        if (features.Columns != targets.Columns)
            throw new ShapeMismatchException($"The features have {features.Columns} samples, but the targets have {targets.Columns}.");
        if (features.Columns == 0) throw new InvalidInputException("Clustering needs at least 1 sample, found none.");
        var points = new Matrix(memory, 0, features.Columns, features.Rows + targets.Rows);
        features.TransposeTo([.. Enumerable.Range(0, features.Rows)], points);
        targets.TransposeTo([.. Enumerable.Range(0, targets.Rows)], points, features.Rows);
        return points;
    }

    /// <summary>N·(n + K).</summary>
    internal static int Length(Matrix features, Matrix targets) => checked(features.Columns * (features.Rows + targets.Rows));

    /// <summary>
    /// The centroid of each cluster, K×D, zero for empty ones. Means are taken of differences to a cluster's first point,
    /// so that clusters of equal points have exactly that point as their centroid.
    /// </summary>
    internal static Matrix Centroids(Matrix points, Partition partition)
    {
        if (points.Rows != partition.SampleCount)
            throw new ShapeMismatchException($"The partition has {partition.SampleCount} samples, but there are {points.Rows} points.");
        var centroids = new Matrix(partition.ClusterCount, points.Columns);
        var first = new int[partition.ClusterCount];
        Array.Fill(first, -1);
        var difference = new double[points.Columns];
        for (int i = 0; i < points.Rows; i++)
        {
            int cluster = partition.Clusters[i];
            if (first[cluster] < 0) first[cluster] = i;
            TensorPrimitives.Subtract(points.Row(i), points.Row(first[cluster]), difference);
            TensorPrimitives.Add(centroids.Row(cluster), difference, centroids.Row(cluster));
        }
        for (int k = 0; k < partition.ClusterCount; k++)
        {
            if (first[k] < 0) continue;
            TensorPrimitives.Divide(centroids.Row(k), partition.Sizes[k], centroids.Row(k));
            TensorPrimitives.Add(centroids.Row(k), points.Row(first[k]), centroids.Row(k));
        }
        return centroids;
    }

    /// <summary>(1/N)·Σ‖p_i − c_{k(i)}‖², from differences, never from ‖p‖² + ‖c‖² − 2⟨p, c⟩.</summary>
    internal static double MeanSquaredDistance(Matrix points, Matrix centroids, ReadOnlySpan<int> clusters)
    {
        double sum = 0;
        for (int i = 0; i < points.Rows; i++) sum += SquaredDistance(points.Row(i), centroids.Row(clusters[i]));
        return sum / points.Rows;
    }

    /// <summary>‖p − c‖² from the difference.</summary>
    internal static double SquaredDistance(ReadOnlySpan<double> p, ReadOnlySpan<double> c)
    {
        if (p.IsEmpty) return 0;
        double distance = Reduction.Distance(p, c);
        return distance * distance;
    }
}
