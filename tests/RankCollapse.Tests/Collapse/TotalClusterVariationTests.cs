using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Collapse;

public sealed class TotalClusterVariationTests
{
    [Fact]
    public void Interval_OfRandomPoints_HoldsTheExhaustiveOptimum() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[0, 10000]).Sample(
            (samples, rows, clusters, classes, seed) =>
            {
                Matrix features = Gaussian(rows, samples, seed);
                int[] labels = Labels(samples, classes);
                Matrix targets = OneHot(labels, classes);
                double optimum = Exhaustive(features, targets, clusters);
                foreach (
                    TotalClusterVariationOptions options in (TotalClusterVariationOptions[])[
                    TotalClusterVariationOptions.Thorough, TotalClusterVariationOptions.Fast])
                {
                    var found = TotalClusterVariation.Compute(features, targets, clusters, Classes(labels, classes), options);
                    Assert.InRange(optimum, found.Lower * (1 - 1e-13), (found.Upper * (1 + 1e-13)) + 1e-30);
                    Assert.Equal(found.Upper, WithinClusterSumOfSquares.Of(features, targets, found.Partition), 1e-15);
                    Assert.True(found.Partition.NonEmptyCount <= clusters);
                }
            },
            iter: 150,
            threads: 1);

    [Theory]
    [InlineData(12, 3, 5)]
    [InlineData(12, 2, 30)]
    [InlineData(10, 5, 2)]
    public void Interval_OfTwelvePoints_HoldsTheExhaustiveOptimumAndTheSearchFindsIt(int samples, int clusters, int rows)
    {
        Matrix features = Gaussian(rows, samples, samples), targets = new(1, samples);
        double optimum = Exhaustive(features, targets, clusters);
        var found = TotalClusterVariation.Compute(features, targets, clusters, null, new TotalClusterVariationOptions { Restarts = 20 });
        Assert.True(found.Lower <= optimum);
        Assert.Equal(optimum, found.Upper, 1e-12 * optimum);
    }

    [Theory]
    [InlineData(200, 200, 10, 1)]
    [InlineData(30, 200, 10, 1)]
    [InlineData(200, 200, 10, 1e6)]
    [InlineData(3, 17, 4, 1)]
    public void Interval_OfCollapsedFeatures_IsZeroAndCertified(int rows, int samples, int classes, double scale)
    {
        int[] labels = Labels(samples, classes);
        Matrix centroids = Gaussian(rows, classes, 1);
        Matrix features = Collapsed(Matrix.FromEntries(rows, classes, (i, j) => scale * centroids[i, j]), labels);
        foreach (
            TotalClusterVariationOptions options in (TotalClusterVariationOptions[])[TotalClusterVariationOptions.Thorough, TotalClusterVariationOptions.Fast])
        {
            var found = TotalClusterVariation.Compute(features, OneHot(labels, classes), classes, Classes(labels, classes), options);
            Assert.InRange(found.Upper, 0, 1e-24);
            Assert.InRange(found.Lower, 0, 1e-24);
            Assert.True(found.IsCertified);
            Assert.True(found.Partition.GroupsLike(Classes(labels, classes)));
        }
    }

    [Fact]
    public void Upper_OfCollapsedFeaturesWithoutClasses_IsFoundByTheSearch()
    {
        int[] labels = Labels(60, 5);
        var found = TotalClusterVariation.Compute(Collapsed(Gaussian(8, 5, 1), labels), new Matrix(1, 60), 5);
        Assert.InRange(found.Upper, 0, 1e-24);
        Assert.True(found.Partition.GroupsLike(Classes(labels, 5)));
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-6)]
    [InlineData(1e-9)]
    public void Lower_OfNearlyCollapsedFeatures_ResolvesTheNoise(double noise)
    {
        int[] labels = Labels(100, 5);
        var found = TotalClusterVariation.Compute(Noisy(20, labels, 5, noise, 3), OneHot(labels, 5), 5, Classes(labels, 5));
        Assert.InRange(found.Lower, 0.5 * found.Upper, found.Upper);
        Assert.False(found.IsCertified);
    }

    [Fact]
    public void Interval_WithOneCluster_IsTheTotalVariation()
    {
        Matrix features = Gaussian(6, 40, 2), targets = new(2, 40);
        var found = TotalClusterVariation.Compute(features, targets, 1);
        Assert.Equal(found.TotalVariation, found.Upper, 1e-13 * found.Upper);
        Assert.Equal(found.Upper, found.Lower, 1e-11 * found.Upper);
        Assert.True(found.IsCertified);
    }

    [Fact]
    public void Interval_OfAsManyClustersAsSamples_IsZero()
    {
        var found = TotalClusterVariation.Compute(Gaussian(6, 5, 2), new Matrix(1, 5), 5);
        Assert.Equal((0, 0, true), (found.Lower, found.Upper, found.IsCertified));
    }

    [Fact]
    public void Interval_IsInvariantUnderRotationShiftAndOrder() =>
        Gen.Select(Gen.Int[2, 30], Gen.Int[1, 12], Gen.Int[2, 4], Gen.Int[0, 10000]).Sample(
            (samples, rows, classes, seed) =>
            {
                int[] labels = Labels(samples, classes);
                Matrix features = Noisy(rows, labels, classes, 0.1, seed), targets = OneHot(labels, classes);
                var before = TotalClusterVariation.Compute(features, targets, classes, Classes(labels, classes), TotalClusterVariationOptions.Fast);
                Matrix rotation = RandomMatrix.HaarOrthogonal(rows, rows, new RandomStream(seed, RandomPurpose.Initialization));
                int[] order = Order(samples, seed);
                Matrix moved = Permute(Product.Multiply(rotation, features), order);
                moved = Matrix.FromEntries(rows, samples, (i, j) => moved[i, j] + i);
                int[] movedLabels = [.. order.Select(i => labels[i])];
                var after =
                    TotalClusterVariation.Compute(moved, Permute(targets, order), classes, Classes(movedLabels, classes), TotalClusterVariationOptions.Fast);
                double tolerance = 1e-11 * before.TotalVariation;
                Assert.Equal(before.Lower, after.Lower, tolerance);
                Assert.Equal(
                    WithinClusterSumOfSquares.Of(features, targets, Classes(labels, classes)),
                    WithinClusterSumOfSquares.Of(moved, Permute(targets, order), Classes(movedLabels, classes)),
                    tolerance);
            },
            iter: 100,
            threads: 1);

    [Fact]
    public void WcssOfClasses_ScalesWithTheSquareAndIgnoresLabels()
    {
        int[] labels = Labels(30, 3);
        Matrix features = Noisy(7, labels, 3, 0.5, 4);
        Matrix scaled = Matrix.FromEntries(7, 30, (i, j) => 3 * features[i, j]);
        double value = WithinClusterSumOfSquares.Of(features, OneHot(labels, 3), Classes(labels, 3));
        Assert.Equal(9 * value, WithinClusterSumOfSquares.Of(scaled, OneHot(labels, 3), Classes(labels, 3)), 1e-12 * value);
        Assert.Equal(value, WithinClusterSumOfSquares.Of(features, new Matrix(1, 30), Classes(labels, 3)), 1e-14 * value);
        Assert.Equal(value, ClassCentroids.Compute(features, Classes(labels, 3)).WithinVariation, 1e-14 * value);
    }

    [Fact]
    public void Wcss_CountsLabelsOfMixedClusters()
    {
        // Two equal features with different one-hot labels in one cluster: each is √½ from the mean label.
        Assert.Equal(0.5, WithinClusterSumOfSquares.Of(new Matrix(3, 2), Matrix.Identity(2), new Partition([0, 0], 1)), 1e-15);
    }

    [Fact]
    public void Upper_NeverExceedsTheClasses()
    {
        int[] labels = Labels(60, 6);
        Matrix features = Gaussian(4, 60, 5), targets = OneHot(labels, 6);
        double classes = WithinClusterSumOfSquares.Of(features, targets, Classes(labels, 6));
        var fast = TotalClusterVariation.Compute(features, targets, 6, Classes(labels, 6), TotalClusterVariationOptions.Fast);
        var thorough = TotalClusterVariation.Compute(features, targets, 6, Classes(labels, 6));
        Assert.True(thorough.Upper <= fast.Upper && fast.Upper < classes);
        Assert.True(thorough.Lower <= thorough.Upper);
    }

    [Fact]
    public void Compute_RepeatsForEqualSeeds()
    {
        Matrix features = Gaussian(10, 80, 5), targets = new(1, 80);
        var first = TotalClusterVariation.Compute(features, targets, 7);
        var second = TotalClusterVariation.Compute(features, targets, 7);
        Assert.Equal((first.Lower, first.Upper), (second.Lower, second.Upper));
        Assert.Equal(first.Partition.Clusters.ToArray(), second.Partition.Clusters.ToArray());
    }

    [Fact]
    public void Compute_OfBadInput_IsRefused()
    {
        Assert.Throws<InvalidInputException>(() => TotalClusterVariation.Compute(Matrix.FromRows([1, double.NaN]), new Matrix(1, 2), 1));
        Assert.Throws<InvalidInputException>(() => TotalClusterVariation.Compute(new Matrix(1, 2), new Matrix(1, 2), 0));
        Assert.Throws<ShapeMismatchException>(() => TotalClusterVariation.Compute(new Matrix(1, 2), new Matrix(1, 3), 1));
        Assert.Throws<ShapeMismatchException>(() => TotalClusterVariation.Compute(new Matrix(1, 2), new Matrix(1, 2), 1, new Partition([0], 1)));
    }

    /// <summary>TCV by trying every partition, with WCSS from pairwise distances: Σ_k (1/2N_k)·Σ_{i,j∈C_k} ‖p_i − p_j‖².</summary>
    private static double Exhaustive(Matrix features, Matrix targets, int clusterCount)
    {
        int samples = features.Columns;
        var squared = new double[samples, samples];
        for (int i = 0; i < samples; i++)
            for (int j = 0; j < samples; j++)
            {
                for (int row = 0; row < features.Rows; row++) squared[i, j] += Math.Pow(features[row, i] - features[row, j], 2);
                for (int row = 0; row < targets.Rows; row++) squared[i, j] += Math.Pow(targets[row, i] - targets[row, j], 2);
            }
        var clusters = new int[samples];
        double best = double.PositiveInfinity;
        Try(0, 0);
        return best / samples;

        void Try(int sample, int used)
        {
            if (sample == samples)
            {
                double total = 0;
                for (int k = 0; k < used; k++)
                {
                    double sum = 0;
                    int size = 0;
                    for (int i = 0; i < samples; i++)
                    {
                        if (clusters[i] != k) continue;
                        size++;
                        for (int j = 0; j < i; j++)
                            if (clusters[j] == k) sum += squared[i, j];
                    }
                    total += sum / size;
                }
                best = Math.Min(best, total);
                return;
            }
            for (int k = 0; k < Math.Min(used + 1, clusterCount); k++)
            {
                clusters[sample] = k;
                Try(sample + 1, Math.Max(used, k + 1));
            }
        }
    }
}
