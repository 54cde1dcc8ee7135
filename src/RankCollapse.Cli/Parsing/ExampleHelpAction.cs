using System.CommandLine;
using System.CommandLine.Invocation;
using RankCollapse.Cli.Output;

namespace RankCollapse.Cli.Parsing;

/// <summary>Help that ends with examples.</summary>
internal sealed class ExampleHelpAction : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        HelpText.Write(parseResult.InvocationConfiguration.Output, parseResult.CommandResult.Command);
        return ExitCode.Done;
    }
}
