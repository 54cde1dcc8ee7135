using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary><c>sweep cancel DIR</c>: stops all workers, wherever they are.</summary>
internal static class SweepCancelCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb(
            "cancel", "Stops a sweep: workers end after their epoch at hand, with checkpoints, and what engines began on other machines is cancelled.")
        {
            Notes = ["sweep resume goes on. Exit code 1: it is not confirmed yet that all of that is gone; repeat the command."],
            Examples = ["rankcollapse sweep cancel sweeps/phase-diagram"],
        };
        Argument<string> path = SweepCommand.Folder();
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var folder = SweepFolder.Open(parsed.GetRequiredValue(path));
            folder.Cancel();
            IReadOnlyList<string> unconfirmed = SweepEngines.Cancel(folder, environment.Cancellation);
            foreach (string job in unconfirmed)
                environment.Error.WriteLine($"warning: it is not confirmed that {job} is gone; repeat rankcollapse sweep cancel {folder.Path}.");
            SweepPlan plan = folder.ReadPlan();
            SweepStatus status = folder.ReadStatus(plan);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, SweepStatusOutput.Document.Write((folder, plan, status)));
            else SweepStatusOutput.Write(environment.Output, folder, plan, status);
            return unconfirmed.Count == 0 ? ExitCode.Done : ExitCode.NotReached;
        });
        return command;
    }
}
