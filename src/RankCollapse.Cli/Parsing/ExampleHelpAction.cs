using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace RankCollapse.Cli.Parsing;

/// <summary>Help that ends with examples.</summary>
internal sealed class ExampleHelpAction : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string[]> Examples = [];

    public override bool ClearsParseErrors => true;

    /// <summary>Gives a verb its examples, each a line.</summary>
    public static void Add(Command command, params string[] examples) => Examples[command.Name] = examples;

    public override int Invoke(ParseResult parseResult)
    {
        int code = new HelpAction().Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        string[] examples = Examples.GetValueOrDefault(parseResult.CommandResult.Command.Name) ?? ["rankcollapse train --help"];
        output.WriteLine(examples.Length == 1 ? "Example:" : "Examples:");
        foreach (string example in examples) output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }
}
