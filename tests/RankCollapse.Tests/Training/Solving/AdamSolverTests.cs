using System.Numerics.Tensors;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training.Solving;

/// <summary>Adam against its update rule, one number at a time.</summary>
public sealed class AdamSolverTests
{
    [Theory]
    [InlineData(RateSchedule.Constant)]
    [InlineData(RateSchedule.Cosine)]
    public void Adam_IsTheRuleOfItsPaper(RateSchedule schedule)
    {
        TrainingProblem problem = TrainingProblem.Clusters(hasBias: true), twin = problem.Again();
        var rate = new LearningRate(3e-3, schedule, 60);
        var solver = new AdamSolver(problem.Objective(), problem.Network, rate);
        Assert.True(solver.Start());
        Objective objective = twin.Objective();
        var gradient = new Network(twin.Network.Specification);
        double[] w = twin.Network.Parameters, m = new double[w.Length], v = new double[w.Length];
        for (int t = 1; t <= 50; t++)
        {
            objective.ValueAndGradient(twin.Network, gradient);
            double eta = schedule == RateSchedule.Constant ? 3e-3 : 3e-3 * 0.5 * (1 + Math.Cos(Math.PI * (t - 1) / 60));
            for (int i = 0; i < w.Length; i++)
            {
                double g = gradient.Parameters[i];
                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.999 * v[i]) + (0.001 * g * g);
                w[i] -= eta * (m[i] / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, t))) + 1e-8);
            }
            Assert.Equal(StepOutcome.Moved, solver.Step());
        }
        Assert.True(TensorPrimitives.Distance<double>(w, problem.Network.Parameters) <= 1e-11 * TensorPrimitives.Norm<double>(w));
        Assert.Equal(51, solver.GradientEvaluations);
        SolverState.IsOfTheCurrentPoint(solver, problem);
    }
}
