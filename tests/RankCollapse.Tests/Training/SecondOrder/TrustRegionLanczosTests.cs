using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
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
            var inner = new TrustRegionLanczos(new SpareNetworks(shape));
            var limits = new InnerLimits(Radius: 1e-2, ShorterRadius: 5e-3, Tolerance: 1e-3, LateTolerance: 0, Floor: 0, Flat: 0, Products: 100);
            inner.Solve(gradient, Multiply, preconditioner, limits, step);
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
}
