using System.CommandLine;
using System.Text.Json;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Cli.Parsing;

/// <summary>Every setting of a run as an option of <c>train</c>.</summary>
internal sealed class TrainingOptionSet
{
    private readonly Option<string> _config = OptionValue.Of<string>("--config", "Read settings from a JSON file with the same names in camel case; options given here win", "FILE");

    /// <summary>The settings, in the order of the help.</summary>
    public IReadOnlyList<SettingOption> Settings { get; } =
    [
        Text("data", "mnist, gaussian-mixture, or a file: .npz, .csv, IDX images (.gz too) [mnist]", "NAME|FILE", (c, v) => c with { Data = v }),
        Number<int>("samples", "N, the number of samples, balanced over the classes [200]", "N", (c, v) => c with { Samples = v }),
        Number<int>("classes", "K, the number of classes [10]", "K", (c, v) => c with { Classes = v }),
        Number<int[]>("class-counts", "Samples of each class, which sum to N [equal]", "n,n,…", (c, v) => c with { ClassCounts = v }),
        Number<int>("dimension", "Inputs of the Gaussian mixture [100]", "n", (c, v) => c with { Dimension = v }),
        Number<double>("sigma", "Standard deviation of the Gaussian mixture around its means [0.1]", "σ", (c, v) => c with { Sigma = v }),
        Named<Architecture>("architecture", $"{Names(EnumNames.All<Architecture>())} [feedforward]", (c, v) => c with { Architecture = v }),
        Number<int>("depth", "L, the number of layers [5]", "L", (c, v) => c with { Depth = v }),
        Number<int[]>("width", "Width of the hidden layers: one number for all, or one for each [200]", "n[,n…]", (c, v) => c with { Width = v }),
        Text("activation", $"Hidden activation: {Names(Activation.All.Select(a => a.Name))} [tanh]", "NAME", (c, v) => c with { Activation = v }),
        Text("output-activation", "Output activation [identity]", "NAME", (c, v) => c with { OutputActivation = v }),
        new SettingOption<bool>(OptionValue.Switch("--bias", "Give the layers biases"), (c, v) => c with { Bias = v }),
        Named<Loss>("loss", $"{Names(EnumNames.All<Loss>())} [squared]", (c, v) => c with { Loss = v }),
        Named<Convention>("convention", "How the objective's terms are scaled: sum (Section 5.2), mean (1/N), eq3 (equation 3) [sum]", (c, v) => c with { Convention = v }),
        Number<double>("lambda", "λ, the weight penalty [1e-5]", "λ", (c, v) => c with { Lambda = v }),
        Number<double>("delta", "δ, the first layer's share of λ [0]", "δ", (c, v) => c with { Delta = v }),
        Number<double>("lambda-features", "λ', the feature penalty [= lambda]", "λ'", (c, v) => c with { LambdaFeatures = v }),
        Named<InitializationScheme>("init", $"Initial weights: {Names(EnumNames.All<InitializationScheme>())} [orthogonal]", (c, v) => c with { Init = v }),
        Text("solver", $"{Names(Solvers.All.Names)} [{new RunConfiguration().Solver}]", "NAME", (c, v) => c with { Solver = v }),
        Number<double>("learning-rate", "Learning rate [adam 1e-3; sgd 1e-4 for the convention sum, otherwise 1e-2]", "η", (c, v) => c with { LearningRate = v }),
        Named<RateSchedule>("schedule", $"Learning rate over the epochs: {Names(EnumNames.All<RateSchedule>())} [cosine]", (c, v) => c with { Schedule = v }),
        Number<double>("momentum", "Momentum of sgd [0.9]", "m", (c, v) => c with { Momentum = v }),
        Number<long>("max-epochs", "The most epochs (solver iterations) [20000]", "n", (c, v) => c with { MaxEpochs = v }),
        Number<double>("max-seconds", "The most seconds of training [no limit]", "s", (c, v) => c with { MaxSeconds = v }),
        Number<double>("gradient-tolerance", "Stop at this relative gradient norm [1e-6]", "ε", (c, v) => c with { GradientTolerance = v }),
        Number<double>("collapse-tolerance", "Stop only where also the TCV of every layer is at most this, and the rank of its features at most K [the gradient decides alone]", "TCV", (c, v) => c with { CollapseTolerance = v }),
        Number<long>("seed", "Seed of the initial weights [0]", "n", (c, v) => c with { Seed = v }),
        Number<long>("data-seed", "Seed of the data [0]", "n", (c, v) => c with { DataSeed = v }),
        Number<long>("record-every", "Record metrics every n epochs, and at 1, 2, 5, 10, … before that [about 100 records]", "n", (c, v) => c with { RecordEvery = v }),
        Named<RecordKind>("record", "What a record holds: all, or collapse (TCV and rank of the features), which costs a third less [all]", (c, v) => c with { Record = v }),
        Number<double>("checkpoint-seconds", "Write a checkpoint every s seconds [30]", "s", (c, v) => c with { CheckpointSeconds = v }),
        new SettingOption<int>(CommonOptions.Threads(), (c, v) => c with { Threads = v }),
    ];

    /// <summary>Adds all options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (SettingOption setting in Settings) command.Add(setting.Symbol);
        command.Add(_config);
    }

    /// <summary>The settings that the command line and its file give, laid over others.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="start">What they are laid over.</param>
    /// <exception cref="InvalidInputException">The file cannot be used.</exception>
    public RunConfiguration Apply(ParseResult parsed, RunConfiguration start)
    {
        RunConfiguration configuration = parsed.GetValue(_config) is { } file ? RunConfiguration.ReadFile(file, start) : start;
        foreach (SettingOption setting in Settings) configuration = setting.Apply(parsed, configuration);
        return configuration;
    }

    /// <summary>Whether a setting was given, on the command line or in its file.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="option">The option's name, such as <c>--max-epochs</c>.</param>
    public bool IsGiven(ParseResult parsed, string option)
    {
        if (Settings.First(setting => setting.Symbol.Name == option).IsGiven(parsed)) return true;
        if (parsed.GetValue(_config) is not { } file) return false;
        string name = JsonNamingPolicy.CamelCase.ConvertName(string.Concat(option.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..])));
        return RunConfiguration.NamesInFile(file).Contains(name);
    }

    private static SettingOption<string> Text(string name, string description, string valueName, Func<RunConfiguration, string, RunConfiguration> set) =>
        new(OptionValue.Of<string>($"--{name}", description, valueName), set);

    private static SettingOption<string> Named<T>(string name, string description, Func<RunConfiguration, T, RunConfiguration> set)
        where T : struct, Enum => Text(name, description, "NAME", (configuration, text) => set(configuration, EnumNames.Find<T>(text)
            ?? throw new InvalidInputException($"The setting {name} is '{ErrorText.Printable(text)}'; {NearMatches.Advice(text, EnumNames.All<T>())}")));

    private static SettingOption<T> Number<T>(string name, string description, string valueName, Func<RunConfiguration, T, RunConfiguration> set) =>
        new(OptionValue.Of<T>($"--{name}", description, valueName), set);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);
}
