using System.Numerics.Tensors;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training.Solving;

/// <summary>Gradient descent against its update rule, one number at a time.</summary>
public sealed class GradientDescentSolverTests
{
    [Fact]
    public void GradientDescent_IsTheHeavyBall()
    {
        TrainingProblem problem = TrainingProblem.Clusters(hasBias: true), twin = problem.Again();
        var solver = new GradientDescentSolver(problem.Objective(), problem.Network, new LearningRate(0.05, RateSchedule.Constant, 0), 0.8);
        Assert.True(solver.Start());
        Objective objective = twin.Objective();
        var gradient = new Network(twin.Network.Specification);
        double[] w = twin.Network.Parameters, v = new double[w.Length];
        for (int t = 1; t <= 50; t++)
        {
            objective.ValueAndGradient(twin.Network, gradient);
            for (int i = 0; i < w.Length; i++)
            {
                v[i] = (0.8 * v[i]) + gradient.Parameters[i];
                w[i] -= 0.05 * v[i];
            }
            Assert.Equal(StepOutcome.Moved, solver.Step());
        }
        Assert.True(TensorPrimitives.Distance<double>(w, problem.Network.Parameters) <= 1e-12 * TensorPrimitives.Norm<double>(w));
        SolverState.IsOfTheCurrentPoint(solver, problem);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void Momentum_OutsideItsRange_IsRefused(double momentum)
    {
        TrainingProblem problem = TrainingProblem.Clusters();
        var rate = new LearningRate(1, RateSchedule.Constant, 0);
        Assert.Throws<InvalidInputException>(() => new GradientDescentSolver(problem.Objective(), problem.Network, rate, momentum));
    }
}
