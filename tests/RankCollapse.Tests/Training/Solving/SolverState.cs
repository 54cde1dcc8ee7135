using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Tests.Training.Solving;

/// <summary>What a solver says of its state, against a fresh evaluation.</summary>
internal static class SolverState
{
    public static void IsOfTheCurrentPoint(Solver solver, TrainingProblem problem)
    {
        Objective fresh = problem.Objective();
        var gradient = new Network(problem.Network.Specification);
        Assert.Equal(fresh.ValueAndGradient(solver.Network, gradient), solver.Value);
        Assert.Equal(gradient.Parameters, solver.Gradient.Parameters);
        Assert.Equal(fresh.GradientSize, solver.GradientSize);
        Assert.Equal(fresh.Features[1].AsSpan(), solver.Objective.Features[1].AsSpan());
    }
}
