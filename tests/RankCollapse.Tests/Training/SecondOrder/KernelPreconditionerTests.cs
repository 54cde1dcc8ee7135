using System.Numerics.Tensors;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class KernelPreconditionerTests
{
    [Theory]
    [InlineData("tanh")]
    [InlineData("softplus")]
    public void Solve_InvertsThePenaltiesAndTheDataCurvature(string activation)
    {
        foreach (CurvaturePoint point in CurvaturePoint.All(activation))
        {
            Objective objective = point.Objective;
            NetworkSpecification specification = point.Network.Specification;
            var preconditioner = new KernelPreconditioner(specification, objective.Settings.Loss, objective.Data.SampleCount);
            preconditioner.Build(objective, point.Network);
            var penalties = new PenaltyModel(specification);
            penalties.Build(objective);
            ObjectiveCoefficients factors = objective.Coefficients;
            var none = new double[factors.WeightFactors.Count];
            ObjectiveCoefficients withoutPenalties = factors with { WeightFactors = none, FeatureFactor = 0, BiasFactor = 0 };
            var data = new Objective(specification, objective.Data, objective.Settings, keepsCurvature: true, withoutPenalties);
            data.ValueAndGradient(point.Network, new Network(specification));

            Network v = point.Direction(1), u = new(specification), curved = new(specification), scaled = new(specification), expected = new(specification);
            preconditioner.Solve(v, u);
            point.Operator.Apply(data, point.Network, u, curved, full: false);
            penalties.Solve(curved, scaled);
            penalties.Solve(v, expected);

            // u + Λ^{-1}JᵀaD''J·u = Λ^{-1}v.
            TensorPrimitives.Add(scaled.Parameters, u.Parameters, scaled.Parameters);
            double size = TensorPrimitives.Norm<double>(expected.Parameters);
            TensorPrimitives.Subtract(scaled.Parameters, expected.Parameters, scaled.Parameters);
            double remainder = TensorPrimitives.Norm<double>(scaled.Parameters);
            Assert.True(remainder <= 1e-8 * size, $"{point.Problem.Settings}: {remainder / size:E2}");
        }
    }
}
