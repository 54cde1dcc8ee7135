using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class BoxQuadraticProgramTests
{
    /// <summary>At a minimiser the gradient is 0 inside the box, and points out of it at its faces; H may be singular.</summary>
    [Theory]
    [InlineData(12, 30)]
    [InlineData(30, 12)]
    [InlineData(1, 1)]
    public void Solution_MeetsTheConditionsOfOptimality(int unknowns, int rank)
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            var stream = new RandomStream(seed, RandomPurpose.Sampling);
            Matrix factor = RandomMatrix.Gaussian(rank, unknowns, stream), target = RandomMatrix.Gaussian(rank, 1, stream);
            Matrix h = Product.Gram(factor), c = Product.MultiplyTransposedLeft(factor, target);
            double[] lower = [.. Enumerable.Repeat(-0.3, unknowns)], upper = [.. Enumerable.Repeat(0.5, unknowns)], x = new double[unknowns];
            BoxQuadraticProgram.Solve(h, c.AsSpan(), lower, upper, x);
            Matrix gradient = Product.Multiply(h, new Matrix(x, 0, unknowns, 1));
            for (int i = 0; i < unknowns; i++)
            {
                double slope = gradient[i, 0] + c[i, 0];
                Assert.InRange(x[i], lower[i], upper[i]);
                if (x[i] > lower[i]) Assert.True(slope < 1e-6 * h[i, i], $"seed {seed}: the function falls to the left of {x[i]}");
                if (x[i] < upper[i]) Assert.True(slope > -1e-6 * h[i, i], $"seed {seed}: the function falls to the right of {x[i]}");
            }
        }
    }
}
