using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Parsing;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    /// <summary>The name of the option for machines.</summary>
    public const string JsonName = "--json";

    /// <summary>One JSON document instead of text.</summary>
    public static Option<bool> Json() => OptionValue.Switch(JsonName, "Write one JSON document to standard output and nothing else");

    /// <summary>Tables with every column.</summary>
    public static Option<bool> Wide() => new("--wide")
    {
        Description = "Tables with every column, and lines as long as they are, however narrow the terminal is",
        Arity = ArgumentArity.Zero,
        Recursive = true,
    };

    /// <summary>The threads of products.</summary>
    public static Option<int> Threads() => OptionValue.Of<int>("--threads", RunSettings.Of(nameof(RunConfiguration.Threads)).HelpWithValues, "n");

    /// <summary>Whether files of a run that were changed on purpose are taken as they are.</summary>
    public static Option<bool> AcceptChanged() =>
        OptionValue.Switch("--accept-changed", "Take files of the run as they are that do not have the content that was written, from now on");

    /// <summary>Takes the files of runs as they are, where that was asked for, and says which had changed.</summary>
    public static void Accept(this ParseResult parsed, Option<bool> option, CommandEnvironment environment, params IEnumerable<string> folders)
    {
        if (!parsed.GetValue(option)) return;
        foreach (string folder in folders)
        {
            foreach (string file in Runs.RunFolder.AcceptChanges(folder)) environment.Error.WriteLine($"accepted: {Path.Combine(folder, file)}");
        }
    }

    /// <summary>The same of a model, which has to be the folder of a run for that.</summary>
    public static void AcceptModel(this ParseResult parsed, Option<bool> option, CommandEnvironment environment, string model)
    {
        if (parsed.GetValue(option) && !File.Exists(Path.Combine(model, "config.json")))
            throw new InvalidInputException($"{option.Name} has an effect with folders of runs only, and {model} is none; leave it out.");
        parsed.Accept(option, environment, model);
    }

    /// <summary>The folder of a run.</summary>
    public static Argument<string> RunFolder() => new("RUN") { Description = "the folder of a run, as train wrote it" };
}
