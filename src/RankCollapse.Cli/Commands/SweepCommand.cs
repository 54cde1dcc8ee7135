using System.CommandLine;
using RankCollapse.Cli.Parsing;

namespace RankCollapse.Cli.Commands;

/// <summary><c>sweep</c>: many runs.</summary>
internal static class SweepCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("sweep", "Collects and draws the results of many runs.") { Examples = ["rankcollapse sweep collect sweeps/phase"] };
        command.Add(SweepCollectCommand.Create(environment));
        command.Add(SweepPlotCommand.Create(environment));
        command.SetAction(parsed => new ExampleHelpAction().Invoke(parsed));
        return command;
    }
}
