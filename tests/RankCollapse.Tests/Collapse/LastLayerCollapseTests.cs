using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Collapse;

public sealed class LastLayerCollapseTests
{
    [Fact]
    public void Measure_OfSimplexWithDualWeights_IsZeroThroughout()
    {
        const int Count = 5;
        int[] labels = Labels(40, Count);
        Matrix q = RandomMatrix.HaarOrthogonal(12, Count, new RandomStream(1, RandomPurpose.Sampling));
        Matrix simplex = Product.Multiply(q, Matrix.FromEntries(Count, Count, (k, l) => (k == l ? 1 : 0) - (1.0 / Count)));
        Matrix features = Collapsed(simplex, labels), weights = simplex.Transpose();
        var found = LastLayerCollapse.Measure(features, weights, Product.Multiply(weights, features), Classes(labels, Count));
        Assert.Equal(0, found.WithinClassVariability!.Value, 1e-24);
        Assert.Equal(Count - 1, found.BetweenClassRank);
        Assert.Equal(0, found.NormInequality!.Value, 1e-14);
        Assert.Equal(0, found.AngleDeviation!.Value, 1e-14);
        Assert.Equal(0, found.SimplexDeviation!.Value, 1e-14);
        Assert.Equal(0, found.SelfDualityDeviation!.Value, 1e-14);
        Assert.Equal(0, found.NearestMeanDisagreement);
        Assert.True(found.OrthogonalFrameDeviation > 0.1);
    }

    [Fact]
    public void Measure_OfOrthogonalFrame_IsBothFrameAndCentredSimplex()
    {
        int[] labels = Labels(40, 4);
        Matrix q = RandomMatrix.HaarOrthogonal(9, 4, new RandomStream(2, RandomPurpose.Sampling));
        Matrix features = Collapsed(q, labels);
        var found = LastLayerCollapse.Measure(features, q.Transpose(), Product.Multiply(q.Transpose(), features), Classes(labels, 4));
        Assert.Equal(0, found.OrthogonalFrameDeviation!.Value, 1e-14);
        Assert.Equal(0, found.SimplexDeviation!.Value, 1e-14);
        Assert.Equal(0, found.UncentredSelfDualityDeviation!.Value, 1e-14);
        Assert.True(found.SelfDualityDeviation > 0.1);
    }

    [Fact]
    public void WithinClassVariability_EqualsTheTraceWithThePseudoInverse()
    {
        int[] labels = Labels(60, 3);
        Matrix features = Noisy(5, labels, 3, 0.3, 4);
        var centroids = ClassCentroids.Compute(features, Classes(labels, 3));
        Matrix within = Product.MultiplyTransposedRight(centroids.Deviations, centroids.Deviations);
        var between = new Matrix(5, 5);
        for (int k = 0; k < 3; k++)
            for (int i = 0; i < 5; i++)
                for (int j = 0; j < 5; j++)
                    between[i, j] += (centroids.Centroids[i, k] - centroids.GlobalMean[i]) * (centroids.Centroids[j, k] - centroids.GlobalMean[j]) / 3;
        Matrix product = Product.Multiply(within, PseudoInverse.Compute(between, 1e-10).Inverse);
        double expected = Enumerable.Range(0, 5).Sum(i => product[i, i]) / 60 / 3;
        var found = LastLayerCollapse.Measure(features, Gaussian(3, 5, 1), Gaussian(3, 60, 2), Classes(labels, 3));
        Assert.Equal(expected, found.WithinClassVariability!.Value, 1e-10 * expected);
        Assert.Equal(2, found.BetweenClassRank);
    }

    [Fact]
    public void NearestMeanDisagreement_CountsSamples()
    {
        Matrix features = Matrix.FromRows([0, 0, 1, 1]);
        Matrix outputs = Matrix.FromRows([1, 0, 0, 0], [0, 1, 1, 1]);
        var found = LastLayerCollapse.Measure(features, new Matrix(2, 1), outputs, new Partition([0, 0, 1, 1], 2));
        Assert.Equal(0.25, found.NearestMeanDisagreement);
        Assert.Null(found.SelfDualityDeviation);
    }

    [Fact]
    public void Measure_OfEqualMeans_HasNoRatios()
    {
        var found = LastLayerCollapse.Measure(new Matrix(3, 4), new Matrix(2, 3), new Matrix(2, 4), new Partition([0, 1, 0, 1], 2));
        Assert.Null(found.WithinClassVariability);
        Assert.Null(found.NormInequality);
        Assert.Null(found.AngleDeviation);
        Assert.Null(found.SimplexDeviation);
    }

    [Fact]
    public void Measure_OfBadInput_IsRefused()
    {
        Assert.Throws<InvalidInputException>(() => LastLayerCollapse.Measure(new Matrix(3, 4), new Matrix(1, 3), new Matrix(1, 4), new Partition([0, 0, 0, 0], 1)));
        Assert.Throws<InvalidInputException>(() => LastLayerCollapse.Measure(new Matrix(3, 2), new Matrix(2, 3), new Matrix(2, 2), new Partition([0, 0], 2)));
        Assert.Throws<ShapeMismatchException>(() => LastLayerCollapse.Measure(new Matrix(3, 2), new Matrix(2, 4), new Matrix(2, 2), new Partition([0, 1], 2)));
    }
}
