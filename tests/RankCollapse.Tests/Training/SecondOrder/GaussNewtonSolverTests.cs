using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class GaussNewtonSolverTests
{
    public static TheoryData<string> SmoothActivations => [.. Activation.All.Where(a => a.IsSmooth).Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(SmoothActivations))]
    public void EverySmoothProblem_ReachesAStationaryPoint(string name)
    {
        foreach (var c in TrainingProblem.Combinations.Where(c => c.Activation.Name == name))
        {
            TrainingProblem problem = Task(c.Activation, c.Loss, c.Convention, c.Architecture, c.HasBias, seed: 1);
            TrainingResult result = Train(problem, out _, 1e-10, 400);
            Assert.True(result.Status == TrainingStatus.Converged, $"{c}: {result.Status} at {result.Final.Gradient.Relative:E2} after {result.Final.Epoch}");
        }
    }

    [Theory]
    [InlineData("tanh,identity*2")]
    [InlineData("identity,asinh,identity")]
    [InlineData("sigmoid,tanh,identity")]
    [InlineData("relu,tanh,identity")]
    [InlineData("identity,relu,identity")]
    public void ProblemsOfMixedLayers_ReachAStationaryPoint(string activations)
    {
        foreach (bool hasBias in (bool[])[false, true])
        {
            TrainingProblem problem = Task(Activation.Tanh, Loss.Squared, Convention.Mean, Architecture.Feedforward, hasBias, seed: 1);
            NetworkSpecification shape = problem.Network.Specification.With(activations: Activation.ParseList(activations));
            TrainingResult result = Train(problem with { Network = new Network(shape, problem.Network.Parameters) }, out _, 1e-7, 1500);
            Assert.True(result.Status == TrainingStatus.Converged, $"{result.Status} at {result.Final.Gradient.Relative:E2} after {result.Final.Epoch}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OrbitsOfEqualNetworks_DoNotKeepRoundingInTheGradient(bool hasBias)
    {
        // W_l → R_l W_l R_{l−1}ᵀ leaves linear networks equal: dozens of directions without curvature, along which rounding must not make steps.
        for (int seed = 1; seed <= 30; seed++)
        {
            TrainingProblem problem = Task(Activation.Identity, Loss.Squared, Convention.Sum, Architecture.Feedforward, hasBias, seed);
            TrainingResult result = Train(problem, out _, 1e-10, 400);
            string reached = $"{result.Status} at {result.Final.Gradient.Relative:E2} after {result.Final.Epoch}";
            Assert.True(result.Status == TrainingStatus.Converged, $"seed {seed}: {reached}");
        }
    }

    /// <summary>Steps along orbits of equal networks, with a gradient that is rounding alone, must not bring back a gradient that is more.</summary>
    [Theory]
    [InlineData("identity")]
    [InlineData("tanh")]
    [InlineData("softplus")]
    public void WithoutATolerance_TheEndIsStalledNearTheFloorOfRoundingThatItSays(string name)
    {
        foreach (Loss loss in Enum.GetValues<Loss>())
        {
            TrainingProblem problem = Task(Activation.Parse(name), loss, Convention.Mean, Architecture.Feedforward, true, seed: 2);
            TrainingResult result = Train(problem, out Solver solver, 0, 400);
            Assert.Equal(TrainingStatus.Stalled, result.Status);
            Assert.InRange(solver.RoundingFloor ?? double.NaN, 1e-16, 1e-11);
            Assert.InRange(result.Final.Gradient.Relative, 0, 1e-10);
            Assert.Contains("rounding leaves about", result.Advice!.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("elu")]
    [InlineData("softplus")]
    public void Objective_NeverRises(string name)
    {
        foreach (Loss loss in Enum.GetValues<Loss>())
        {
            TrainingProblem problem = Task(Activation.Parse(name), loss, Convention.Mean, Architecture.Feedforward, true, seed: 4);
            double last = double.PositiveInfinity;
            var observer = new TrainingObserver
            {
                Progress = state =>
                {
                    Assert.True(state.Value.Total <= last * (1 + 1e-13), $"{last:R} → {state.Value.Total:R} in epoch {state.Epoch}");
                    last = state.Value.Total;
                },
            };
            Train(problem, out _, 1e-10, 100, observer);
        }
    }

    [Fact]
    public void Result_IsCertifiedByAFreshObjective()
    {
        TrainingProblem problem = Task(Activation.Tanh, Loss.Squared, Convention.Sum, Architecture.Feedforward, false, seed: 2, inputs: 40);
        TrainingResult result = Train(problem, out Solver solver, 1e-10, 400);
        var fresh = new Objective(problem.Network.Specification, problem.Data, problem.Settings);
        var gradient = new Network(problem.Network.Specification);
        ObjectiveValue value = fresh.ValueAndGradient(solver.Network, gradient);
        Assert.Equal(result.Final.Value.Total, value.Total);
        Assert.Equal(result.Final.Gradient, fresh.GradientSize);
        Assert.True(fresh.GradientSize.Relative <= 1e-10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void ReducedInputs_KeepObjectiveAndGradientNorm(double delta)
    {
        TrainingProblem problem = Task(Activation.Tanh, Loss.Squared, Convention.Sum, Architecture.Feedforward, true, seed: 3, inputs: 50);
        problem = problem with { Settings = problem.Settings with { Delta = delta } };
        InputReduction reduction = InputReduction.Create(problem.Network, problem.Data, keepsOutside: delta == 0);
        Assert.Equal(problem.Data.SampleCount, reduction.Specification.InputDimension);
        Network reduced = new(reduction.Specification), full = new(problem.Network.Specification);
        reduction.Restrict(problem.Network, reduced);
        reduction.Extend(reduced, full);
        if (delta == 0)
        {
            for (int i = 0; i < full.Parameters.Length; i++) Assert.Equal(problem.Network.Parameters[i], full.Parameters[i], 1e-13);
        }
        Objective whole = problem.Objective(), small = new(reduction.Specification, reduction.Data, problem.Settings);
        double a = whole.ValueAndGradient(full, new Network(full.Specification)).Total;
        double b = small.ValueAndGradient(reduced, new Network(reduced.Specification)).Total;
        Assert.Equal(a, b, 1e-12 * a);
        Assert.Equal(whole.GradientSize.Norm, small.GradientSize.Norm, 1e-11 * whole.GradientSize.Norm);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void SavedAndLoaded_GoesOnToTheSameBits(int epochs)
    {
        TrainingProblem problem = Task(Activation.Tanh, Loss.Squared, Convention.Sum, Architecture.Feedforward, false, seed: 5, inputs: 40);
        Train(problem.Again(), out Solver undisturbed, 0, 15);

        Objective objective = problem.Objective();
        TrainingProblem first = problem.Again(), second = problem.Again();
        using var stream = new MemoryStream();
        using (var trainer = new Trainer(new GaussNewtonSolver(objective, first.Network), new TrainingOptions { MaxEpochs = epochs, GradientTolerance = 0 }))
        {
            trainer.Run();
            using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
            trainer.Save(writer);
        }
        stream.Position = 0;
        var options = new TrainingOptions { MaxEpochs = 15, GradientTolerance = 0 };
        using var resumed = new Trainer(new GaussNewtonSolver(problem.Objective(), second.Network), options);
        using (var reader = new BinaryReader(stream)) resumed.Load(reader);
        resumed.Run();
        Assert.Equal(undisturbed.Network.Parameters, second.Network.Parameters);
    }

    [Fact]
    public void KroneckerMetric_AlsoReachesAStationaryPoint()
    {
        // More than 4096 outputs: 5 classes of 900 samples.
        var stream = new RandomStream(6, RandomPurpose.Data);
        int[] labels = [.. Enumerable.Range(0, 900).Select(i => i % 5)];
        Matrix means = RandomMatrix.Gaussian(6, 5, stream);
        Matrix inputs = Matrix.FromEntries(6, 900, (i, j) => means[i, labels[j]] + (0.3 * stream.NextGaussian()));
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
        {
            var network = new Network(new NetworkSpecification(6, [8, 8, 5], architecture, hasBias: true));
            Initialization.Initialize(network, InitializationScheme.Orthogonal, 1);
            var settings = new ObjectiveSettings { Convention = Convention.Mean, Lambda = 0.03, Delta = 1 };
            TrainingResult result = Train(new TrainingProblem(network, DataSet.FromLabels("clusters", inputs, labels, 5), settings), out _, 1e-8, 400);
            Assert.True(result.Status == TrainingStatus.Converged, $"{architecture}: {result.Final}");
        }
    }

    [Fact]
    public void ASaddle_IsLeft()
    {
        // All weights 0 is stationary for two layers without biases, with negative curvature where one layer feeds the other.
        TrainingProblem problem = Task(Activation.Tanh, Loss.Squared, Convention.Sum, Architecture.Feedforward, false, seed: 7);
        problem = problem with { Network = new Network(new NetworkSpecification(6, [9, 4])) };
        var stream = new RandomStream(1, RandomPurpose.Sampling);
        for (int i = 0; i < problem.Network.Parameters.Length; i++) problem.Network.Parameters[i] = 1e-6 * stream.NextGaussian();
        double atZero = problem.Objective().Value(problem.Network).Total;
        TrainingResult result = Train(problem, out _, 1e-9, 400);
        Assert.True(result.Final.Value.Total < 0.5 * atZero, $"{atZero} → {result.Final.Value.Total}");
    }

    private static TrainingResult Train(TrainingProblem problem, out Solver solver, double tolerance, long epochs, TrainingObserver? observer = null)
    {
        solver = new GaussNewtonSolver(problem.Objective(), problem.Network);
        using var trainer = new Trainer(solver, new TrainingOptions { MaxEpochs = epochs, GradientTolerance = tolerance }, observer);
        return trainer.Run();
    }

    /// <summary>Four classes of unequal size around random means; widths unlike the number of samples.</summary>
    private static TrainingProblem Task(
        Activation activation, Loss loss, Convention convention, Architecture architecture, bool hasBias, int seed, int inputs = 6)
    {
        var stream = new RandomStream(seed, RandomPurpose.Data, inputs);
        int[] labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3];
        Matrix means = RandomMatrix.Gaussian(inputs, 4, stream);
        Matrix x = Matrix.FromEntries(inputs, labels.Length, (i, j) => means[i, labels[j]] + (0.3 * stream.NextGaussian()));
        int[] widths = architecture == Architecture.Residual ? [7, 7, 7, 4] : [9, 7, 4];
        var network = new Network(new NetworkSpecification(inputs, widths, architecture, hasBias, activation));
        Initialization.Initialize(network, InitializationScheme.Orthogonal, seed);
        double lambda = convention == Convention.Sum ? 1e-2 : 1e-3;
        var settings = new ObjectiveSettings { Loss = loss, Convention = convention, Lambda = lambda, Delta = 0.5 };
        return new TrainingProblem(network, DataSet.FromLabels("task", x, labels, 4), settings);
    }
}
