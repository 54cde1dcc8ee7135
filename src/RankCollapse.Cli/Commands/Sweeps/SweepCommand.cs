using System.CommandLine;
using RankCollapse.Cli.Output;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary><c>sweep</c>: many trainings from one file. <c>sweep SPEC</c> stands for <c>sweep run SPEC</c>.</summary>
internal static class SweepCommand
{
    /// <summary>The verb with all its parts.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        Command command = SweepRunCommand.Create("sweep", environment, isSpecificationOptional: true);
        command.Add(SweepRunCommand.Create("run", environment, isSpecificationOptional: false));
        command.Add(SweepStatusCommand.Create(environment));
        command.Add(SweepResumeCommand.Create(environment));
        command.Add(SweepRetryCommand.Create(environment));
        command.Add(SweepCancelCommand.Create(environment));
        command.Add(SweepWorkCommand.Create(environment));
        command.Add(SweepWatchCommand.Create(environment));
        command.Add(SweepCollectCommand.Create(environment));
        command.Add(SweepPlotCommand.Create(environment));
        return command;
    }

    /// <summary>The folder of a sweep.</summary>
    public static Argument<string> Folder() => new("DIR") { Description = "the folder of a sweep" };
}
