using System.Numerics.Tensors;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Certificates;

/// <summary>
/// A number that M_{l,j}(Θ, C) is not below, up to the error of differences: the largest ‖D²∇_{W_l}ℓ[u, u]‖ found at sampled points and directions.
/// </summary>
internal static class CurvatureSample
{
    /// <summary>Samples for all l > j at once, at index l.</summary>
    /// <param name="tail">f_j.</param>
    /// <param name="features">Z^j.</param>
    /// <param name="targets">Y.</param>
    /// <param name="partition">C: points lie between a sample and its centroid, directions along it or at random.</param>
    /// <param name="depth">L.</param>
    /// <param name="count">How many points.</param>
    /// <param name="stream">Where they come from.</param>
    internal static double[] Compute(NetworkTail tail, Matrix features, Matrix targets, Partition partition, int depth, int count, RandomStream stream)
    {
        var result = new double[depth + 1];
        Matrix centroids = ClassCentroids.Compute(features, partition).Centroids, labels = ClassCentroids.Compute(targets, partition).Centroids;
        int n = features.Rows, classes = targets.Rows;
        for (int trial = 0; trial < count; trial++)
        {
            int sample = stream.NextInteger(features.Columns), cluster = partition.Clusters[sample];
            double share = stream.NextUniform(), length = 0;
            double[] point = new double[n + classes], direction = new double[n + classes];
            for (int i = 0; i < n + classes; i++)
            {
                double centre = i < n ? centroids[i, cluster] : labels[i - n, cluster];
                double offset = (i < n ? features[i, sample] : targets[i - n, sample]) - centre;
                point[i] = centre + (share * offset);
                direction[i] = trial % 2 == 0 ? offset : stream.NextGaussian();
                length += direction[i] * direction[i];
            }
            if (length == 0) continue;
            TensorPrimitives.Divide(direction, Math.Sqrt(length), direction);
            double step = 1e-3 * Math.Max(1e-3, Reduction.Norm(point.AsSpan(0, n)));
            var z = new Matrix(n, 3);
            var y = new Matrix(classes, 3);
            for (int i = 0; i < n + classes; i++)
                for (int c = 0; c < 3; c++)
                {
                    double value = point[i] + ((c - 1) * step * direction[i]);
                    if (i < n) z[i, c] = value;
                    else y[i - n, c] = value;
                }
            TailPass pass = tail.Evaluate(z, y);
            for (int l = tail.Start + 1; l <= depth; l++)
            {
                Matrix difference = pass.Gradient(l, [1, -2, 1]);
                result[l] = Math.Max(result[l], Frobenius.Norm(difference) / (step * step));
            }
        }
        return result;
    }
}
