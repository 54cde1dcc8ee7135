using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class OutputCorrectionTests
{
    private readonly InterpolationProblem _problem = InterpolationProblem.Create();

    [Fact]
    public void Corrections_BringTheOutputsOfAStepToTheirLinearPrediction()
    {
        (NewtonPoint start, NewtonPoint trial, KernelPreconditioner preconditioner) = _problem;
        var correction = new OutputCorrection(new SpareNetworks(_problem.Specification), _problem.Samples);
        var step = new Network(_problem.Specification);
        preconditioner.Solve(start.Gradient, step);
        TensorPrimitives.Multiply(step.Parameters, -0.3, step.Parameters);
        Matrix change = new CurvatureOperator(_problem.Specification, _problem.Samples).OutputChange(start.Objective, start.Network, step);
        TensorPrimitives.Add(start.Outputs.AsSpan(), change.AsSpan(), correction.Target.AsSpan());
        TensorPrimitives.Add(start.Network.Parameters, step.Parameters, trial.Network.Parameters);
        trial.Evaluate();
        double before = Departure();
        correction.Correct(preconditioner, start, trial, predicted: 1e-12, isFar: true);
        Assert.True(Departure() < 1e-2 * before, $"{before:E2} → {Departure():E2}");

        double Departure()
        {
            var departure = new double[correction.Target.Length];
            TensorPrimitives.Subtract(trial.Outputs.AsSpan(), correction.Target.AsSpan(), departure);
            return TensorPrimitives.Norm<double>(departure);
        }
    }
}
