using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary><c>sweep resume DIR</c>: goes on with a sweep, on whichever engine.</summary>
internal static class SweepResumeCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("resume", "Goes on with a sweep that was interrupted or cancelled, on whichever engine.")
        {
            Notes = ["Results that are damaged are made again. Trials that failed stay as they are: see sweep retry."],
            Examples = ["rankcollapse sweep resume sweeps/phase-diagram", "rankcollapse sweep resume sweeps/phase-diagram --engine slurm"],
        };
        Argument<string> path = SweepCommand.Folder();
        Option<string> engine = SweepCommand.Engine();
        Option<int> workers = SweepCommand.Workers();
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(engine);
        command.Add(workers);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var run = SweepRun.Read(parsed, environment, engine, workers, json);
            var folder = SweepFolder.Open(parsed.GetRequiredValue(path));
            return run.Go(folder, SlurmOptions.ReadFrom(folder.SpecificationPath));
        });
        return command;
    }
}
