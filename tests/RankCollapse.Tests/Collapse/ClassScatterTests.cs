using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Collapse;

public sealed class ClassScatterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(200)]
    public void MeansAndScatter_InBatches_EqualTwoPasses(int batchSize)
    {
        int[] labels = Samples.Labels(200, 5);
        Matrix features = Samples.Noisy(12, labels, 5, noise: 0.3, seed: 1);
        ClassScatter scatter = Accumulate(features, labels, 5, batchSize);
        var expected = ClassCentroids.Compute(features, Samples.Classes(labels, 5));
        Matrix twoPass = Product.OuterGram(expected.Deviations);
        Assert.Equal(200, scatter.Count);
        for (int i = 0; i < 12; i++)
        {
            for (int k = 0; k < 5; k++) Assert.Equal(expected.Centroids[i, k], scatter.Means[k, i], 1e-14);
            for (int j = 0; j < 12; j++) Assert.Equal(twoPass[i, j], scatter.Scatter[i, j], 1e-12);
        }
        Assert.Equal(expected.WithinVariation, scatter.Variations.Sum() / 200, 1e-14);
    }

    [Fact]
    public void Scatter_OfEqualSamples_IsExactlyZero()
    {
        int[] labels = Samples.Labels(90, 3);
        Matrix features = Samples.Collapsed(Samples.Gaussian(8, 3, seed: 2), labels);
        ClassScatter scatter = Accumulate(features, labels, 3, batchSize: 7);
        Assert.True(scatter.Scatter.AsSpan().IndexOfAnyExcept(0.0) < 0);
        Assert.All(scatter.Variations, variation => Assert.Equal(0, variation));
    }

    [Fact]
    public void Scatter_FarFromTheOrigin_KeepsItsDigits()
    {
        // The sum of squares less the square of the sum would have lost every digit here.
        const double Offset = 1e8;
        int[] labels = Samples.Labels(100, 2);
        Matrix near = Samples.Noisy(4, labels, 2, noise: 1, seed: 3);
        Matrix far = Matrix.FromEntries(4, 100, (i, j) => Offset + Math.Round(near[i, j] * 1024) / 1024);
        Matrix rounded = Matrix.FromEntries(4, 100, (i, j) => far[i, j] - Offset);
        ClassScatter expected = Accumulate(rounded, labels, 2, 100), actual = Accumulate(far, labels, 2, 9);
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++)
                Assert.Equal(expected.Scatter[i, j], actual.Scatter[i, j], 1e-6 * 100);
    }

    [Fact]
    public void SecondMoments_EqualTheFeaturesGram()
    {
        int[] labels = Samples.Labels(60, 4);
        Matrix features = Samples.Noisy(6, labels, 4, noise: 0.5, seed: 4), expected = Product.OuterGram(features);
        Matrix moments = Accumulate(features, labels, 4, batchSize: 11).SecondMoments();
        for (int i = 0; i < 6; i++)
            for (int j = 0; j < 6; j++)
                Assert.Equal(expected[i, j], moments[i, j], 1e-11);
    }

    [Fact]
    public void Add_WithWrongSizes_IsRefused()
    {
        var scatter = new ClassScatter(2, 3);
        Assert.Throws<ShapeMismatchException>(() => scatter.Add(new Matrix(4, 2), new int[4]));
        Assert.Throws<ShapeMismatchException>(() => scatter.Add(new Matrix(4, 3), new int[3]));
        Assert.Throws<InvalidInputException>(() => scatter.Add(new Matrix(1, 3), [2]));
        Assert.Equal(0, scatter.Count);
    }

    private static ClassScatter Accumulate(Matrix features, int[] labels, int classes, int batchSize)
    {
        var scatter = new ClassScatter(classes, features.Rows);
        Matrix rows = features.Transpose();
        for (int first = 0; first < labels.Length; first += batchSize)
        {
            int count = Math.Min(batchSize, labels.Length - first);
            scatter.Add(rows.RowView(first, count), labels.AsSpan(first, count));
        }
        return scatter;
    }
}
