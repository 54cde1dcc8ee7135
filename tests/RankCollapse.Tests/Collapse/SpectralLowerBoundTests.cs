using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Collapse;

public sealed class SpectralLowerBoundTests
{
    [Theory]
    [InlineData(true, 1, 0)]
    [InlineData(false, 1, 0)]
    [InlineData(true, 1e8, 0)]
    [InlineData(true, 1e-8, 0)]
    [InlineData(true, 1, 1e6)]
    [InlineData(false, 1, 1e6)]
    [InlineData(true, 1e-6, 1)]
    public void Compute_OfEqualPoints_IsExactlyZeroInSpiteOfRounding(bool isSharp, double scale, double shift)
    {
        // The truth is 0, so that any positive bound, however small, would be wrong.
        foreach ((int rows, int samples) in ((int, int)[])[(30, 60), (60, 30), (5, 90)])
        {
            Matrix centroids = Gaussian(4, rows, rows);
            Matrix points = Matrix.FromEntries(samples, rows, (i, j) => (scale * centroids[i % 4, j]) + shift);
            (double bound, double allowance, double total) = SpectralLowerBound.Compute(points, 4, isSharp);
            Assert.Equal(0, bound);
            Assert.InRange(allowance, 0, 1e-11 * (Math.Sqrt(total) + (shift * Math.Sqrt(rows))));
        }
    }

    [Fact]
    public void Compute_OfPointsWithOneSingularDirectionPerSample_IsSharp()
    {
        // Orthogonal points at distance √2: centred eigenvalues are 1 (N − 1 times), so the bound is (N − K)/N, which TCV attains.
        (double bound, _, double total) = SpectralLowerBound.Compute(Matrix.Identity(12), 3, isSharp: true);
        Assert.Equal(9.0 / 12, bound, 1e-12);
        Assert.Equal(11.0 / 12, total, 1e-14);
    }
}
