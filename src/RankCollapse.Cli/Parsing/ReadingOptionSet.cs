using System.CommandLine;
using RankCollapse.Data;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Parsing;

/// <summary>The options that settle how files of samples are meant, those of <c>train</c> for verbs that have no settings of runs.</summary>
internal sealed class ReadingOptionSet
{
    private readonly Option<string> _label = OptionValue.Of<string>("--label", Help(nameof(RunConfiguration.Label)), "NAME|n");
    private readonly Option<string> _layout = Named("--layout", nameof(RunConfiguration.Layout));
    private readonly Option<string> _split = Named("--split", nameof(RunConfiguration.Split));

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_label, _layout, _split];

    /// <summary>What was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="understood">Hears how a file was understood.</param>
    /// <exception cref="InvalidInputException">A name is unknown.</exception>
    public FileReading Read(ParseResult parsed, Action<string> understood) => new()
    {
        Label = parsed.GetValue(_label),
        Layout = parsed.Choice(_layout, ("auto", SampleLayout.Auto), ("rows", SampleLayout.Rows), ("columns", SampleLayout.Columns)),
        Split = parsed.Choice(_split, ("train", DataSplit.Train), ("test", DataSplit.Test)),
        Understood = understood,
    };

    private static Option<string> Named(string name, string property) => OptionValue.Name(name, Help(property), "NAME", [.. RunSettings.Of(property).Names]);

    private static string Help(string property) => RunSettings.Of(property).HelpWithValues;
}
