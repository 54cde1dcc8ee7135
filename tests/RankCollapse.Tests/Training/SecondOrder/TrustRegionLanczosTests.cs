using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class TrustRegionLanczosTests
{
    /// <summary>Steps on the boundary promise what the model says, more than the best step along the gradient, and less the shorter they are.</summary>
    [Fact]
    public void Step_IsTheBestOfItsSpaceForEveryRadius()
    {
        int bounded = 0;
        foreach (CurvaturePoint point in CurvaturePoint.All("tanh"))
        {
            NetworkSpecification shape = point.Network.Specification;
            var preconditioner = new KernelPreconditioner(shape, point.Objective.Settings.Loss, point.Objective.Data.SampleCount);
            preconditioner.Build(point.Objective, point.Network);
            Network gradient = point.Direction(5), step = new(shape), product = new(shape), steepest = new(shape);
            preconditioner.Solve(gradient, steepest);
            var inner = new TrustRegionLanczos(shape);
            inner.Solve(gradient, Multiply, preconditioner,
                radius: 1e-2, shorterRadius: 5e-3, tolerance: 1e-3, lateTolerance: 0, floor: 0, flat: 0, limit: 100, step);
            double slope = Reduction.Dot(gradient.Parameters, steepest.Parameters), last = double.PositiveInfinity;
            Assert.Equal(Math.Sqrt(slope), inner.GradientNorm, 1e-12 * Math.Sqrt(slope));
            for (double radius = 1e-2; radius > 1e-6; radius *= 0.3)
            {
                Assert.True(inner.TakeShorter(radius, step));
                Assert.InRange(inner.StepNorm, 0, radius * (1 + 1e-9));
                if (!inner.IsBounded) continue;
                bounded++;
                Assert.Equal(radius, inner.StepNorm, 1e-9 * radius);
                Assert.Equal(Decrease(step), inner.PredictedDecrease, 1e-7 * inner.PredictedDecrease);
                Assert.InRange(inner.PredictedDecrease, Decrease(Along(radius)) * (1 - 1e-9), last);
                last = inner.PredictedDecrease;
            }

            void Multiply(Network v, Network result) => point.Operator.Apply(point.Objective, point.Network, v, result, full: true);

            double Decrease(Network p)
            {
                Multiply(p, product);
                return -Reduction.Dot(gradient.Parameters, p.Parameters) - (0.5 * Reduction.Dot(p.Parameters, product.Parameters));
            }

            Network Along(double radius)
            {
                Network p = new(shape);
                double length = radius / inner.GradientNorm;
                for (int i = 0; i < p.Parameters.Length; i++) p.Parameters[i] = -length * steepest.Parameters[i];
                return p;
            }
        }
        Assert.InRange(bounded, 20, int.MaxValue);
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
            var inner = new TrustRegionLanczos(shape);
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
