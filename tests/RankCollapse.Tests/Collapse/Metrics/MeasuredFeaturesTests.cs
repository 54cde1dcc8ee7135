using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Collapse.Metrics;

public sealed class MeasuredFeaturesTests
{
    [Fact]
    public void Measure_OfSimplexWithDualWeights_IsZeroThroughout()
    {
        const int Count = 5;
        int[] labels = Labels(40, Count);
        Matrix q = RandomMatrix.HaarOrthogonal(12, Count, new RandomStream(1, RandomPurpose.Sampling));
        Matrix simplex = Product.Multiply(q, Matrix.FromEntries(Count, Count, (k, l) => (k == l ? 1 : 0) - (1.0 / Count)));
        Matrix features = Collapsed(simplex, labels), weights = simplex.Transpose();
        var found = MeasuredFeatures.OfLastHiddenLayer(features, weights, Product.Multiply(weights, features), Classes(labels, Count));
        Assert.Equal(0, found.Of("nc1WithinClassVariability")!.Value, 1e-24);
        Assert.Equal(Count - 1, found.Of("betweenClassRank"));
        Assert.Equal(0, found.Of("nc2NormInequality")!.Value, 1e-14);
        Assert.Equal(0, found.Of("nc2AngleDeviation")!.Value, 1e-14);
        Assert.Equal(0, found.Of("nc2SimplexDeviation")!.Value, 1e-14);
        Assert.Equal(0, found.Of("nc3SelfDualityDeviation")!.Value, 1e-14);
        Assert.Equal(0, found.Of("nc4NearestMeanDisagreement"));
        Assert.True(found.Of("nc2OrthogonalFrameDeviation") > 0.1);
    }

    [Fact]
    public void Measure_OfOrthogonalFrame_IsBothFrameAndCentredSimplex()
    {
        int[] labels = Labels(40, 4);
        Matrix q = RandomMatrix.HaarOrthogonal(9, 4, new RandomStream(2, RandomPurpose.Sampling));
        Matrix features = Collapsed(q, labels);
        var found = MeasuredFeatures.OfLastHiddenLayer(features, q.Transpose(), Product.Multiply(q.Transpose(), features), Classes(labels, 4));
        Assert.Equal(0, found.Of("nc2OrthogonalFrameDeviation")!.Value, 1e-14);
        Assert.Equal(0, found.Of("nc2SimplexDeviation")!.Value, 1e-14);
        Assert.Equal(0, found.Of("nc3UncentredSelfDualityDeviation")!.Value, 1e-14);
        Assert.True(found.Of("nc3SelfDualityDeviation") > 0.1);
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
        var found = MeasuredFeatures.OfLastHiddenLayer(features, Gaussian(3, 5, 1), Gaussian(3, 60, 2), Classes(labels, 3));
        Assert.Equal(expected, found.Of("nc1WithinClassVariability")!.Value, 1e-10 * expected);
        Assert.Equal(2, found.Of("betweenClassRank"));
    }

    [Fact]
    public void NearestMeanDisagreement_CountsSamples()
    {
        Matrix features = Matrix.FromRows([0, 0, 1, 1]);
        Matrix outputs = Matrix.FromRows([1, 0, 0, 0], [0, 1, 1, 1]);
        var found = MeasuredFeatures.OfLastHiddenLayer(features, new Matrix(2, 1), outputs, new Partition([0, 0, 1, 1], 2));
        Assert.Equal(0.25, found.Of("nc4NearestMeanDisagreement"));
        Assert.Null(found.Of("nc3SelfDualityDeviation"));
    }

    [Fact]
    public void Measure_OfEqualMeans_HasNoRatios()
    {
        var found = MeasuredFeatures.OfLastHiddenLayer(new Matrix(3, 4), new Matrix(2, 3), new Matrix(2, 4), new Partition([0, 1, 0, 1], 2));
        Assert.Null(found.Of("nc1WithinClassVariability"));
        Assert.Null(found.Of("nc2NormInequality"));
        Assert.Null(found.Of("nc2AngleDeviation"));
        Assert.Null(found.Of("nc2SimplexDeviation"));
    }

    [Fact]
    public void Measure_OfBadInput_IsRefused()
    {
        Assert.Throws<InvalidInputException>(() =>
            MeasuredFeatures.OfLastHiddenLayer(new Matrix(3, 4), new Matrix(1, 3), new Matrix(1, 4), new Partition([0, 0, 0, 0], 1)));
        Assert.Throws<InvalidInputException>(() =>
            MeasuredFeatures.OfLastHiddenLayer(new Matrix(3, 2), new Matrix(2, 3), new Matrix(2, 2), new Partition([0, 0], 2)));
        Assert.Throws<ShapeMismatchException>(() =>
            MeasuredFeatures.OfLastHiddenLayer(new Matrix(3, 2), new Matrix(2, 4), new Matrix(2, 2), new Partition([0, 1], 2)));
    }
}
