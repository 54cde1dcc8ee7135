using System.CommandLine;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Parsing;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    /// <summary>The name of the option for machines.</summary>
    public const string JsonName = "--json";

    /// <summary>One JSON document instead of text.</summary>
    public static Option<bool> Json() => OptionValue.Switch(JsonName, "Write one JSON document to standard output and nothing else");

    /// <summary>The threads of products.</summary>
    public static Option<int> Threads() => OptionValue.Of<int>("--threads", RunSettings.Of(nameof(RunConfiguration.Threads)).HelpWithValues, "n");

    /// <summary>The folder of a run.</summary>
    public static Argument<string> RunFolder() => new("RUN") { Description = "the folder of a run, as train wrote it" };
}
