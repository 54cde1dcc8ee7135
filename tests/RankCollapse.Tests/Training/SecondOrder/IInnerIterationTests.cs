using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class IInnerIterationTests
{
    /// <summary>Curvatures over six orders of magnitude, without a preconditioner, take more than 50 products.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LateTolerance_EndsSolvesOfManyProductsAlone(bool hasKinks)
    {
        var shape = new NetworkSpecification(20, [20]);
        double[] curvatures = [.. Enumerable.Range(0, Network.CountParameters(shape)).Select(i => Math.Pow(10, -6.0 * i / 399))];
        int all = Products(1e-8, 0);
        Assert.InRange(all, 51, 2000);
        Assert.Equal(50, Products(1e-8, 0.5));
        Assert.InRange(Products(1e-8, 1e-7), 51, all);
        Assert.Equal(Products(0.9, 0), Products(0.9, 0.95));

        int Products(double tolerance, double lateTolerance)
        {
            IInnerIteration inner = hasKinks ? new TruncatedConjugateGradients(shape) : new TrustRegionLanczos(new SpareNetworks(shape));
            Network gradient = new(shape), step = new(shape);
            curvatures.CopyTo(gradient.Parameters, 0);
            var limits = new InnerLimits(1e12, 1e11, tolerance, lateTolerance, Floor: 0, Flat: 0, Products: 2000);
            inner.Solve(gradient, Multiply, new NoPreconditioner(), limits, step);
            return inner.Products;
        }

        void Multiply(Network v, Network result)
        {
            for (int i = 0; i < curvatures.Length; i++) result.Parameters[i] = curvatures[i] * v.Parameters[i];
        }
    }

    private sealed class NoPreconditioner : IPreconditioner
    {
        public CurvatureOperator Passes => throw new NotSupportedException();

        public bool ResolvesOutputs => false;

        public void Build(Objective point, Network network)
        {
        }

        public void Solve(Network v, Network result) => v.Parameters.CopyTo(result.Parameters, 0);

        public void Restore(Matrix outputs, Network result) => Array.Clear(result.Parameters);
    }
}
