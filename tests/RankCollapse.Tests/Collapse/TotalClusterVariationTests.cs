using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Collapse;

public sealed class TotalClusterVariationTests
{
    private const int MostClasses = 3;
    private const int Iterations = 150;

    /// <summary>A few points with classes, as features and targets, and a number of clusters.</summary>
    private static readonly Gen<(Matrix Features, int[] Labels, int Clusters)> FewPoints =
        from rows in Gen.Int[1, 4]
        from points in Gen.Double[-3, 3].Array[rows].Array[1, 9]
        from labels in Gen.Int[0, MostClasses - 1].Array[points.Length]
        from clusters in Gen.Int[1, 4]
        select (Matrix.FromEntries(rows, points.Length, (i, j) => points[j][i]), labels, clusters);

    /// <summary>Points with classes, a vector to reflect at, a shift, and another order.</summary>
    private static readonly Gen<(Matrix Features, int[] Labels, Matrix Moved, int[] Order)> MovedPoints =
        from rows in Gen.Int[1, 12]
        from points in Gen.Double[-3, 3].Array[rows].Array[2, 30]
        from labels in Gen.Int[0, MostClasses - 1].Array[points.Length]
        from mirror in Gen.Double[-1, 1].Array[rows].Where(v => v.Any(entry => Math.Abs(entry) > 0.1))
        from shift in Gen.Double[-10, 10]
        from keys in Gen.Double[0, 1].Array[points.Length]
        let order = Enumerable.Range(0, points.Length).OrderBy(i => keys[i]).ToArray()
        let reflected = points.Select(point => Reflect(point, mirror)).ToArray()
        select (
            Matrix.FromEntries(rows, points.Length, (i, j) => points[j][i]), labels,
            Matrix.FromEntries(rows, points.Length, (i, j) => reflected[order[j]][i] + shift), order);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lower_IsNotAboveTheExhaustiveOptimum(bool isThorough) => FewPoints.Sample(
        (features, labels, clusters) =>
            Assert.InRange(Found(features, labels, clusters, isThorough).Lower * (1 - 1e-13), 0, Optimum(features, labels, clusters)),
        iter: Iterations);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Upper_IsNotBelowTheExhaustiveOptimum(bool isThorough) => FewPoints.Sample(
        (features, labels, clusters) =>
            Assert.True(Optimum(features, labels, clusters) <= (Found(features, labels, clusters, isThorough).Upper * (1 + 1e-13)) + 1e-30),
        iter: Iterations);

    [Fact]
    public void Upper_IsTheSumOfSquaresOfThePartition() => FewPoints.Sample(
        (features, labels, clusters) =>
        {
            TotalClusterVariation found = Found(features, labels, clusters, isThorough: true);
            Assert.Equal(found.Upper, WithinClusterSumOfSquares.Of(features, OneHot(labels, MostClasses), found.Partition), 1e-15);
        },
        iter: Iterations);

    [Fact]
    public void Partition_HasAtMostKSets() => FewPoints.Sample(
        (features, labels, clusters) => Assert.InRange(Found(features, labels, clusters, isThorough: true).Partition.NonEmptyCount, 1, clusters),
        iter: Iterations);

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
        TotalClusterVariationOptions[] searches = [TotalClusterVariationOptions.Thorough, TotalClusterVariationOptions.Fast];
        foreach (TotalClusterVariationOptions options in searches)
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
    public void Lower_IsInvariantUnderReflectionShiftAndOrder() => MovedPoints.Sample(
        (features, labels, moved, order) =>
        {
            TotalClusterVariation before = Found(features, labels, MostClasses, isThorough: false);
            TotalClusterVariation after = Found(moved, [.. order.Select(i => labels[i])], MostClasses, isThorough: false);
            Assert.Equal(before.Lower, after.Lower, 1e-10 * before.TotalVariation);
        },
        iter: Iterations);

    [Fact]
    public void WcssOfClasses_IsInvariantUnderReflectionShiftAndOrder() => MovedPoints.Sample(
        (features, labels, moved, order) =>
        {
            double before = Wcss(features, labels), after = Wcss(moved, [.. order.Select(i => labels[i])]);
            Assert.Equal(before, after, 1e-11 * (before + 1));
        },
        iter: Iterations);

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

    private static TotalClusterVariation Found(Matrix features, int[] labels, int clusters, bool isThorough) => TotalClusterVariation.Compute(
        features, OneHot(labels, MostClasses), clusters, Classes(labels, MostClasses),
        isThorough ? TotalClusterVariationOptions.Thorough : TotalClusterVariationOptions.Fast);

    private static double Optimum(Matrix features, int[] labels, int clusters) => Exhaustive(features, OneHot(labels, MostClasses), clusters);

    private static double Wcss(Matrix features, int[] labels) =>
        WithinClusterSumOfSquares.Of(features, OneHot(labels, MostClasses), Classes(labels, MostClasses));

    /// <summary>p − 2⟨p, v⟩/⟨v, v⟩·v.</summary>
    private static double[] Reflect(double[] point, double[] mirror)
    {
        double inner = point.Zip(mirror, (p, v) => p * v).Sum(), size = mirror.Sum(v => v * v);
        return [.. point.Zip(mirror, (p, v) => p - (2 * inner / size * v))];
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
