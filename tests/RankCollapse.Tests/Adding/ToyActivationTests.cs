using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Tests.Cli;
using RankCollapse.Tests.Sweeps;

namespace RankCollapse.Tests.Adding;

/// <summary>An activation is one type and one line of registration; everything else takes it from the table.</summary>
[Collection(nameof(ChangesActivations))]
public sealed class ToyActivationTests : IDisposable
{
    private const string Name = "half-and-half";

    private static readonly RunConfiguration Settings = new()
    {
        Data = "gaussian-mixture",
        Samples = 12,
        Classes = 3,
        Dimension = 5,
        Depth = 3,
        Width = [6],
        Activation = Name,
        MaxEpochs = 5,
    };

    private readonly IDisposable _registration = Activation.All.Register(new HalfAndHalf());

    public void Dispose() => _registration.Dispose();

    [Fact]
    public void ItTrains()
    {
        Run run = TrainingRun.Start(Settings, path: null).Run;
        Assert.Equal(Name, run.Configuration.Activation);
        Assert.True(run.Summary.Objective < run.Metrics.First(metric => metric is { Epoch: 0, Layer: 0, Metric: "objective" }).Value);
    }

    [Fact]
    public void ItAppearsInHelp() => Assert.Contains(Name, CommandLine.Run("train", "--help").Output, StringComparison.Ordinal);

    [Fact]
    public void ItAppearsInTheSchema() => Assert.Contains($"\"{Name}\"", CommandLine.Run("schema", "config").Output, StringComparison.Ordinal);

    [Fact]
    public void AMistypedName_FindsIt() =>
        Assert.Contains($"'{Name}'", Assert.Throws<InvalidInputException>((Settings with { Activation = "half-and-halve" }).Validate).Message,
            StringComparison.Ordinal);

    [Fact]
    public void ItIsGone_OnceItIsTakenOut()
    {
        _registration.Dispose();
        Assert.Throws<InvalidInputException>(Settings.Validate);
    }

    [Fact]
    public void SweepsVaryIt()
    {
        using var folder = new TemporaryFolder();
        string json = $$"""{ "settings": { {{SampleSweep.Tiny}} }, "grid": { "activation": ["tanh", "{{Name}}"] } }""";
        Assert.Equal(["tanh", Name], SampleSweep.Plan(folder, json).Plan.Trials.Select(trial => trial.Configuration.Activation));
    }

    /// <summary>σ(x) = x/2 below 0 and x above, smoothed: (3x + √(x² + 1) − 1) / 4.</summary>
    private sealed class HalfAndHalf : Activation
    {
        public override string Name => ToyActivationTests.Name;

        public override bool IsHomeomorphism => true;

        public override bool IsAnalytic => true;

        public override bool IsSmooth => true;

        public override bool FixesZero => true;

        public override (double Lower, double Upper) Range => (double.NegativeInfinity, double.PositiveInfinity);

        public override (double First, double Second, double Third) DerivativeBounds => (1, 0.25, 0.25);

        public override void Value(ReadOnlySpan<double> x, Span<double> value)
        {
            for (int i = 0; i < x.Length; i++) value[i] = ((3 * x[i]) + Math.Sqrt((x[i] * x[i]) + 1) - 1) / 4;
        }

        public override void ValueAndFirst(ReadOnlySpan<double> x, Span<double> value, Span<double> first) =>
            ValueFirstAndSecond(x, value, first, new double[x.Length]);

        public override void ValueFirstAndSecond(ReadOnlySpan<double> x, Span<double> value, Span<double> first, Span<double> second)
        {
            for (int i = 0; i < x.Length; i++)
            {
                double at = x[i], root = Math.Sqrt((at * at) + 1);
                value[i] = ((3 * at) + root - 1) / 4;
                first[i] = (3 + (at / root)) / 4;
                second[i] = 1 / (4 * root * root * root);
            }
        }

        /// <summary>4v + 1 = 3x + √(x² + 1), so that 8x² − 6cx + c² − 1 = 0 with c = 4v + 1.</summary>
        public override void Inverse(ReadOnlySpan<double> value, Span<double> x)
        {
            for (int i = 0; i < value.Length; i++)
            {
                double c = (4 * value[i]) + 1;
                x[i] = ((3 * c) - Math.Sqrt((c * c) + 8)) / 8;
            }
        }
    }
}

/// <summary>Tests that change the table of activations run when no others do, because those try every activation there is.</summary>
[CollectionDefinition(nameof(ChangesActivations), DisableParallelization = true)]
public sealed class ChangesActivations;
