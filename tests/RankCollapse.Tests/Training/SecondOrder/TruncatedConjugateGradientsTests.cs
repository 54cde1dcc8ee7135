using RankCollapse.Networks;
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
            if (!inner.TakeShorter(5e-3, step)) continue;
            shortened++;
            (double norm, double decrease) = (inner.StepNorm, inner.PredictedDecrease);
            Assert.False(inner.TakeShorter(5e-3, step));
            Solve(5e-3, expected);
            Assert.Equal(expected.Parameters, step.Parameters);
            Assert.Equal((inner.StepNorm, inner.PredictedDecrease), (norm, decrease));

            void Solve(double radius, Network result) => inner.Solve(
                gradient,
                (v, product) => point.Operator.Apply(point.Objective, point.Network, v, product, full: true),
                preconditioner,
                new InnerLimits(radius, 0.5 * radius, Tolerance: 1e-3, LateTolerance: 0, Floor: 0, Flat: 0, Products: 100),
                result);
        }
        Assert.InRange(shortened, 1, int.MaxValue);
    }
}
