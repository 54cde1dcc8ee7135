using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Models.Features;
using RankCollapse.Models.Reading;

namespace RankCollapse.Cli.Parsing;

/// <summary>The options of features: the data that go through a model, and what is measured on the way.</summary>
internal sealed class FeatureOptionSet
{
    private readonly Option<string> _data = OptionValue.Of<string>("--data", "Samples to run the model on and measure its features: .npz with X and y, csv, IDX, the folder of a run, or mnist [a run's own data]", "DATA");
    private readonly Option<string> _other = OptionValue.Of<string>("--ood", "Other samples, out of distribution, for NC5", "DATA");
    private readonly Option<int> _samples = OptionValue.Of<int>("--samples", "Take at most so many samples, in proportion to the classes [all]", "N");
    private readonly Option<string> _output = OptionValue.Of<string>("--output", "The output that predicts classes [the first]", "NAME");
    private readonly Option<string> _tensors = OptionValue.Of<string>("--tensors", "Which tensors to measure: layers (the last one of each), all, or those whose names contain one of some texts [layers]", "layers|all|TEXT[,…]");
    private readonly Option<int> _dimension = OptionValue.Of<int>("--max-dimension", "Features of more dimensions are reduced [4096]", "n");
    private readonly Option<string> _wide = OptionValue.Of<string>("--wide", "How: sketch (random sums), pool (mean over positions) or skip [sketch]", "WAY");
    private readonly Option<int> _subsample = OptionValue.Of<int>("--subsample", "TCV is of at most so many samples [500]", "N");

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_data, _other, _samples, _output, _tensors, _dimension, _wide, _subsample]) command.Add(option);
    }

    /// <summary>Measures the features where data are given or the model is a run; null otherwise.</summary>
    /// <exception cref="InvalidInputException">An option is out of range, or the model cannot be run on the data.</exception>
    public FeatureReport? Measure(ParseResult parsed, ModelTensors model, CommandEnvironment environment)
    {
        bool Has(Option option) => parsed.GetResult(option) is not null;
        int AtLeast(Option<int> option, int least, int missing) => !Has(option) ? missing
            : parsed.GetValue(option) >= least ? parsed.GetValue(option)
            : throw new InvalidInputException($"{option.Name} is {parsed.GetValue(option)}; expected at least {least}.");

        if (!Has(_data) && model.Format != ModelFormat.Run)
        {
            foreach (Option option in (Option[])[_other, _samples, _output, _tensors, _dimension, _wide, _subsample])
            {
                if (Has(option)) throw new InvalidInputException($"{option.Name} is about features, which need samples; give --data.");
            }
            return null;
        }
        var defaults = new FeatureOptions();
        string? tensors = parsed.GetValue(_tensors);
        var options = defaults with
        {
            MaxDimension = AtLeast(_dimension, 1, defaults.MaxDimension),
            Subsample = AtLeast(_subsample, 2, defaults.Subsample),
            Wide = Way(parsed.GetValue(_wide)),
            HasAllTensors = tensors == "all",
            Names = tensors is null or "all" or "layers" ? null : tensors.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        };
        var request = new FeatureRequest
        {
            Data = parsed.GetValue(_data),
            OutOfDistribution = parsed.GetValue(_other),
            Output = parsed.GetValue(_output),
            Samples = Has(_samples) ? AtLeast(_samples, 1, 1) : null,
        };
        return ModelFeatures.Measure(model, request, options, environment.Error.WriteLine, environment.Cancellation);
    }

    private static WideFeatures Way(string? name) => name switch
    {
        null or "sketch" => WideFeatures.Sketch,
        "pool" => WideFeatures.Pool,
        "skip" => WideFeatures.Skip,
        _ => throw new InvalidInputException($"--wide is '{ErrorText.Printable(name)}'; {NearMatches.Advice(name, ["sketch", "pool", "skip"])}"),
    };
}
