using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Collapse;

public sealed class NoiseEdgeTests
{
    /// <summary>Medians by quadrature in numpy, and the table of Gavish and Donoho (2014): ω(1) = 2.8582, ω(½) = 2.1711, ω(0.1) = 1.6089.</summary>
    [Theory]
    [InlineData(1.0, 0.6527752, 2.85836)]
    [InlineData(0.5, 0.8304652, 2.17119)]
    [InlineData(0.1, 0.9665650, 1.60877)]
    [InlineData(0.01, 0.9966658, 1.43715)]
    public void Threshold_IsTheTabulatedMultipleOfTheMedian(double beta, double median, double omega)
    {
        Assert.Equal(median, NoiseEdge.Median(beta), 2e-6);
        int rows = (int)(1000 * beta);
        double[] values = [.. Enumerable.Range(0, rows).Select(i => i < (rows / 2) - 1 ? 2.0 : 1)];
        Assert.Equal(omega, NoiseEdge.Of(values, rows, 1000).Threshold, 1e-4);
    }

    [Fact]
    public void Median_IsThatOfTheDensity() => Gen.Double[1e-6, 1].Sample(beta =>
    {
        double median = NoiseEdge.Median(beta), root = Math.Sqrt(beta), sum = 0;
        const int Points = 2000;
        double angle = Math.Acos(Math.Clamp((1 + beta - median) / (2 * root), -1, 1));
        for (int i = 0; i < Points; i++)
        {
            double theta = angle * (i + 0.5) / Points, sin = Math.Sin(theta);
            sum += 2 / Math.PI * sin * sin / (1 + beta - (2 * root * Math.Cos(theta))) * angle / Points;
        }
        Assert.Equal(0.5, sum, 1e-4);
    }, iter: 50);

    [Theory]
    [InlineData(60, 90)]
    [InlineData(90, 60)]
    [InlineData(80, 80)]
    public void Rank_OfASignalInNoise_IsThatOfTheSignal(int rows, int columns)
    {
        // Signal at four times the edge, far above what is in doubt.
        const int Rank = 5;
        var stream = new RandomStream(3, RandomPurpose.Sampling);
        Matrix left = RandomMatrix.HaarOrthogonal(rows, Rank, stream), right = RandomMatrix.HaarOrthogonal(columns, Rank, stream);
        Matrix sum = Product.MultiplyTransposedRight(left, right), noise = RandomMatrix.Gaussian(rows, columns, stream);
        double edge = Math.Sqrt(rows) + Math.Sqrt(columns);
        for (int i = 0; i < sum.Length; i++) sum.AsSpan()[i] = (4 * edge * sum.AsSpan()[i]) + noise.AsSpan()[i];
        double[] values = SingularValueDecomposition.SingularValues(sum);
        var found = NoiseEdge.Of(values, rows, columns);
        Assert.Equal(Rank, found.RankOf(values));
        Assert.InRange(found.Deviation, 0.8, 1.2);
        Assert.InRange(found.Edge, 0.8 * edge, 1.2 * edge);
        Assert.True(found.Threshold > found.Edge);
    }

    [Fact]
    public void Rank_OfExactLowRank_IsIt() => Assert.Equal(2, NoiseEdge.Of([3, 2, 0, 0, 0], 5, 8).RankOf([3, 2, 0, 0, 0]));

    [Fact]
    public void Rounding_IsNoSignal()
    {
        var stream = new RandomStream(1, RandomPurpose.Sampling);
        Matrix low = Product.Multiply(RandomMatrix.Gaussian(40, 3, stream), RandomMatrix.Gaussian(3, 50, stream));
        double[] values = SingularValueDecomposition.SingularValues(low);
        Assert.Equal(3, NoiseEdge.Of(values, 40, 50).RankOf(values));
    }

    [Fact]
    public void Blocks_ShareOneEdge() => Assert.Equal(NoiseEdge.Of([3, 1, 1], 3, 5), NoiseEdge.Of([3, 3, 1, 1, 1, 1], 3, 5, blocks: 2));

    [Fact]
    public void WrongNumberOfValues_IsRefused() => Assert.Throws<ShapeMismatchException>(() => NoiseEdge.Of([1, 2], 3, 5));
}
