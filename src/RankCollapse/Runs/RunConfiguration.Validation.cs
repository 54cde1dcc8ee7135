using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Runs;

/// <content>The ranges of the settings, and what is built from them.</content>
public sealed partial record RunConfiguration
{
    private const int DeepestNetwork = 10_000;

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
        RequireDefined("architecture", Architecture);
        RequireAtLeast("depth", Depth, 1);
        if (Depth > DeepestNetwork) throw new InvalidInputException($"The setting depth is {Depth}; expected at most {DeepestNetwork} layers.");
        HiddenWidths();
        Networks.Activation.Parse(Activation);
        Networks.Activation.Parse(OutputActivation);
        RequireDefined("loss", Loss);
        RequireDefined("convention", Convention);
        RequireNotNegative("lambda", Lambda);
        RequireNotNegative("delta", Delta);
        if (LambdaFeatures is { } lambdaFeatures) RequireNotNegative("lambda-features", lambdaFeatures);
        RequireDefined("init", Init);
        RequireName("solver", Solver, Solvers.All.Names);
        if (LearningRate is { } learningRate) RequirePositive("learning-rate", learningRate);
        RequireDefined("schedule", Schedule);
        if (!(Momentum is >= 0 and < 1)) throw new InvalidInputException($"The setting momentum is {Momentum}; expected a number from 0 to below 1.");
        RequireAtLeast("max-epochs", MaxEpochs, 0);
        if (MaxSeconds is { } maxSeconds) RequirePositive("max-seconds", maxSeconds);
        RequireNotNegative("gradient-tolerance", GradientTolerance);
        if (CollapseTolerance is { } collapseTolerance) RequireNotNegative("collapse-tolerance", collapseTolerance);
        if (RecordEvery is { } recordEvery) RequireAtLeast("record-every", recordEvery, 1);
        RequireDefined("record", Record);
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
        RequireDefined("architecture", Architecture);
        return new NetworkSpecification(
            inputDimension,
            [.. HiddenWidths(), outputDimension],
            Architecture,
            Bias,
            Networks.Activation.Parse(Activation),
            Networks.Activation.Parse(OutputActivation));
    }

    /// <summary>The objective of these settings.</summary>
    public ObjectiveSettings ToObjectiveSettings() => new()
    {
        Loss = Loss,
        Convention = Convention,
        Lambda = Lambda,
        Delta = Delta,
        LambdaFeatures = LambdaFeatures,
    };

    /// <summary>The part of the settings that concerns the solver.</summary>
    public SolverSettings ToSolverSettings() => new()
    {
        Entry = Solvers.All.Parse(Solver),
        LearningRate = LearningRate,
        Schedule = Schedule,
        Momentum = Momentum,
        MaxEpochs = MaxEpochs,
        Convention = Convention,
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

    private static void RequireDefined<T>(string setting, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value)) throw new InvalidInputException($"The setting {setting} is {value}; known are {string.Join(", ", EnumNames.All<T>())}.");
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
