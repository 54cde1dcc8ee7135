using System.CommandLine;
using RankCollapse.Models.Features;

namespace RankCollapse.Cli.Parsing;

/// <summary>The options of features: the data that go through a model, and what is measured on the way.</summary>
internal sealed class FeatureOptionSet
{
    private readonly Option<string> _data = OptionValue.Of<string>(
        "--data",
        "Samples to run the model on and measure its features: .npz with X (a sample a row) and y, csv, IDX, the folder of a run, or mnist [a run's own data]",
        "DATA");
    private readonly ReadingOptionSet _reading = new();
    private readonly Option<string> _other = OptionValue.Of<string>("--ood", "Other samples, out of distribution, for NC5", "DATA");
    private readonly Option<int> _samples =
        OptionValue.Of<int>("--samples", "Take at most so many samples, in proportion to the classes [all; 1000 of gaussian-mixture]", "N");
    private readonly PredictionOptionSet _predicts = new();
    private readonly Option<string> _head = OptionValue.Of<string>(
        "--head",
        "Of files of features: the weights of the last linear layer [K, d], for NC3 and NC4: an .npy file, FILE:NAME, or an array's name in the features", "W");
    private readonly Option<string> _headBias = OptionValue.Of<string>("--head-bias", "Its bias, likewise [none]", "b");
    private readonly Option<string> _tensors = OptionValue.Of<string>(
        "--tensors",
        "Which tensors to measure: layers (the last one of each), all, or those whose names contain one of some texts [layers]",
        "layers|all|TEXT[,…]");
    private readonly Option<int> _dimension = OptionValue.Of<int>("--max-dimension", "Features of more dimensions are reduced [4096]", "n");
    private readonly Option<string> _wide = OptionValue.Name(
        "--reduce", "How: sketch (random sums), pool (mean over positions) or skip [sketch]", "WAY", "sketch", "pool", "skip");
    private readonly Option<int> _subsample = OptionValue.Of<int>("--subsample", "TCV is of at most so many samples [500]", "N");

    private Option[] All => [_data, .. _reading.All, _other, _samples, .. _predicts.All, _head, _headBias, _tensors, _dimension, _wide, _subsample];

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in All) command.Add(option);
    }

    /// <summary>What was asked about features; null where nothing was.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="understood">Hears how a file was understood.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public FeatureOptions? Read(ParseResult parsed, Action<string> understood)
    {
        if (!All.Any(parsed.Has)) return null;
        var defaults = new FeatureOptions();
        string? tensors = parsed.GetValue(_tensors);
        return defaults with
        {
            Data = parsed.GetValue(_data),
            Reading = _reading.Read(parsed, understood),
            OutOfDistribution = parsed.GetValue(_other),
            Output = _predicts.Output(parsed),
            Task = _predicts.Task(parsed),
            Head = parsed.GetValue(_head),
            HeadBias = parsed.GetValue(_headBias),
            Samples = parsed.AtLeast(_samples, 1),
            MaxDimension = parsed.AtLeast(_dimension, 1) ?? defaults.MaxDimension,
            Subsample = parsed.AtLeast(_subsample, 2) ?? defaults.Subsample,
            Wide = parsed.Choice(_wide, ("sketch", WideFeatures.Sketch), ("pool", WideFeatures.Pool), ("skip", WideFeatures.Skip)),
            HasAllTensors = tensors == "all",
            Names = tensors is null or "all" or "layers" ? null : parsed.Texts(_tensors),
        };
    }
}
