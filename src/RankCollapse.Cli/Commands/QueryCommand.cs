using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Sweeps.Results;

namespace RankCollapse.Cli.Commands;

/// <summary><c>query SQL [FOLDER…]</c>: SQL over the results of any runs and sweeps.</summary>
internal static class QueryCommand
{
    private const int MostRowsShown = 1000;
    private const string DefaultFolder = "runs";

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("query", "Asks SQL over the results of any runs and sweeps: the views runs, layers, metrics and results.")
        {
            Notes =
            [
                "runs has a row for each run or trial: settings and final state. layers has a row for each layer of each run. metrics is what was recorded on "
                    + "the way. results is the final state as one tidy table. \"DESCRIBE runs\" lists a view's columns.",
                "The SQL is DuckDB's. It reads these views and nothing else: no files, no network.",
            ],
            Examples =
            [
                "rankcollapse query \"SELECT run, lambda, objective FROM runs ORDER BY objective\"",
                "rankcollapse query \"SELECT depth, median(tcvUpper) FROM layers JOIN runs USING (run) WHERE layer = depth - 1 GROUP BY depth\" sweeps/depth",
                "rankcollapse query \"FROM metrics WHERE metric = 'objective'\" runs sweeps/depth --format parquet --out objective.parquet",
            ],
        };
        var sql = new Argument<string>("SQL") { Description = "one statement that gives a table" };
        Argument<string[]> folders = ResultOptions.Folders();
        Option<string> format = OptionValue.Name(
            "--format", "table, csv, json or parquet [table; with --out by its ending]", "NAME", "table", "csv", "json", "parquet");
        Option<string> file = OptionValue.File("--out", "Write to this file; - is standard output");
        Option<bool> json = CommonOptions.Json();
        Option<bool> accept = CommonOptions.AcceptChanged();
        foreach (Argument argument in (Argument[])[sql, folders]) command.Add(argument);
        foreach (Option option in (Option[])[format, file, accept, json]) command.Add(option);
        command.SetAction(parsed =>
        {
            string? path = parsed.GetValue(file);
            ResultFormat? chosen = ResultOptions.Format(parsed.GetValue(format), path, parsed.GetValue(json));
            if (chosen == ResultFormat.Parquet && path is null) throw new InvalidInputException("Parquet is not text; give --out FILE.");
            IReadOnlyList<ResultSource> sources = ResultSearch.Find(parsed.GetValue(folders) is { Length: > 0 } given ? given : [DefaultFolder]);
            ResultOptions.Accept(parsed, accept, environment, sources);
            using var database = ResultDatabase.Open(sources, parsed.GetRequiredValue(sql), environment.Cancellation);
            ResultOptions.WriteProblems(environment, database.Problems);
            if (chosen is { } known) ResultOptions.Write(environment, database, known, path);
            else ResultTableText.Write(environment, database.Read(MostRowsShown, environment.Cancellation));
            return ExitCode.Done;
        });
        return command;
    }
}
