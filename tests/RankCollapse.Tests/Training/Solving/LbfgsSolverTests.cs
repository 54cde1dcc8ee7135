using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training.Solving;

public sealed class LbfgsSolverTests
{
    /// <summary>
    /// One linear layer, ½‖WX − Y‖² + (λ/2)‖W‖² + (μ/2)‖WX‖²: the minimiser is W = YXᵀ((1 + μ)XXᵀ + λI)⁻¹. The gradient's norm over the least curvature
    /// bounds the distance to it.
    /// </summary>
    [Fact]
    public void OnRidgeRegression_ReachesTheClosedForm_ToTheLastDigits()
    {
        (TrainingProblem problem, Matrix solution) = Ridge();
        var solver = new LbfgsSolver(problem.Objective(), problem.Network);
        using var trainer = new Trainer(solver, new TrainingOptions { GradientTolerance = 1e-12, MaxEpochs = 200 });
        TrainingResult result = trainer.Run();
        Assert.Equal(TrainingStatus.Converged, result.Status);
        Assert.InRange(result.Final.Epoch, 1, 100);
        MatrixClose(solution, problem.Network.Weights(1), 1e-10);
    }

    /// <summary>With as many pairs as unknowns the method ends faster than any linear rate: the last ten epochs gain more digits than the ten before.</summary>
    [Fact]
    public void OnRidgeRegression_ConvergesFasterAndFaster()
    {
        (TrainingProblem problem, _) = Ridge();
        var solver = new LbfgsSolver(problem.Objective(), problem.Network, memory: 50);
        var norms = new List<double>();
        var observer = new TrainingObserver { Progress = s => norms.Add(s.Gradient.Relative) };
        using var trainer = new Trainer(solver, new TrainingOptions { GradientTolerance = 1e-11, MaxEpochs = 200 }, observer);
        Assert.Equal(TrainingStatus.Converged, trainer.Run().Status);
        double first = norms[norms.Count / 2] / norms[0], second = norms[^1] / norms[norms.Count / 2];
        Assert.True(second < first, $"{norms.Count} epochs: {first} then {second}");
    }

    [Fact]
    public void OnATanhNetwork_ReachesAStationaryPoint()
    {
        TrainingProblem problem = TrainingProblem.Clusters(hasBias: true);
        var solver = new LbfgsSolver(problem.Objective(), problem.Network);
        using var trainer = new Trainer(solver, new TrainingOptions { GradientTolerance = 1e-10, MaxEpochs = 3000 });
        double start = problem.Objective().Value(problem.Network).Total;
        TrainingResult result = trainer.Run();
        Assert.Equal(TrainingStatus.Converged, result.Status);
        Assert.True(result.Final.Value.Total < start);
        var gradient = new Network(problem.Network.Specification);
        Objective fresh = problem.Objective();
        Assert.Equal(result.Final.Value, fresh.ValueAndGradient(problem.Network, gradient));
        Assert.True(fresh.GradientSize.Relative <= 1e-10);
    }

    [Fact]
    public void EveryEpoch_DecreasesTheObjective_WithAnyMemory()
    {
        foreach (int memory in (int[])[1, 2, 20])
        {
            TrainingProblem problem = TrainingProblem.Clusters();
            var solver = new LbfgsSolver(problem.Objective(), problem.Network, memory);
            Assert.True(solver.Start());
            for (int epoch = 0; epoch < 150; epoch++)
            {
                double before = solver.Value.Total;
                Assert.NotEqual(StepOutcome.NonFinite, solver.Step());
                Assert.True(solver.Value.Total <= before * (1 + 1e-14));
            }
        }
    }

    /// <summary>Softplus outputs that overflow on a long first step: the search backs off, nothing diverges.</summary>
    [Fact]
    public void FromAStartWhoseGradientIsHuge_StaysFinite()
    {
        TrainingProblem problem = TrainingProblem.Clusters();
        for (int i = 0; i < problem.Network.Parameters.Length; i++) problem.Network.Parameters[i] *= 1e100;
        var solver = new LbfgsSolver(problem.Objective(), problem.Network);
        using var trainer = new Trainer(solver, new TrainingOptions { MaxEpochs = 30 });
        Assert.NotEqual(TrainingStatus.Diverged, trainer.Run().Status);
        Assert.True(double.IsFinite(solver.Value.Total));
    }

    [Fact]
    public void AtAStationaryPoint_ItConvergesAtOnce()
    {
        (TrainingProblem problem, _) = Ridge();
        problem.Network.Parameters.AsSpan().Clear();
        var zero = new DataSet("zero", problem.Data.Inputs, new Matrix(3, 20), []);
        var solver = new LbfgsSolver(new Objective(problem.Network.Specification, zero, problem.Settings), problem.Network);
        using var trainer = new Trainer(solver, new TrainingOptions());
        TrainingResult result = trainer.Run();
        Assert.Equal((TrainingStatus.Converged, 0L), (result.Status, result.Final.Epoch));
        Assert.Equal(StepOutcome.Stalled, solver.Step());
    }

    private static (TrainingProblem Problem, Matrix Solution) Ridge()
    {
        var stream = new RandomStream(2, RandomPurpose.Sampling);
        Matrix x = RandomMatrix.Gaussian(8, 20, stream), y = RandomMatrix.Gaussian(3, 20, stream);
        const double Lambda = 0.3, Mu = 0.2;
        Matrix normal = Product.OuterGram(x);
        for (int i = 0; i < 8; i++)
        {
            for (int j = 0; j < 8; j++) normal[i, j] *= 1 + Mu;
            normal[i, i] += Lambda;
        }
        Matrix solution = Product.Multiply(Product.MultiplyTransposedRight(y, x), PseudoInverse.Compute(normal).Inverse);
        var network = new Network(new NetworkSpecification(8, [3]));
        Initialization.Initialize(network, InitializationScheme.Gaussian, 1);
        var settings = new ObjectiveSettings { Lambda = Lambda, Delta = 1, LambdaFeatures = Mu };
        return (new TrainingProblem(network, new DataSet("ridge", x, y, []), settings), solution);
    }

    private static void MatrixClose(Matrix expected, Matrix actual, double tolerance)
    {
        for (int i = 0; i < expected.Rows; i++)
            for (int j = 0; j < expected.Columns; j++)
                Assert.Equal(expected[i, j], actual[i, j], tolerance);
    }
}
