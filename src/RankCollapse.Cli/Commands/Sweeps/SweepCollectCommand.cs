using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Results;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary><c>sweep collect</c>: the final state of all trials as one tidy table.</summary>
internal static class SweepCollectCommand
{
    private const string DefaultName = "results.parquet";

    /// <summary>The JSON document.</summary>
    internal static JsonShape<(string File, int Runs, int Unreadable)> Document => new JsonShape<(string File, int Runs, int Unreadable)>()
        .Text("file", one => one.File)
        .Whole("runs", one => one.Runs)
        .Whole("unreadable", one => one.Unreadable);

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("collect", "Writes the final state of all trials as one tidy table, Parquet or csv.")
        {
            Notes = ["A row for each trial, layer (0 for the whole network) and metric, with the settings in which trials differ; a trial without a "
                + "result has one row with its state and reason. The view results of rankcollapse query is the same table."],
            Examples = ["rankcollapse sweep collect sweeps/phase", "rankcollapse sweep collect sweeps/phase sweeps/more --out both.csv"],
        };
        Argument<string[]> folders = ResultOptions.Folders();
        folders.Arity = ArgumentArity.OneOrMore;
        Option<string> file = OptionValue.File("--out", $"The file: .parquet, .csv or .json [{DefaultName} in the first folder]");
        Option<string> format = OptionValue.Name(
            "--format", "csv, json or parquet [by the file's ending]", "NAME", "csv", "json", "parquet");
        command.Add(folders);
        command.Add(file);
        command.Add(format);
        Option<bool> accept = CommonOptions.AcceptChanged();
        command.Add(accept);
        Option<bool> json = CommonOptions.Json();
        command.Add(json);
        command.SetAction(parsed =>
        {
            string[] given = parsed.GetRequiredValue(folders);
            string path = parsed.GetValue(file) ?? Path.Combine(given[0], Path.ChangeExtension(DefaultName, parsed.GetValue(format) ?? "parquet"));
            ResultFormat chosen = ResultOptions.Format(parsed.GetValue(format), path, json: false)!.Value;
            if (path == StandardOutput.Name && parsed.GetValue(json))
                throw new InvalidInputException("--json and --out - both write to standard output; give one of them.");
            IReadOnlyList<ResultSource> sources = ResultSearch.Find(given);
            ResultOptions.Accept(parsed, accept, environment, sources);
            using var database = ResultDatabase.Open(sources, "FROM results", environment.Cancellation);
            ResultOptions.WriteProblems(environment, database.Problems);
            if (parsed.GetValue(file) is null) AtomicFile.RequireInside(path);
            AtomicFile.Write(path, stream => database.Write(chosen, stream, environment.Cancellation));
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write((path, sources.Count, database.Problems.Count)));
            else if (path != StandardOutput.Name) environment.Output.WriteLine(path);
            return ExitCode.Done;
        });
        return command;
    }
}
