using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <content>The ranges of the settings, and what is built from them.</content>
public sealed partial record RunConfiguration
{
    /// <summary>The name of records of collapse alone.</summary>
    internal const string RecordsCollapse = "collapse";

    private const int DeepestNetwork = 10_000;

    /// <summary>The names that <see cref="Architecture"/> takes.</summary>
    public static IReadOnlyList<string> Architectures { get; } = ["feedforward", "residual"];

    /// <summary>The names that <see cref="Loss"/> takes.</summary>
    public static IReadOnlyList<string> Losses { get; } = ["squared", "cross-entropy"];

    /// <summary>The names that <see cref="Convention"/> takes.</summary>
    public static IReadOnlyList<string> Conventions { get; } = ["sum", "mean", "eq3"];

    /// <summary>The names that <see cref="Init"/> takes.</summary>
    public static IReadOnlyList<string> Initializations { get; } = ["orthogonal", "gaussian", "xavier", "he"];

    /// <summary>The names that <see cref="Solver"/> takes.</summary>
    public static IReadOnlyList<string> Solvers { get; } = ["adam", "sgd", "lbfgs", "gauss-newton"];

    /// <summary>The names that <see cref="Schedule"/> takes.</summary>
    public static IReadOnlyList<string> Schedules { get; } = ["constant", "cosine"];

    /// <summary>The names that <see cref="Record"/> takes.</summary>
    public static IReadOnlyList<string> Records { get; } = ["all", RecordsCollapse];

    /// <summary>Checks every setting that can be checked without the data.</summary>
    /// <exception cref="InvalidInputException">A setting lies outside its range; the message names it by its option, with the value found and those expected.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Data)) throw new InvalidInputException("The setting data is empty; expected mnist, gaussian-mixture or a file.");
        RequireAtLeast("samples", Samples, 1);
        RequireAtLeast("classes", Classes, 1);
        if (ClassCounts is not null) ClassSubsample.Counts(Samples, Classes, ClassCounts);
        RequireAtLeast("dimension", Dimension, 1);
        RequireNotNegative("sigma", Sigma);
        RequireName("architecture", Architecture, Architectures);
        RequireAtLeast("depth", Depth, 1);
        if (Depth > DeepestNetwork) throw new InvalidInputException($"The setting depth is {Depth}; expected at most {DeepestNetwork} layers.");
        HiddenWidths();
        Networks.Activation.Parse(Activation);
        Networks.Activation.Parse(OutputActivation);
        RequireName("loss", Loss, Losses);
        RequireName("convention", Convention, Conventions);
        RequireNotNegative("lambda", Lambda);
        RequireNotNegative("delta", Delta);
        if (LambdaFeatures is { } lambdaFeatures) RequireNotNegative("lambda-features", lambdaFeatures);
        RequireName("init", Init, Initializations);
        RequireName("solver", Solver, Solvers);
        if (LearningRate is { } learningRate) RequirePositive("learning-rate", learningRate);
        RequireName("schedule", Schedule, Schedules);
        if (!(Momentum is >= 0 and < 1)) throw new InvalidInputException($"The setting momentum is {Momentum}; expected a number from 0 to below 1.");
        RequireAtLeast("max-epochs", MaxEpochs, 0);
        if (MaxSeconds is { } maxSeconds) RequirePositive("max-seconds", maxSeconds);
        RequireNotNegative("gradient-tolerance", GradientTolerance);
        if (CollapseTolerance is { } collapseTolerance) RequireNotNegative("collapse-tolerance", collapseTolerance);
        if (RecordEvery is { } recordEvery) RequireAtLeast("record-every", recordEvery, 1);
        if (Record is { } record) RequireName("record", record, Records);
        RequirePositive("checkpoint-seconds", CheckpointSeconds);
        if (Threads is { } threads) RequireAtLeast("threads", threads, 1);
    }

    /// <summary>The shape of the network for data of these dimensions.</summary>
    /// <param name="inputDimension">d.</param>
    /// <param name="outputDimension">n_L, the rows of Y.</param>
    /// <exception cref="InvalidInputException">Depth, widths or names do not make a network.</exception>
    public NetworkSpecification ToSpecification(int inputDimension, int outputDimension)
    {
        RequireAtLeast("depth", Depth, 1);
        RequireName("architecture", Architecture, Architectures);
        return new NetworkSpecification(
            inputDimension,
            [.. HiddenWidths(), outputDimension],
            Architecture == "residual" ? Networks.Architecture.Residual : Networks.Architecture.Feedforward,
            Bias,
            Networks.Activation.Parse(Activation),
            Networks.Activation.Parse(OutputActivation));
    }

    /// <summary>The objective of these settings.</summary>
    public ObjectiveSettings ToObjectiveSettings() => new()
    {
        Loss = Loss == "cross-entropy" ? Training.Loss.CrossEntropy : Training.Loss.Squared,
        Convention = Convention switch
        {
            "eq3" => Training.Convention.Equation3,
            "mean" => Training.Convention.Mean,
            _ => Training.Convention.Sum,
        },
        Lambda = Lambda,
        Delta = Delta,
        LambdaFeatures = LambdaFeatures,
    };

    /// <summary>The part of the settings that says which data to load.</summary>
    public DataRequest ToDataRequest() => new()
    {
        Source = Data,
        Samples = Samples,
        Classes = Classes,
        ClassCounts = ClassCounts,
        Dimension = Dimension,
        Sigma = Sigma,
        Seed = DataSeed,
    };

    /// <summary>n_1 … n_{L−1}: one number stands for all of them.</summary>
    private int[] HiddenWidths()
    {
        int hidden = Depth - 1;
        if (Width.Count != 1 && Width.Count != hidden)
            throw new InvalidInputException($"The setting width has {Width.Count} numbers, but a network of depth {Depth} has {hidden} hidden layers; give one number for all or {hidden} numbers.");
        foreach (int width in Width) RequireAtLeast("width", width, 1);
        return Width.Count == hidden ? [.. Width] : [.. Enumerable.Repeat(Width[0], hidden)];
    }

    private static void RequireName(string setting, string name, IReadOnlyList<string> known)
    {
        if (!known.Contains(name))
            throw new InvalidInputException($"The setting {setting} is '{ErrorText.Printable(name)}'; {NearMatches.Advice(name, known)}");
    }

    private static void RequireAtLeast(string setting, long value, long least)
    {
        if (value < least) throw new InvalidInputException($"The setting {setting} is {value}; expected at least {least}.");
    }

    private static void RequireNotNegative(string setting, double value)
    {
        if (!double.IsFinite(value) || value < 0) throw new InvalidInputException($"The setting {setting} is {value}; expected a finite number of at least 0.");
    }

    private static void RequirePositive(string setting, double value)
    {
        if (!double.IsFinite(value) || value <= 0) throw new InvalidInputException($"The setting {setting} is {value}; expected a finite number above 0.");
    }
}
