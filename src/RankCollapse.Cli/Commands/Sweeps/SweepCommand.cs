using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;

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

    /// <summary>Where trials run.</summary>
    public static Option<string> Engine() => OptionValue.Of<string>("--engine", "Where trials run: local (processes on this machine) or slurm (job arrays) [local]", "NAME");

    /// <summary>How many workers there are.</summary>
    public static Option<int> Workers() => OptionValue.Of<int>("--workers", "Worker processes on this machine [one for each core, as far as the memory goes]", "n");
}
