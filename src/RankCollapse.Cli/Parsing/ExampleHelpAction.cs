using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace RankCollapse.Cli.Parsing;

/// <summary>Help that ends with examples.</summary>
internal sealed class ExampleHelpAction : SynchronousCommandLineAction
{
    private static readonly string[] ExamplesOfRoot = ["rankcollapse train --help", "rankcollapse doctor"];

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = new HelpAction().Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        var verb = parseResult.CommandResult.Command as Verb;
        foreach (string note in verb?.Notes ?? []) output.WriteLine(note);
        if (verb?.Notes.Count > 0) output.WriteLine();
        IReadOnlyList<string> examples = verb?.Examples ?? ExamplesOfRoot;
        output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
        foreach (string example in examples) output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }
}
