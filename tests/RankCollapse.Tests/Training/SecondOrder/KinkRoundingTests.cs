using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class KinkRoundingTests
{
    /// <summary>What a first-order method may still gain, as a share of the objective.</summary>
    private const double LargestGain = 1e-3;

    private static readonly (string, double, RateSchedule)[] Mild =
    [
        ("adam", 1e-3, RateSchedule.Cosine),
        ("sgd", 1e-3, RateSchedule.Cosine),
        ("adam", 1e-4, RateSchedule.Cosine),
        ("sgd", 1e-4, RateSchedule.Cosine),
    ];

    /// <summary>Other rates and another number of steps than those with which training itself looks around.</summary>
    private static readonly (string, double, RateSchedule)[] Harsh =
    [
        ("adam", 2e-4, RateSchedule.Cosine),
        ("adam", 7e-4, RateSchedule.Constant),
        ("adam", 2e-3, RateSchedule.Cosine),
        ("adam", 4e-3, RateSchedule.Cosine),
        ("sgd", 1e-3, RateSchedule.Cosine),
        ("sgd", 1e-2, RateSchedule.Constant),
    ];

    /// <summary>4 classes of 2 to 5 samples, a network of 4 layers of width 6.</summary>
    [Theory]
    [InlineData("leaky-relu(3)")]
    [InlineData("selu")]
    public void Training_EndsWhereNoFirstOrderMethodGoesLower(string activation)
    {
        string end = Train(FourClasses(activation), out TrainingResult result, out double gain, epochs: 2000);
        Assert.True(result.Status == TrainingStatus.Converged && gain < LargestGain, end);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(110)]
    public void SavedAndLoaded_GoesOnToTheSameBits(int epochs)
    {
        const int All = 130;
        TrainingProblem problem = FourClasses("relu"), first = problem.Again(), second = problem.Again();
        Run(problem, All, null).Dispose();
        using MemoryStream state = Run(first, epochs, null);
        Run(second, All, state).Dispose();
        Assert.Equal(problem.Network.Parameters, second.Network.Parameters);

        static MemoryStream Run(TrainingProblem problem, int epochs, MemoryStream? from)
        {
            var options = new TrainingOptions { MaxEpochs = epochs, GradientTolerance = 0 };
            using var trainer = new Trainer(new GaussNewtonSolver(problem.Objective(), problem.Network), options);
            if (from is not null)
            {
                using var reader = new BinaryReader(from);
                trainer.Load(reader);
            }
            trainer.Run();
            var stream = new MemoryStream();
            using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
            trainer.Save(writer);
            writer.Flush();
            stream.Position = 0;
            return stream;
        }
    }

    [Fact]
    [Trait("Category", "Long")]
    public void CrossEntropyWithBiases_Converges()
    {
        LongTests.Require();
        DataSet data = GaussianMixture.Draw(60, 10, 100, 0.2, 0);
        var network = new Network(new NetworkSpecification(100, [40, 40, 10], hasBias: true, hiddenActivation: Activation.Parse("relu")));
        Initialization.Initialize(network, InitializationScheme.Orthogonal, 0);
        var settings = new ObjectiveSettings { Loss = Loss.CrossEntropy, Convention = Convention.Mean, Lambda = 1e-2 };
        string end = Train(new TrainingProblem(network, data, settings), out TrainingResult result, out double gain, epochs: 2000);
        Assert.True(result.Status == TrainingStatus.Converged && gain < LargestGain, end);
    }

    [Fact]
    [Trait("Category", "Long")]
    public void FiftyProblems_EndWhereNoFirstOrderMethodGoesLower()
    {
        LongTests.Require();
        int converged = 0;
        var lower = new List<string>();
        for (int seed = 1; seed <= 50; seed++)
        {
            string end = Train(Random(seed), out TrainingResult result, out double gain, epochs: 20_000);
            TestContext.Current.TestOutputHelper?.WriteLine($"{seed}: {end}");
            if (result.Status == TrainingStatus.Converged) converged++;
            if (!(gain < LargestGain)) lower.Add($"seed {seed}: {end}");
        }
        Assert.True(lower.Count == 0, string.Join('\n', lower));
        Assert.True(converged >= 48, $"{converged} of 50 converged.");
    }

    /// <summary>Every kind of biases, loss, feature penalty and architecture in turn; other problems with RANKCOLLAPSE_KINK_SEEDS=FROM-TO.</summary>
    [Theory]
    [InlineData("relu")]
    [InlineData("leaky-relu")]
    [InlineData("selu")]
    [Trait("Category", "Long")]
    public void EveryKindOfProblem_EndsWhereNoFirstOrderMethodGoesLower(string activation)
    {
        LongTests.Require();
        int[] seeds = [.. (Environment.GetEnvironmentVariable("RANKCOLLAPSE_KINK_SEEDS") ?? "1-50").Split('-').Select(int.Parse)];
        var bad = new List<string>();
        for (int seed = seeds[0]; seed <= seeds[1]; seed++)
        {
            string end = $"{activation} {seed}: {Train(OfKind(activation, seed), out TrainingResult result, out double gain, epochs: 15_000, Harsh)}";
            TestContext.Current.TestOutputHelper?.WriteLine(end);
            if (result.Status != TrainingStatus.Converged || !(gain < LargestGain)) bad.Add(end);
        }
        Assert.True(bad.Count == 0, string.Join('\n', bad));
    }

    private static TrainingProblem FourClasses(string activation)
    {
        DataSet data = GaussianMixture.Draw(14, 4, 6, 0.3, 0, classCounts: [2, 3, 4, 5]);
        var network = new Network(new NetworkSpecification(6, [6, 6, 6, 4], hiddenActivation: Activation.Parse(activation)));
        Initialization.Initialize(network, InitializationScheme.Orthogonal, 0);
        return new TrainingProblem(network, data, new ObjectiveSettings { Convention = Convention.Mean, Lambda = 3e-3, Delta = 1 });
    }

    /// <summary>Trains to the end, and goes on from there with Adam and gradient descent.</summary>
    /// <param name="problem">The problem; its network is changed.</param>
    /// <param name="result">How training ended.</param>
    /// <param name="gain">What the better of the two gained, as a share of the objective.</param>
    /// <param name="epochs">The epochs of each.</param>
    /// <param name="methods">What goes on from there; null for mild steps.</param>
    /// <returns>All that in words.</returns>
    private static string Train(
        TrainingProblem problem, out TrainingResult result, out double gain, int epochs, (string Name, double Rate, RateSchedule Schedule)[]? methods = null)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        var solver = new GaussNewtonSolver(problem.Objective(), problem.Network);
        using (var trainer = new Trainer(solver, new TrainingOptions { MaxEpochs = 10_000, MaxSeconds = 600 }))
            result = trainer.Run(TestContext.Current.CancellationToken);
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        double value = solver.Value.Total, least = value;
        string gains = "";
        foreach ((string name, double rate, RateSchedule kind) in methods ?? Mild)
        {
            var schedule = new LearningRate(rate, kind, epochs);
            Solver other = name == "adam"
                ? new AdamSolver(problem.Objective(), problem.Network.Copy(), schedule)
                : new GradientDescentSolver(problem.Objective(), problem.Network.Copy(), schedule, 0.9);
            other.Start();
            double lowest = value;
            for (int i = 0; i < epochs && other.Step() == StepOutcome.Moved; i++) lowest = Math.Min(lowest, other.Value.Total);
            least = Math.Min(least, lowest);
            gains += $" {(value - lowest) / value:E0}";
        }
        gain = value == 0 ? 0 : (value - least) / value;
        NetworkSpecification shape = problem.Network.Specification;
        string form = $"{shape.ActivationOf(1)} {string.Join('–', shape.Widths)} {shape.Architecture} to {shape.OutputActivation}, bias {shape.HasBias}";
        string reached = $"{result.Status} at {result.Final.Gradient.Relative:E1} after {result.Final.Epoch} epochs, {seconds:F1} s, J = {value:G8}";
        return $"{reached}, gain {gain:E1} [{gains}] ({form}, N = {problem.Data.SampleCount}, d = {problem.Data.InputDimension}, {problem.Settings})";
    }

    /// <summary>Draws a problem with a minimum: activation, shape, data, loss and penalties.</summary>
    private static TrainingProblem Random(int seed)
    {
        var stream = new RandomStream(seed, RandomPurpose.Sampling);
        Activation activation = Activation.Parse(Of("relu", "leaky-relu", "selu", "leaky-relu(0.3)"));
        int classes = 2 + stream.NextInteger(4), depth = 2 + stream.NextInteger(4), width = 3 + stream.NextInteger(10), dimension = 3 + stream.NextInteger(8);
        int[] counts = [.. Enumerable.Range(0, classes).Select(_ => 1 + stream.NextInteger(8))];
        DataSet data = GaussianMixture.Draw(counts.Sum(), classes, dimension, 0.1 + (0.5 * stream.NextUniform()), seed, classCounts: counts);
        Architecture architecture = stream.NextInteger(4) == 0 ? Architecture.Residual : Architecture.Feedforward;
        bool hasBias = stream.NextInteger(3) == 0;

        // Biases that nothing penalises are among the problems of every kind.
        Convention convention = hasBias ? Convention.Equation3 : Of(Convention.Mean, Convention.Sum, Convention.Equation3);
        Loss loss = stream.NextInteger(3) == 0 ? Loss.CrossEntropy : Loss.Squared;
        Activation output = loss == Loss.Squared && stream.NextInteger(6) == 0 ? activation : Activation.Identity;
        int[] widths = [.. Enumerable.Repeat(width, depth - 1), classes];
        var network = new Network(new NetworkSpecification(dimension, widths, architecture, hasBias, activation, output));
        Initialization.Initialize(network, Of(InitializationScheme.Orthogonal, InitializationScheme.Gaussian, InitializationScheme.He), seed);
        double lambda = Math.Pow(10, -4 + (3 * stream.NextUniform())) * (convention == Convention.Sum ? counts.Sum() : 1);
        double delta = Of(1, 0.1, 2);
        double? features = Of<double?>(null, 0, null);
        var settings = new ObjectiveSettings { Loss = loss, Convention = convention, Lambda = lambda, Delta = delta, LambdaFeatures = features };
        return new TrainingProblem(network, data, settings);

        T Of<T>(params T[] values) => values[stream.NextInteger(values.Length)];
    }

    /// <summary>Draws a problem with a minimum: the seed says biases, loss, feature penalty and architecture by its bits, the rest is random.</summary>
    private static TrainingProblem OfKind(string name, int seed)
    {
        var stream = new RandomStream(seed, RandomPurpose.Sampling, name.Length);
        bool hasBias = (seed & 1) == 0, hasFeaturePenalty = (seed & 4) == 0;
        Loss loss = (seed & 2) == 0 ? Loss.CrossEntropy : Loss.Squared;
        Architecture architecture = (seed & 8) == 0 ? Architecture.Residual : Architecture.Feedforward;
        int classes = 2 + stream.NextInteger(4), depth = 2 + stream.NextInteger(4), width = 3 + stream.NextInteger(10), dimension = 3 + stream.NextInteger(8);
        int[] counts = [.. Enumerable.Range(0, classes).Select(_ => 1 + stream.NextInteger(8))];
        DataSet data = GaussianMixture.Draw(counts.Sum(), classes, dimension, 0.1 + (0.5 * stream.NextUniform()), seed, classCounts: counts);
        Activation activation = Activation.Parse(name);
        Activation output = loss == Loss.Squared && stream.NextInteger(6) == 0 ? activation : Activation.Identity;
        int[] widths = [.. Enumerable.Repeat(width, depth - 1), classes];
        var network = new Network(new NetworkSpecification(dimension, widths, architecture, hasBias, activation, output));
        Initialization.Initialize(network, Of(InitializationScheme.Orthogonal, InitializationScheme.Gaussian, InitializationScheme.He), seed);
        Convention convention = Of(Convention.Mean, Convention.Mean, Convention.Sum);
        double lambda = Math.Pow(10, -4 + (3 * stream.NextUniform())) * (convention == Convention.Sum ? counts.Sum() : 1);
        double delta = hasFeaturePenalty ? Of(1, 0.1, 2, 0) : Of(1, 0.1, 2);
        double? features = hasFeaturePenalty ? Of<double?>(null, 0.1 * lambda) : 0;
        if (name == "selu" && delta == 0 && hasBias) delta = 1;
        var settings = new ObjectiveSettings { Loss = loss, Convention = convention, Lambda = lambda, Delta = delta, LambdaFeatures = features };
        return new TrainingProblem(network, data, settings);

        T Of<T>(params T[] values) => values[stream.NextInteger(values.Length)];
    }
}
