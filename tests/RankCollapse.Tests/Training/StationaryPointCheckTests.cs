using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training;

public sealed class StationaryPointCheckTests
{
    [Theory]
    [InlineData("gauss-newton")]
    [InlineData("lbfgs")]
    public void SeparableCrossEntropyWithoutPenalty_IsSaidToHaveNoStationaryPoint(string solver)
    {
        TrainingProblem problem = TrainingProblem.Clusters(lambda: 0);
        problem = problem with { Settings = problem.Settings with { Loss = Loss.CrossEntropy, LambdaFeatures = 0 } };
        TrainingResult result = Train(problem, solver);
        Assert.Equal(TrainingStatus.NoMinimum, result.Status);
        Assert.Contains("no stationary point", result.Advice!.Text, StringComparison.OrdinalIgnoreCase);
        Assert.True(double.IsFinite(result.Final.Value.Total));
    }

    [Fact]
    public void PenalisedCrossEntropy_Converges()
    {
        TrainingProblem problem = TrainingProblem.Clusters(lambda: 1e-3);
        problem = problem with { Settings = problem.Settings with { Loss = Loss.CrossEntropy } };
        Assert.Equal(TrainingStatus.Converged, Train(problem, "gauss-newton").Status);
    }

    [Fact]
    public void SquaredLossWithoutPenalty_ConvergesToAnInterpolatingNetwork()
    {
        TrainingProblem problem = TrainingProblem.Clusters(lambda: 0, width: 40);
        TrainingResult result = Train(problem, "gauss-newton");
        Assert.Equal(TrainingStatus.Converged, result.Status);
        Assert.True(result.Final.Value.Total < 1e-12);
    }

    private static TrainingResult Train(TrainingProblem problem, string solver)
    {
        Solver made = new SolverSettings { Entry = Solvers.All.Parse(solver) }.CreateSolver(problem.Objective(), problem.Network);
        using var trainer = new Trainer(made, new TrainingOptions { MaxEpochs = 500, GradientTolerance = 1e-8 });
        return trainer.Run();
    }
}
