using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary><c>sweep resume DIR</c>: goes on with a sweep, on whichever engine.</summary>
internal static class SweepResumeCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("resume", "Goes on with a sweep that was interrupted or cancelled, on whichever engine.")
        {
            Computes = true,
            Notes = ["Results that are damaged are made again. Trials that failed stay as they are: see sweep retry."],
            Examples = ["rankcollapse sweep resume sweeps/phase-diagram", "rankcollapse sweep resume sweeps/phase-diagram --workers 1"],
        };
        Argument<string> path = SweepCommand.Folder();
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        var engines = new EngineOptionSet(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            (Engine engine, EngineSettings given) = engines.Read(parsed);
            var folder = SweepFolder.Open(parsed.GetRequiredValue(path));
            EngineSettings asked = engine.AskedBefore(folder, out IReadOnlyList<string> leftOut).With(given);
            string[] missing = [.. leftOut.Where(name => !given.Names.Contains(name))];
            if (missing.Length > 0)
                throw new InvalidInputException($"The folder {folder.Path} asks the engine {engine.Name} for {string.Join(", ", missing)}, by which programs "
                    + $"are run, and it was not you who asked: look at it, and give what you trust with --{engine.Name} FILE.");
            return SweepRun.Go(environment, folder, engine, asked, parsed.GetValue(json));
        });
        return command;
    }
}
