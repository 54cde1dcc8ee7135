using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
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

    /// <summary>Two layers with λ_1 = μ = 0: J falls for ever as W_1 grows.</summary>
    [Theory]
    [InlineData("relu")]
    [InlineData("leaky-relu")]
    public void KinksWithoutAMinimum_AreSaidToHaveNoneOnceWeightsHaveGrown(string activation)
    {
        DataSet data = GaussianMixture.Draw(10, 2, 5, 0.2, 0);
        var network = new Network(new NetworkSpecification(5, [6, 2], hiddenActivation: Activation.Parse(activation)));
        Initialization.Initialize(network, InitializationScheme.Orthogonal, 0);
        var settings = new ObjectiveSettings { Convention = Convention.Mean, Lambda = 1e-3, LambdaFeatures = 0 };
        var problem = new TrainingProblem(network, data, settings);
        MinimumExistence existence = MinimumExistence.Decide(network.Specification, data, settings);
        Assert.Equal(Attainment.NotAttained, existence.Attainment);
        Solver solver = new SolverSettings { Entry = Solvers.All.Parse("gauss-newton") }.CreateSolver(problem.Objective(), network);
        var options = new TrainingOptions { MaxEpochs = 3000, GradientTolerance = 1e-8, Unattainable = new Advice(existence.Reason) };
        using var trainer = new Trainer(solver, options);
        TrainingResult result = trainer.Run();
        Assert.Equal(TrainingStatus.NoMinimum, result.Status);
        Assert.StartsWith(existence.Reason, result.Advice!.Text, StringComparison.Ordinal);
    }

    private static TrainingResult Train(TrainingProblem problem, string solver)
    {
        Solver made = new SolverSettings { Entry = Solvers.All.Parse(solver) }.CreateSolver(problem.Objective(), problem.Network);
        using var trainer = new Trainer(made, new TrainingOptions { MaxEpochs = 500, GradientTolerance = 1e-8 });
        return trainer.Run();
    }
}
