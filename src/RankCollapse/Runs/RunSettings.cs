using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.Solving;
using static RankCollapse.Runs.SettingEffect;
using C = RankCollapse.Runs.RunConfiguration;

namespace RankCollapse.Runs;

/// <summary>The table of all settings of a run. Whatever iterates over settings iterates over it.</summary>
public static class RunSettings
{
    private static readonly SettingRange Counts = new(1);
    private static readonly SettingRange NotNegative = new(0);
    private static readonly SettingRange Positive = new(0, IsAbove: true);

    private static readonly SettingScope Mixtures =
        new(nameof(C.Data), () => $"the data {DataSource.GaussianMixtureName}", c => c.Data == DataSource.GaussianMixtureName);
    private static readonly SettingScope Drawn = new(
        nameof(C.Data), () => $"the data {DataSource.GaussianMixtureName} and {DataSource.MoonsName}",
        c => c.Data is DataSource.GaussianMixtureName or DataSource.MoonsName);
    private static readonly SettingScope Files = new(nameof(C.Data), () => "data from a file", c => !DataSource.Names.Contains(c.Data));
    private static readonly SettingScope Constrained = new(nameof(C.Data), () => $"data other than {DataSource.FreeName}", c => !c.IsFree);
    private static readonly SettingScope HiddenLayers = new(nameof(C.Depth), () => "a depth of at least 2", c => c.Depth >= 2);
    private static readonly SettingScope UnnamedOutputs =
        new(nameof(C.Activation), () => "an activation that does not name the output's", c => !c.NamesOutputActivation);
    private static readonly SettingScope InnerLayers = new(nameof(C.Depth), () => "a depth of at least 3", c => c.Depth >= 3);
    private static readonly SettingScope DrawnWeights = new(nameof(C.From), () => "weights that are drawn", c => c.From is null);
    private static readonly SettingScope SeparatePenalties =
        new(nameof(C.Convention), () => "the conventions sum and mean", c => c.Convention != Convention.Equation3);
    private static readonly SettingScope Stepwise = new(nameof(C.Schedule), () => "the schedule step", c => c.Schedule == RateSchedule.Step);
    private static readonly SettingScope Batches = new(nameof(C.BatchSize), () => "a batch-size", c => c.BatchSize is not null);

    /// <summary>The settings, in the order of help and files.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new(nameof(C.Data), SettingPart.Data, Result,
            "mnist, gaussian-mixture, moons, free (X = I: the first layer's weights are the features), or a file: .npz, .csv, IDX images (.gz too)",
            "NAME|FILE"),
        new(nameof(C.Samples), SettingPart.Data, Result, "N, the number of samples, balanced over the classes", "N") { Range = Counts },
        new(nameof(C.Classes), SettingPart.Data, Result, "K, the number of classes", "K") { Range = Counts },
        new(nameof(C.ClassCounts), SettingPart.Data, Result, "Samples of each class, which sum to N", "n,n,…") { Range = Counts, InWords = () => "equal" },
        new(nameof(C.Dimension), SettingPart.Data, Result, "The number of inputs", "n") { Range = Counts, Scope = Mixtures },
        new(nameof(C.Sigma), SettingPart.Data, Result, "Standard deviation of each class around its mean or its arc", "σ")
        {
            Range = NotNegative, Scope = Drawn,
        },
        new(nameof(C.Label), SettingPart.Data, Result, "The column of a csv file that holds the class: its name, or its number from 1", "NAME|n")
        {
            Scope = Files, InWords = () => "label, target, class, y or species, or the last", IsLater = true,
        },
        new(nameof(C.Layout), SettingPart.Data, Result, "Whether a sample is a row or a column of X", "NAME") { Scope = Files, IsLater = true },
        new(nameof(C.Split), SettingPart.Data, Result, "The part of a file with x_train and x_test", "NAME") { Scope = Files, IsLater = true },
        new(nameof(C.TestSamples), SettingPart.Data, SettingEffect.Records, "Test samples, which training does not see", "n")
        {
            Range = Counts, Scope = Constrained, InWords = () => "none, or all of test-data", IsLater = true,
        },
        new(nameof(C.TestData), SettingPart.Data, SettingEffect.Records,
            "Where test samples come from: a file (for .npz with x_test also the training's own), or mnist", "NAME|FILE")
        {
            Scope = Constrained, InWords = () => "the samples that follow the training's", IsLater = true,
        },
        new(nameof(C.Architecture), SettingPart.Network, Result, "How layers are joined", "NAME") { Scope = InnerLayers },
        new(nameof(C.Depth), SettingPart.Network, Result, "L, the number of layers", "L") { Range = new(1, 10_000) },
        new(nameof(C.Width), SettingPart.Network, Result, "Width of the hidden layers: one number for all, or one for each", "n[,n…]")
        {
            Range = Counts, Scope = HiddenLayers,
        },
        new(nameof(C.Activation), SettingPart.Network, Result, "Hidden activation, one for all or a list with one for each layer such as tanh*3,relu",
            "NAME[,…]", () => Activation.All.Names)
        {
            Scope = HiddenLayers, IsNameList = true,
        },
        new(nameof(C.OutputActivation), SettingPart.Network, Result, "Output activation, of the same names", "NAME") { Scope = UnnamedOutputs },
        new(nameof(C.Bias), SettingPart.Network, Result, "Give the layers biases", null),
        new(nameof(C.Loss), SettingPart.Objective, Result, "How outputs are compared with targets", "NAME"),
        new(nameof(C.Convention), SettingPart.Objective, Result,
            "How the objective's terms are scaled: sum (Section 5.2), mean (1/N), eq3 (equation 3)", "NAME"),
        new(nameof(C.Lambda), SettingPart.Objective, Result, "λ, the weight penalty", "λ") { Range = NotNegative },
        new(nameof(C.Delta), SettingPart.Objective, Result, "δ, the first layer's share of λ", "δ")
        {
            Range = NotNegative, Scope = SeparatePenalties, InWords = () => "0; 1 with the data free", Derived = c => c.IsFree ? 1.0 : 0.0,
        },
        new(nameof(C.LambdaFeatures), SettingPart.Objective, Result, "λ', the feature penalty", "λ'")
        {
            Range = NotNegative, Scope = SeparatePenalties, InWords = () => "= lambda; 0 with the data free", Derived = c => c.IsFree ? 0.0 : c.Lambda,
        },
        new(nameof(C.Init), SettingPart.Start, Result, "Initial weights", "NAME") { Scope = DrawnWeights },
        new(nameof(C.From), SettingPart.Start, Result,
            "Begin with the weights of a run, whose data, network and objective are the defaults then, or of a safetensors file (W1 …, b1 …)", "RUN|FILE")
        {
            IsLater = true, InWords = () => "weights are drawn",
        },
        new(nameof(C.Solver), SettingPart.Training, Result, "How the objective is minimised", "NAME", () => Solvers.All.Names)
        {
            Meanings = () => Solvers.All.Select(solver => $"{solver.Name} ({solver.Meaning})"),
        },
        new(nameof(C.LearningRate), SettingPart.Training, Result, "Learning rate", "η")
        {
            Range = Positive, Scope = SolversWith("learning-rate"), InWords = Rates,
            Derived = c => Solvers.All.Parse(c.Solver).DefaultLearningRate?.Invoke(c.Convention),
        },
        new(nameof(C.Schedule), SettingPart.Training, Result, "Learning rate over the epochs", "NAME") { Scope = SolversWith("schedule") },
        new(nameof(C.Milestones), SettingPart.Training, Result, "Epochs at which the learning rate is multiplied by gamma", "n,n,…")
        {
            Range = Counts, Scope = Stepwise, InWords = () => "none", IsLater = true,
        },
        new(nameof(C.Gamma), SettingPart.Training, Result, "What the learning rate is multiplied by at each of the milestones", "γ")
        {
            Range = Positive, Scope = Stepwise, IsLater = true,
        },
        new(nameof(C.WarmupEpochs), SettingPart.Training, Result, "Epochs over which the learning rate rises from 0", "n")
        {
            Range = NotNegative, Scope = SolversWith("schedule"), IsLater = true,
        },
        new(nameof(C.Momentum), SettingPart.Training, Result, "Momentum", "m") { Range = new(0, 1, IsBelow: true), Scope = SolversWith("momentum") },
        new(nameof(C.Nesterov), SettingPart.Training, Result, "Nesterov's momentum", null) { Scope = SolversWith("momentum"), IsLater = true },
        new(nameof(C.BatchSize), SettingPart.Training, Result, "B, the samples of a mini-batch, drawn in a new order in every epoch", "B")
        {
            Range = Counts, Scope = SolversWith("batch-size"), InWords = () => "all samples in every step", IsLater = true,
        },
        new(nameof(C.DropLast), SettingPart.Training, Result, "Leave out the last samples of an epoch where they are fewer than B", null)
        {
            Scope = Batches, IsLater = true,
        },
        new(nameof(C.Precision), SettingPart.Training, Result, "Numbers to train with; what is measured is measured in double precision", "NAME")
        {
            Scope = SolversWith("precision"), IsLater = true,
        },
        new(nameof(C.MaxEpochs), SettingPart.Training, Stopping, "The most epochs (solver iterations)", "n")
        {
            Range = NotNegative,
            DecidesBecause = c => c.ToSolverSettings().DependsOnMaxEpochs ? "with the schedule cosine the rate of every epoch depends on it" : null,
        },
        new(nameof(C.MaxSeconds), SettingPart.Training, Stopping, "The most seconds of training", "s") { Range = Positive, InWords = () => "no limit" },
        new(nameof(C.GradientTolerance), SettingPart.Training, Stopping, "Stop at this relative gradient norm", "ε") { Range = NotNegative },
        new(nameof(C.CollapseTolerance), SettingPart.Training, Stopping,
            "Stop only where also the TCV of every layer is at most this, and the rank of its features at most K", "TCV")
        {
            Range = NotNegative, InWords = () => "the gradient decides alone", IsLater = true,
        },
        new(nameof(C.Seed), SettingPart.Start, Result, "Seed of the initial weights", "n"),
        new(nameof(C.DataSeed), SettingPart.Data, Result, "Seed of the data", "n"),
        new(nameof(C.RecordEvery), SettingPart.Records, SettingEffect.Records, "Record metrics every n epochs, and at 1, 2, 5, 10, … before that", "n")
        {
            Range = Counts, InWords = () => "about 100 records",
        },
        new(nameof(C.Record), SettingPart.Records, SettingEffect.Records,
            "What a record holds beside the objective: all, collapse (TCV and rank of the features), which costs a third less, or metrics by their names or "
            + "the beginnings of these, such as all,nc or tcv,nc1,weightStableRank", "NAME[,…]", () => RecordedMetrics.Names)
        {
            IsLater = true,
        },
        new(nameof(C.CheckpointSeconds), SettingPart.Records, SettingEffect.Machine, "Write a checkpoint every s seconds", "s") { Range = Positive },
        new(nameof(C.Threads), SettingPart.Machine, SettingEffect.Machine, "Threads inside matrix products and passes; results do not depend on it", "n")
        {
            Range = Counts, InWords = () => "all cores",
        },
    ];

    private static readonly Dictionary<string, Setting> ByProperty = All.ToDictionary(setting => setting.Property);

    private static readonly Dictionary<string, Setting> ByJsonName = All.ToDictionary(setting => setting.JsonName);

    /// <summary>The names in files.</summary>
    public static IReadOnlyCollection<string> JsonNames => ByJsonName.Keys;

    /// <summary>The setting of a property of <see cref="RunConfiguration"/>.</summary>
    /// <param name="property">The property's name.</param>
    public static Setting Of(string property) => ByProperty[property];

    /// <summary>The setting of a name in files; null where there is none.</summary>
    /// <param name="jsonName">The name.</param>
    public static Setting? Find(string jsonName) => ByJsonName.GetValueOrDefault(jsonName);

    /// <summary>The setting of a name in files.</summary>
    /// <param name="jsonName">The name.</param>
    /// <param name="place">Where the name stands, for the error.</param>
    /// <exception cref="InvalidInputException">There is none; near names are listed.</exception>
    public static Setting Find(string jsonName, string place) => Find(jsonName)
        ?? throw new InvalidInputException($"{place} has an unknown setting '{ErrorText.Printable(jsonName)}'; {NearMatches.Advice(jsonName, JsonNames)}");

    /// <summary>The solvers whose entries name a setting.</summary>
    private static SettingScope SolversWith(string setting)
    {
        string[] Names() => [.. Solvers.All.Where(solver => solver.Settings.Contains(setting)).Select(solver => solver.Name)];
        return new SettingScope(
            nameof(C.Solver),
            () => Names() is [var one] ? $"the solver {one}" : $"the solvers {string.Join(", ", Names()[..^1])} and {Names()[^1]}",
            c => Solvers.All.Find(c.Solver)?.Settings.Contains(setting) ?? true);
    }

    /// <summary>The default rates of the solvers that have one: <c>adam 0.001; sgd 0.0001 (sum), 0.01 (mean, eq3)</c>.</summary>
    private static string Rates()
    {
        Setting setting = Of(nameof(C.LearningRate));
        return string.Join("; ", Solvers.All.Where(solver => solver.DefaultLearningRate is not null).Select(solver =>
        {
            var rates = Enum.GetValues<Convention>().GroupBy(convention => Setting.Text(solver.DefaultLearningRate!(convention))).ToArray();
            string[] each = [.. rates.Select(rate => $"{rate.Key} ({string.Join(", ", rate.Select(convention => EnumNames.Of(convention)))})")];
            return $"{solver.Name} {(rates is [var one] ? one.Key : string.Join(", ", each))}";
        }));
    }
}
