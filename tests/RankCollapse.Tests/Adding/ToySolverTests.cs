using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Tests.Cli;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Adding;

/// <summary>A solver is one type and one line of registration; everything else takes it from the table.</summary>
[Collection(nameof(ChangesSolvers))]
public sealed class ToySolverTests : IDisposable
{
    private readonly IDisposable _registration = Solvers.All.Register(FixedStepSolver.Entry);

    public void Dispose() => _registration.Dispose();

    [Fact]
    public void ItTrains()
    {
        Run run = TrainingRun.Start(Settings, path: null).Run;
        Assert.Equal((TrainingStatus.MaxEpochs, 50L), (run.Summary.Status, run.Summary.Epochs));
        Assert.True(run.Summary.Objective < run.Metrics.First(metric => metric is { Epoch: 0, Layer: 0, Metric: "objective" }).Value);
    }

    [Fact]
    public void ItsDefaultsAreFilledIn() => Assert.Equal(0.05, TrainingRun.Start(Settings, path: null).Run.Configuration.LearningRate);

    [Fact]
    public void ItsAdviceIsGiven() => Assert.Contains("solver lbfgs", TrainingRun.Start(Settings, path: null).Advice!.Text, StringComparison.Ordinal);

    [Fact]
    public void ItAppearsInHelp_WithItsMeaning() =>
        Assert.Matches(@"fixed-step\s+\(gradient\s+descent\s+with\s+one\s+rate\)", CommandLine.Run("train", "--help").Output);

    [Fact]
    public void ItAppearsInTheSchema() => Assert.Contains("\"fixed-step\"", CommandLine.Run("schema", "config").Output, StringComparison.Ordinal);

    [Fact]
    public void ASettingThatDoesNotConcernIt_IsRefused()
    {
        using var folder = new TemporaryFolder();
        CommandLine line = CommandLine.Run("train", "--solver", "fixed-step", "--momentum", "0.5", "--out", folder.File("run"));
        Assert.Equal(2, line.ExitCode);
        Assert.Contains("--momentum has an effect with the solver sgd only", line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ANearNameIsAnsweredWithIt()
    {
        var error = Assert.Throws<InvalidInputException>((Settings with { Solver = "fixed-stop" }).Validate);
        Assert.Contains("'fixed-step'", error.Message, StringComparison.Ordinal);
    }

    private static RunConfiguration Settings => new()
    {
        Data = "gaussian-mixture",
        Samples = 12,
        Classes = 3,
        Dimension = 4,
        Depth = 2,
        Width = [6],
        Convention = Convention.Mean,
        Solver = FixedStepSolver.Entry.Name,
        MaxEpochs = 50,
    };

    private sealed class FixedStepSolver(Objective objective, Network network, double rate) : Solver(objective, network)
    {
        public static SolverEntry Entry { get; } = new()
        {
            Name = "fixed-step",
            Meaning = "gradient descent with one rate",
            Create = (settings, objective, network) => new FixedStepSolver(objective, network, settings.EffectiveLearningRate!.Value),
            Settings = ["learning-rate"],
            DefaultLearningRate = _ => 0.05,
            VectorsPerCheckpoint = 1,
            Alternative = "lbfgs",
        };

        public override StepOutcome Step()
        {
            for (int i = 0; i < Network.Parameters.Length; i++) Network.Parameters[i] -= rate * Gradient.Parameters[i];
            Evaluate();
            return IsFinite() ? StepOutcome.Moved : StepOutcome.NonFinite;
        }
    }
}

/// <summary>Tests that change the table of solvers run alone.</summary>
[CollectionDefinition(nameof(ChangesSolvers), DisableParallelization = true)]
public sealed class ChangesSolvers;
