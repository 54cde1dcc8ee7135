using System.Diagnostics;
using System.Text.Json;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training;

/// <summary>
/// J and ∇J against PyTorch's automatic differentiation: run by <c>tests/crosschecks/pytorch/check.sh</c>, which names a Python with PyTorch
/// in RANKCOLLAPSE_PYTORCH; skipped otherwise.
/// </summary>
public sealed class PyTorchCrossCheck
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    [Fact]
    [Trait("Category", "CrossCheck")]
    public Task ObjectiveAndGradients_AgreeWithPyTorch_To1e12() => AgreeAsync("compare.py", Cases);

    [Fact]
    [Trait("Category", "CrossCheck")]
    public Task AHundredStepsOfMiniBatches_AgreeWithPyTorchsOptimizers_To1e9() => AgreeAsync("trajectories.py", Trajectories);

    private static async Task AgreeAsync(string script, Func<IEnumerable<object>> cases)
    {
        string? python = Environment.GetEnvironmentVariable("RANKCOLLAPSE_PYTORCH");
        Assert.SkipUnless(python is not null, "An opt-in check: run tests/crosschecks/pytorch/check.sh.");
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(cases().ToArray(), Options), cancellation);
            var start = new ProcessStartInfo(python, [Script(script), file])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
            string output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            Assert.True(process.ExitCode == 0, output + await errors);
            TestContext.Current.TestOutputHelper?.WriteLine(output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Small networks of every combination, and one of the paper's size; doubles are written so that they read back exactly.</summary>
    private static IEnumerable<object> Cases()
    {
        foreach (var c in TrainingProblem.Combinations)
        {
            for (int seed = 1; seed <= 3; seed++)
                yield return Case(TrainingProblem.Random(seed, c.Activation, c.Loss, c.Convention, c.Architecture, c.HasBias, seed == 2 ? c.Activation : null));
        }
        TrainingProblem paper = TrainingProblem.Clusters(lambda: 1e-3, hasBias: true, depth: 5, width: 200);
        foreach (Loss loss in Enum.GetValues<Loss>())
            yield return Case(paper with { Settings = paper.Settings with { Loss = loss, LambdaFeatures = 1e-3 } });
    }

    /// <summary>Every first-order solver, convention and loss, from one start, with a last batch that is smaller; the order is drawn here again.</summary>
    private static IEnumerable<object> Trajectories() => Enum.GetValues<Precision>().SelectMany(Trajectories);

    private static IEnumerable<object> Trajectories(Precision precision)
    {
        const int Size = 8, Seed = 6, Steps = 100;
        foreach ((string name, bool nesterov) in ((string, bool)[])[("sgd", false), ("sgd", true), ("adam", false), ("adamw", false)])
            foreach (Convention convention in Enum.GetValues<Convention>())
                foreach (Loss loss in Enum.GetValues<Loss>())
                {
                    TrainingProblem clusters = TrainingProblem.Clusters(hasBias: true);
                    TrainingProblem problem = clusters with
                    {
                        Settings = clusters.Settings with { Convention = convention, Loss = loss, Lambda = 0.02, Delta = 0.5, LambdaFeatures = 0.01 },
                    };
                    TrainingProblem twin = problem.Again();
                    var settings = new SolverSettings
                    {
                        Entry = Solvers.All.Parse(name),
                        LearningRate = name == "sgd" ? 2e-3 : 1e-2,
                        Nesterov = nesterov,
                        BatchSize = Size,
                        Precision = precision,
                        Seed = Seed,
                        WarmupEpochs = 3,
                        MaxEpochs = 40,
                    };
                    Solver solver = settings.CreateSolver(problem.Objective(), problem.Network);
                    solver.Start();
                    LearningRate rate = settings.ToLearningRate();
                    var batches = new List<int[]>();
                    for (int epoch = 0; batches.Count < Steps; epoch++)
                    {
                        int[] order = [.. Enumerable.Range(0, problem.Data.SampleCount)];
                        new RandomStream(Seed, RandomPurpose.Batches, epoch).Shuffle<int>(order);
                        batches.AddRange(order.Chunk(Size));
                    }
                    double[] rates = [.. Enumerable.Range(0, Steps).Select(step => rate.At(step, solver.StepsPerEpoch))];
                    for (int step = 0; step < Steps; step++) Assert.Equal(StepOutcome.Moved, solver.Step());
                    solver.Measure();
                    yield return new
                    {
                        Start = Case(twin),
                        Solver = name,
                        Single = precision == Precision.Single,
                        Nesterov = nesterov,
                        Batches = batches.Take(Steps).ToArray(),
                        Rates = rates,
                        EndWeights = Layers(problem.Network, l => Rows(problem.Network.Weights(l))),
                        EndBiases = Layers(problem.Network, l => problem.Network.Bias(l)?.AsSpan().ToArray()),
                    };
                }
    }

    private static object Case(TrainingProblem problem)
    {
        NetworkSpecification shape = problem.Network.Specification;
        Objective objective = problem.Objective();
        var gradient = new Network(shape);
        ObjectiveValue value = objective.ValueAndGradient(problem.Network, gradient);
        return new
        {
            Activation = shape.ActivationOf(1).Name,
            OutputActivation = shape.OutputActivation.Name,
            Loss = problem.Settings.Loss.ToString(),
            Convention = problem.Settings.Convention.ToString(),
            IsResidual = shape.Architecture == Architecture.Residual,
            problem.Settings.Lambda,
            problem.Settings.Delta,
            LambdaFeatures = problem.Settings.LambdaFeatures ?? problem.Settings.Lambda,
            Inputs = Rows(problem.Data.Inputs),
            Targets = Rows(problem.Data.Targets),
            Weights = Layers(problem.Network, l => Rows(problem.Network.Weights(l))),
            Biases = Layers(problem.Network, l => problem.Network.Bias(l)?.AsSpan().ToArray()),
            Objective = value.Total,
            WeightGradients = Layers(gradient, l => Rows(gradient.Weights(l))),
            BiasGradients = Layers(gradient, l => gradient.Bias(l)?.AsSpan().ToArray()),
        };
    }

    private static double[][] Rows(Matrix a) => [.. Enumerable.Range(0, a.Rows).Select(i => a.Row(i).ToArray())];

    private static T[] Layers<T>(Network network, Func<int, T> part) => [.. Enumerable.Range(1, network.Specification.Depth).Select(part)];

    private static string Script(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "tests", "crosschecks", "pytorch", name);
            if (File.Exists(path)) return path;
        }
        throw new FileNotFoundException($"tests/crosschecks/pytorch/{name} was not found above the test's folder.");
    }
}
