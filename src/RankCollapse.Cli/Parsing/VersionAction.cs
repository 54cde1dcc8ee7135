using System.CommandLine;
using System.CommandLine.Invocation;
using RankCollapse.Cli.Output;

namespace RankCollapse.Cli.Parsing;

/// <summary>Writes the version alone.</summary>
internal sealed class VersionAction(string version) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(version);
        return ExitCode.Done;
    }
}
