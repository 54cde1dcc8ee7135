using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary><c>sweep retry DIR --failed</c>: makes failed trials pending again.</summary>
internal static class SweepRetryCommand
{
    /// <summary>The JSON document.</summary>
    internal static JsonShape<(string Folder, int Retried)> Document =>
        new JsonShape<(string Folder, int Retried)>().Text("folder", one => one.Folder).Whole("retried", one => one.Retried);

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("retry", "Makes the trials that failed pending again; running workers take them, and sweep resume does.")
        {
            Examples = ["rankcollapse sweep retry sweeps/phase-diagram --failed", "rankcollapse sweep resume sweeps/phase-diagram"],
        };
        Argument<string> path = SweepCommand.Folder();
        Option<bool> failed = OptionValue.Switch("--failed", "All trials that failed");
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(failed);
        command.Add(json);
        command.SetAction(parsed =>
        {
            if (!parsed.GetValue(failed)) throw new InvalidInputException("retry needs --failed: it makes all trials that failed pending again.");
            var folder = SweepFolder.Open(parsed.GetRequiredValue(path));
            int count = folder.ForgiveFailures(folder.ReadPlan());
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write((folder.Path, count)));
            else environment.Output.WriteLine(
                $"{NumberText.Count(count, "trial")} to be tried again{(count > 0 ? $": rankcollapse sweep resume {folder.Path}" : "")}");
            return ExitCode.Done;
        });
        return command;
    }
}
