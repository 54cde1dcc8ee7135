using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class TruncatedConjugateGradientsTests
{
    /// <summary>The way of conjugate gradients does not depend on where it ends: the shorter step is to the bit that of the shorter radius.</summary>
    [Fact]
    public void ShorterStep_IsThatOfTheShorterRadius()
    {
        int shortened = 0;
        foreach (CurvaturePoint point in CurvaturePoint.All("tanh"))
        {
            NetworkSpecification shape = point.Network.Specification;
            var preconditioner = new KernelPreconditioner(shape, point.Objective.Settings.Loss, point.Objective.Data.SampleCount);
            preconditioner.Build(point.Objective, point.Network);
            Network gradient = point.Direction(5), step = new(shape), expected = new(shape);
            var inner = new TruncatedConjugateGradients(shape);
            Solve(1e-2, step);
            if (!inner.TakeShorter(step)) continue;
            shortened++;
            (double norm, double decrease) = (inner.StepNorm, inner.PredictedDecrease);
            Assert.False(inner.TakeShorter(step));
            Solve(5e-3, expected);
            Assert.Equal(expected.Parameters, step.Parameters);
            Assert.Equal((inner.StepNorm, inner.PredictedDecrease), (norm, decrease));

            void Solve(double radius, Network result) => inner.Solve(
                gradient, (v, product) => point.Operator.Apply(point.Objective, point.Network, v, product, full: true), preconditioner, radius, 0.5 * radius,
                tolerance: 1e-3, lateTolerance: 0, floor: 0, flat: 0, limit: 100, result);
        }
        Assert.InRange(shortened, 1, int.MaxValue);
    }

    /// <summary>Curvatures over six orders of magnitude, without a preconditioner, take more than 50 products.</summary>
    [Fact]
    public void LateTolerance_EndsSolvesOfManyProductsAlone()
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
            var inner = new TruncatedConjugateGradients(shape);
            Network gradient = new(shape), step = new(shape);
            curvatures.CopyTo(gradient.Parameters, 0);
            inner.Solve(gradient, Multiply, new NoPreconditioner(), 1e12, 1e11, tolerance, lateTolerance, floor: 0, flat: 0, limit: 2000, step);
            return inner.Products;
        }

        void Multiply(Network v, Network result)
        {
            for (int i = 0; i < curvatures.Length; i++) result.Parameters[i] = curvatures[i] * v.Parameters[i];
        }
    }

    private sealed class NoPreconditioner : IPreconditioner
    {
        public bool ResolvesOutputs => false;

        public void Build(Objective point, Network network)
        {
        }

        public void Solve(Network v, Network result) => v.Parameters.CopyTo(result.Parameters, 0);

        public void Restore(Matrix outputs, Network result) => Array.Clear(result.Parameters);
    }
}
