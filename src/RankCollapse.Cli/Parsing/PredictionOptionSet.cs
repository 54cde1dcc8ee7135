using System.CommandLine;
using RankCollapse.Models.Features;

namespace RankCollapse.Cli.Parsing;

/// <summary>The options that say what a model predicts.</summary>
internal sealed class PredictionOptionSet
{
    private readonly Option<string> _output = OptionValue.Of<string>("--output", "The output that predicts classes, also called --logits [the first]", "NAME");
    private readonly Option<string> _task = OptionValue.Name(
        "--task", $"What it tells of a sample: {string.Join(", ", EnumNames.All<PredictionTask>())} [by the output's shape]", "NAME",
        [.. EnumNames.All<PredictionTask>()]);

    /// <summary>Makes the options.</summary>
    public PredictionOptionSet() => _output.Aliases.Add("--logits");

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_output, _task];

    /// <summary>The output's name.</summary>
    public string? Output(ParseResult parsed) => parsed.GetValue(_output);

    /// <summary>The task; null where none is given.</summary>
    /// <exception cref="InvalidInputException">There is no such task.</exception>
    public PredictionTask? Task(ParseResult parsed) => parsed.Has(_task)
        ? parsed.Choice(_task, [.. Enum.GetValues<PredictionTask>().Select(task => (EnumNames.Of(task), task))]) : null;
}
