using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Collapse;

/// <summary>Features, targets and partitions for the tests of this folder.</summary>
internal static class Samples
{
    internal static Matrix Gaussian(int rows, int columns, long seed) =>
        RandomMatrix.Gaussian(rows, columns, new RandomStream(seed, RandomPurpose.Sampling));

    internal static int[] Labels(int samples, int classes) => [.. Enumerable.Range(0, samples).Select(i => i % classes)];

    internal static Matrix OneHot(int[] labels, int classes) => Matrix.FromEntries(classes, labels.Length, (k, i) => labels[i] == k ? 1 : 0);

    internal static Matrix Collapsed(Matrix centroids, int[] labels) => Matrix.FromEntries(centroids.Rows, labels.Length, (i, j) => centroids[i, labels[j]]);

    /// <summary>Collapsed features with Gaussian noise of the given size.</summary>
    internal static Matrix Noisy(int rows, int[] labels, int classes, double noise, long seed)
    {
        Matrix collapsed = Collapsed(Gaussian(rows, classes, seed), labels), g = Gaussian(rows, labels.Length, seed + 1);
        return Matrix.FromEntries(rows, labels.Length, (i, j) => collapsed[i, j] + (noise * g[i, j]));
    }

    internal static Partition Classes(int[] labels, int classes) => new(labels, classes);

    internal static Matrix Permute(Matrix a, int[] order) => Matrix.FromEntries(a.Rows, a.Columns, (i, j) => a[i, order[j]]);

    internal static int[] Order(int count, long seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new RandomStream(seed, RandomPurpose.Sampling).Shuffle(order.AsSpan());
        return order;
    }
}
