using RankCollapse.LinearAlgebra;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class TridiagonalTrustRegionTests
{
    /// <summary>What is necessary and sufficient for a global minimum (Moré and Sorensen 1983), of definite and of indefinite matrices as they grow.</summary>
    [Fact]
    public void Solution_IsTheGlobalMinimum()
    {
        var random = new Random(1);
        int bounded = 0, indefinite = 0;
        for (int trial = 0; trial < 200; trial++)
        {
            double first = Math.Pow(10, random.Next(-6, 3)), least = trial % 3 == 0 ? 0 : 1e-6, lowest = trial % 2 == 0 ? -1 : 0.1;
            var small = new TridiagonalTrustRegion();
            small.Start(first, least);
            List<double> diagonal = [], beside = [];
            for (int n = 1; n <= 12; n++)
            {
                diagonal.Add(lowest + (2 * random.NextDouble()));
                beside.Add(0.2 * random.NextDouble());
                small.Add(diagonal[^1], beside[^1]);
                double radius = first * Math.Pow(10, 4 * (random.NextDouble() - 0.5));
                small.Solve(radius);
                var matrix = new Matrix(n, n);
                for (int i = 0; i < n; i++)
                {
                    matrix[i, i] = diagonal[i];
                    if (i > 0) matrix[i, i - 1] = matrix[i - 1, i] = beside[i];
                }
                double[] h = small.Coefficients.ToArray(), values = SymmetricEigendecomposition.Eigenvalues(matrix);
                double shift = h.Length == 1 ? (-first / h[0]) - diagonal[0] : ((-first - (beside[1] * h[1])) / h[0]) - diagonal[0];
                for (int i = 1; i < n; i++)
                {
                    double residual = ((diagonal[i] + shift) * h[i]) + (beside[i] * h[i - 1]) + (i + 1 < n ? beside[i + 1] * h[i + 1] : 0);
                    Assert.InRange(Math.Abs(residual), 0, 1e-6 * first);
                }
                double norm = Math.Sqrt(h.Sum(x => x * x)), decrease = -first * h[0];
                for (int i = 0; i < n; i++)
                {
                    for (int j = 0; j < n; j++) decrease -= 0.5 * h[i] * matrix[i, j] * h[j];
                }
                Assert.Equal(norm, small.Norm, 1e-12 * norm);
                Assert.Equal(decrease, small.Decrease, 1e-9 * decrease);
                Assert.InRange(norm, 0, radius * (1 + 1e-9));
                Assert.InRange(shift, Math.Max(least, -values.Min()) - (1e-8 * (1 + shift)), double.PositiveInfinity);

                if (small.IsBounded) Assert.Equal(radius, norm, 1e-9 * radius);
                else Assert.Equal(least, shift, 1e-8 * (1 + (first / radius)));
                Assert.Equal(values.Min() + least <= 0, small.HasNegativeCurvature);
                bounded += small.IsBounded ? 1 : 0;
                indefinite += small.HasNegativeCurvature ? 1 : 0;
            }
        }
        Assert.InRange(bounded, 500, 2300);
        Assert.InRange(indefinite, 500, 2300);
    }

    /// <summary>At a saddle the gradient has hardly any part along the direction of negative curvature, and the step goes along it all the same.</summary>
    [Fact]
    public void HardCase_GoesToTheBoundary()
    {
        var small = new TridiagonalTrustRegion();
        small.Start(1e-9, 1e-12);
        small.Add(1, 0);
        small.Add(0.5, 1e-8);
        small.Add(-1e-3, 1e-9);
        small.Solve(0.25);
        Assert.Equal(0.25, small.Norm);
        Assert.Equal(0.5e-3 * 0.0625, small.Decrease, 1e-9);
        Assert.True(small.IsBounded && small.HasNegativeCurvature);
    }

    [Fact]
    public void CurvatureThatIsNotFinite_PromisesNothing()
    {
        var small = new TridiagonalTrustRegion();
        small.Start(1, 0);
        small.Add(double.NaN, 0);
        small.Solve(0.5);
        Assert.Equal(0.5, small.Norm);
        Assert.True(double.IsNaN(small.Decrease));
    }
}
