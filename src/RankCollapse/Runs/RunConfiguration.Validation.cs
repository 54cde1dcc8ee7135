using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Runs;

/// <content>The ranges of the settings, and what is built from them.</content>
public sealed partial record RunConfiguration
{
    /// <summary>Checks every setting that can be checked without the data.</summary>
    /// <exception cref="InvalidInputException">A setting lies outside its range; the message names it, with the value found and those expected.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Data))
            throw new InvalidInputException("The setting data is empty; expected mnist, gaussian-mixture, moons, free or a file.");
        foreach (Setting setting in RunSettings.All) setting.Check(setting.Get(this));
        if (ClassCounts is not null) ClassSubsample.Counts(Samples, Classes, ClassCounts);
        HiddenWidths();
        LayerActivations();
        Solvers.All.Parse(Solver);
        RecordedMetrics.Parse(Record);
    }

    /// <summary>
    /// The settings with every default filled in that depends on others (learning rate, feature penalty), and with those that have no effect at their defaults.
    /// </summary>
    public RunConfiguration Resolve()
    {
        RunConfiguration resolved = this with { };
        foreach (Setting setting in RunSettings.All)
        {
            if (!setting.Concerns(this)) setting.Put(resolved, setting.Default);
            else if (setting.Get(this) is null) setting.Put(resolved, setting.DefaultFor(this));
        }
        if (Depth < 2 || !(IsFree || Activation.AsSpan().ContainsAny(',', '*'))) return resolved;

        // One way to write each list, so that equal networks have equal settings.
        Activation[] activations = LayerActivations();
        return resolved with { Activation = ActivationNames.Write(activations[..^1]), OutputActivation = activations[^1].Name };
    }

    /// <summary>The shape of the network for data of these dimensions.</summary>
    /// <param name="inputDimension">d.</param>
    /// <param name="outputDimension">n_L, the rows of Y.</param>
    /// <exception cref="InvalidInputException">Depth, widths or names do not make a network.</exception>
    public NetworkSpecification ToSpecification(int inputDimension, int outputDimension)
    {
        foreach (string property in (string[])[nameof(Depth), nameof(Architecture)]) RunSettings.Of(property).Check(RunSettings.Of(property).Get(this));
        return new NetworkSpecification(
            inputDimension,
            [.. HiddenWidths(), outputDimension],
            Architecture,
            Bias,
            LayerActivations());
    }

    /// <summary>The objective of these settings.</summary>
    public ObjectiveSettings ToObjectiveSettings() => new()
    {
        Loss = Loss,
        Convention = Convention,
        Lambda = Lambda,
        Delta = Delta ?? (double)RunSettings.Of(nameof(Delta)).DefaultFor(this)!,
        LambdaFeatures = LambdaFeatures ?? (double)RunSettings.Of(nameof(LambdaFeatures)).DefaultFor(this)!,
    };

    /// <summary>The part of the settings that concerns the solver.</summary>
    public SolverSettings ToSolverSettings() => new()
    {
        Entry = Solvers.All.Parse(Solver),
        LearningRate = LearningRate,
        Schedule = Schedule,
        Momentum = Momentum,
        Nesterov = Nesterov,
        BatchSize = BatchSize,
        DropLast = DropLast,
        Precision = Precision,
        Seed = Seed,
        WarmupEpochs = WarmupEpochs,
        Milestones = Milestones,
        Gamma = Gamma,
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
        Reading = new FileReading { Label = Label, Layout = Layout, Split = Split },
    };

    /// <summary>Whether features are unconstrained: the weights of the first layer, which is linear.</summary>
    internal bool IsFree => Data == DataSource.FreeName;

    /// <summary>Whether the activation names that of the output too, with one for each layer.</summary>
    internal bool NamesOutputActivation => Depth >= 2 && ActivationNames.Count(Activation) == Depth;

    /// <summary>σ_1 … σ_L.</summary>
    private Activation[] LayerActivations()
    {
        Activation[] named = ActivationNames.ParseList(Activation);
        Activation output = NamesOutputActivation ? named[^1] : Networks.Activation.Parse(OutputActivation);
        int hidden = Depth - 1;
        if (hidden < 1) return [output];
        if (named.Length != 1 && named.Length != hidden && named.Length != Depth)
            throw new InvalidInputException($"The setting activation has {named.Length} names, but a network of depth {Depth} has {hidden} hidden layers; "
                + $"give one name for all, {hidden} names, or {Depth} with that of the output.");
        Activation[] activations = named.Length == 1 ? [.. Enumerable.Repeat(named[0], hidden), output] : [.. named[..hidden], output];

        // One name for all is one for all that act on the features, which the first layer's weights are.
        if (IsFree && named.Length == 1) activations[0] = Networks.Activation.Identity;
        return activations;
    }

    /// <summary>Loads the test data; null where none are asked for.</summary>
    /// <param name="training">The training data.</param>
    /// <exception cref="InvalidInputException">They cannot be read, or do not fit the training data.</exception>
    public DataSet? LoadTestData(DataSet training) =>
        TestSamples is null && TestData is null ? null : TestSet.Load(ToDataRequest(), training, TestSamples, TestData);

    /// <summary>n_1 … n_{L−1}: one number stands for all of them.</summary>
    private int[] HiddenWidths()
    {
        int hidden = Depth - 1;
        if (Width.Count != 1 && Width.Count != hidden)
            throw new InvalidInputException($"The setting width has {Width.Count} numbers, but a network of depth {Depth} has {hidden} hidden layers; "
                + $"give one number for all or {hidden} numbers.");
        RunSettings.Of(nameof(Width)).Check(Width);
        return Width.Count == hidden ? [.. Width] : [.. Enumerable.Repeat(Width[0], hidden)];
    }
}
