using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class KinkPreconditionerTests
{
    [Theory]
    [InlineData("relu")]
    [InlineData("selu")]
    public void Solve_InvertsPenaltiesDataAndTheCurvatureOfKinks(string activation)
    {
        int kinks = 0;
        foreach (var c in TrainingProblem.Combinations.Where(c => c.Activation.Name == activation))
        {
            TrainingProblem problem = TrainingProblem.Random(1, c.Activation, c.Loss, c.Convention, c.Architecture, c.HasBias);
            NetworkSpecification specification = KinkRounding.Round(problem.Network.Specification);
            foreach (RoundedActivation rounded in specification.Activations.OfType<RoundedActivation>()) rounded.Width = 0.2;
            var network = new Network(specification, problem.Network.Parameters);
            var objective = new Objective(specification, problem.Data, problem.Settings, keepsCurvature: true);
            objective.ValueAndGradient(network, new Network(specification));
            var preconditioner = new KinkPreconditioner(specification, c.Loss, problem.Data.SampleCount, 4096) { HasKinks = true };
            preconditioner.Build(objective, network);
            kinks += preconditioner.Kinks.Length;

            var penalties = new PenaltyModel(specification, objective.Data.SampleCount);
            penalties.Build(objective);
            Network v = Direction(specification), u = new(specification), expected = new(specification);
            Network curved = new(specification), scaled = new(specification);
            preconditioner.Solve(v, u);
            penalties.Solve(v, expected);

            // u + Λ^{-1}(JᵀaD''J + Σ_a d_a∇P_a∇P_aᵀ)u = Λ^{-1}v.
            var passes = new CurvatureOperator(specification, problem.Data.SampleCount);
            Matrix change = passes.OutputChange(objective, network, u).Copy(), data = new(change.Rows, change.Columns);
            DataTerm.ApplyHessian(c.Loss, objective.Probabilities, problem.Data.Targets, objective.Coefficients.DataFactor, change, data);
            double[] pulled = [.. preconditioner.Kinks.Select(k => k.Scale * k.Scale * passes.PreactivationChange(k.Layer)[k.Unit, k.Sample])];
            passes.PullBack(objective, network, data, curved, (layer, errors) =>
            {
                for (int a = 0; a < pulled.Length; a++)
                {
                    PreactivationRow kink = preconditioner.Kinks[a];
                    if (kink.Layer == layer) errors[kink.Unit, kink.Sample] += pulled[a];
                }
            });
            penalties.Solve(curved, scaled);
            TensorPrimitives.Add(scaled.Parameters, u.Parameters, scaled.Parameters);
            double distance = Reduction.Distance(scaled.Parameters, expected.Parameters), size = Reduction.Norm(expected.Parameters);
            Assert.True(distance <= 1e-8 * size, $"{c}: {distance / size:E2}");
        }
        Assert.True(kinks > 0);
    }

    private static Network Direction(NetworkSpecification specification)
    {
        var stream = new RandomStream(1, RandomPurpose.Sampling, 77);
        var direction = new Network(specification);
        for (int i = 0; i < direction.Parameters.Length; i++) direction.Parameters[i] = stream.NextGaussian();
        return direction;
    }
}
