using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary><c>sweep status DIR</c>: where the trials stand.</summary>
internal static class SweepStatusCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("status", "Shows how many trials are done, what workers do, why trials failed, and what work on other machines waits for.")
        {
            Examples = ["rankcollapse sweep status sweeps/phase-diagram", "rankcollapse sweep status sweeps/phase-diagram --json"],
        };
        Argument<string> path = SweepCommand.Folder();
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var folder = SweepFolder.Open(parsed.GetRequiredValue(path));
            SweepPlan plan = folder.ReadPlan();
            SweepStatus status = folder.ReadStatus(plan);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, SweepStatusOutput.Document.Write((folder, plan, status)));
            else SweepStatusOutput.Write(environment.Output, folder, plan, status);
            return ExitCode.Done;
        });
        return command;
    }
}
