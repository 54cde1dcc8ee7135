using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.LinearAlgebra.MatrixAssert;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class RandomMatrixTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(20, 20)]
    [InlineData(30, 8)]
    [InlineData(8, 30)]
    public void HaarOrthogonal_HasOrthonormalShortSide(int rows, int columns)
    {
        Matrix q = RandomMatrix.HaarOrthogonal(rows, columns, new RandomStream(1, RandomPurpose.Initialization));
        Assert.Equal((rows, columns), (q.Rows, q.Columns));
        OrthonormalColumns(rows >= columns ? q : q.Transpose());
    }

    [Fact]
    public void HaarOrthogonal_HasTheMomentsOfHaarMeasure()
    {
        // For Haar measure on O(n): E tr Q = 0, E (tr Q)² = 1, E q_11² = 1/n; without the sign fix the trace is biased.
        const int Size = 4, Draws = 4000;
        var stream = new RandomStream(5, RandomPurpose.Sampling);
        double trace = 0, squaredTrace = 0, squaredEntry = 0;
        for (int i = 0; i < Draws; i++)
        {
            Matrix q = RandomMatrix.HaarOrthogonal(Size, Size, stream);
            double t = Enumerable.Range(0, Size).Sum(j => q[j, j]);
            trace += t / Draws;
            squaredTrace += t * t / Draws;
            squaredEntry += q[0, 0] * q[0, 0] / Draws;
        }
        Assert.Equal(0, trace, 5 / Math.Sqrt(Draws));
        Assert.Equal(1, squaredTrace, 5 * Math.Sqrt(2.0 / Draws));
        Assert.Equal(1.0 / Size, squaredEntry, 5 * 0.2 / Math.Sqrt(Draws));
    }

    [Fact]
    public void Gaussian_HasZeroMeanUnitVarianceAndRepeats()
    {
        Matrix a = Gaussian(200, 100, 3);
        Assert.Equal(0, a.AsSpan().ToArray().Average(), 5 / Math.Sqrt(20000));
        Assert.Equal(1, Norm(a) * Norm(a) / 20000, 5 * Math.Sqrt(2.0 / 20000));
        Assert.Equal(a.AsSpan(), Gaussian(200, 100, 3).AsSpan());
    }
}
