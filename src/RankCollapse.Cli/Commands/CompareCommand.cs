using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Reporting;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Reports;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Cli.Commands;

/// <summary><c>compare RUN RUN…</c>: runs beside each other, as tables and as a page.</summary>
internal static class CompareCommand
{
    private const int MostRuns = 7;

    /// <summary>The JSON document.</summary>
    internal static JsonShape<(IReadOnlyList<ComparedRun> Runs, string? Page)> Document => new JsonShape<(IReadOnlyList<ComparedRun> Runs, string? Page)>()
        .Texts("runs", one => one.Runs.Select(run => run.Name))
        .TextOrNull("page", one => one.Page)
        .List("differences", one => ComparedRun.Differences(one.Runs), new JsonShape<(Setting Setting, IReadOnlyList<string> Values)>()
            .Text("setting", one => one.Setting.JsonName)
            .Texts("values", one => one.Values))
        .List("networks", one => one.Runs, new JsonShape<ComparedRun>()
            .Text("run", run => run.Name)
            .Number("forecastObjective", run => run.Forecast?.Objective)
            .Number("leastKnownObjective", run => run.LeastKnown)
            .Metrics(MetricScopes.Network, (run, metric) => run.Run.Summary.Number(metric)))
        .List("layers", one => one.Runs.SelectMany(run => run.Run.Summary.Layers.Select(layer => (run.Name, layer))),
            new JsonShape<(string Name, LayerSummary Layer)>()
            .Text("run", one => one.Name)
            .Whole("layer", one => one.Layer.Layer)
            .Metrics(MetricScopes.Layers, (one, metric) => one.Layer.Number(metric)));

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("compare", "Puts runs beside each other: settings that differ, objectives and their forecasts, every layer; also as a page.")
        {
            Examples = ["rankcollapse compare runs/first runs/second", "rankcollapse compare runs/first runs/second --html comparison.html"],
        };
        var folders = new Argument<string[]>("RUN") { Description = "the folders of two to seven runs", Arity = ArgumentArity.OneOrMore };
        Option<string> html = OptionValue.Of<string>("--html", "Also write a page with curves over each other and spectra beside each other", "FILE");
        Option<bool> accept = CommonOptions.AcceptChanged();
        Option<bool> json = CommonOptions.Json();
        command.Add(folders);
        command.Add(html);
        command.Add(accept);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string[] paths = parsed.GetRequiredValue(folders);
            if (paths.Length is < 2 or > MostRuns)
                throw new InvalidInputException($"compare is given {paths.Length} {(paths.Length == 1 ? "run" : "runs")}; expected 2 to {MostRuns}.");
            string? page = parsed.GetValue(html);
            if (page is not null) AtomicFile.Require(page, makesFolder: false);
            parsed.Accept(accept, environment, paths);
            string[] names = Names(paths);
            ComparedRun[] runs = [.. paths.Select((path, i) => Read(path, names[i]))];
            if (page is not null) ComparisonReport.Write(runs, page);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write((runs, page)));
            else Write(environment.Output, runs, page);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The folders' own names where these tell the runs apart; the paths otherwise.</summary>
    private static string[] Names(string[] paths)
    {
        string[] own = [.. paths.Select(path => Path.GetFileName(Path.TrimEndingDirectorySeparator(path)))];
        return own.Distinct(StringComparer.Ordinal).Count() == paths.Length && own.All(name => name.Length > 0) ? own : paths;
    }

    private static ComparedRun Read(string path, string name)
    {
        Run run = RunFolder.Read(path);
        var set = ForecastSet.Compute(run.Trained.Specification, run.DataSet, run.Configuration.ToObjectiveSettings(), run.Configuration.Seed);
        // The last one is the most exact.
        return new ComparedRun(
            name, run, set.Forecasts.Count > 0 ? set.Forecasts[^1] : null, set.Candidates.Count > 0 ? set.Candidates[0] : null);
    }

    private static void Write(TextWriter output, ComparedRun[] runs, string? page)
    {
        IReadOnlyList<(Setting Setting, IReadOnlyList<string> Values)> differences = ComparedRun.Differences(runs);
        Column[] headings = [.. runs.Select(run => (Column)run.Name)];
        output.WriteLine(differences.Count == 0 ? "The runs have the same settings." : "Settings that differ:");
        if (differences.Count > 0)
        {
            var settings = new TextTable(["setting", .. headings]);
            foreach ((Setting setting, IReadOnlyList<string> values) in differences) settings.Add([setting.Name, .. values]);
            settings.Write(output);
        }
        var whole = new TextTable(["whole network", .. headings]);
        foreach (Metric metric in MetricTable.Of(MetricScopes.Network, runs.Select(run => run.Run.Summary)))
        {
            whole.Add([metric.Heading, .. runs.Select(run => Numbers.Of(metric, run.Run.Summary.Number(metric)))]);
            if (metric != NetworkMetrics.Objective) continue;
            whole.Add(["objective, forecast", .. runs.Select(run => Numbers.Objective(run.Forecast?.Objective))]);
            whole.Add(["objective, least known", .. runs.Select(run => Numbers.Objective(run.LeastKnown))]);
        }
        whole.Write(output);
        RunMeasurements[] measured = [.. runs.Select(run => new RunMeasurements(run.Run))];
        Metric[] metrics = [.. MetricTable.Of(MetricScopes.Layers).Where(metric => metric.IsMainIn(MetricScopes.Layers))];
        var layers = new TextTable(["layer", new Column("run") { IsText = true }, "collapsed", .. MetricColumns.Of(metrics, MetricScopes.Layers)]);
        for (int l = 1; l <= measured.Max(run => run.Depth); l++)
        {
            for (int i = 0; i < runs.Length; i++)
            {
                if (l > measured[i].Depth) continue;
                string word = LayerTable.Word(measured[i].State(l));
                layers.Add([$"{l}", runs[i].Name, word, .. metrics.Select(metric => Numbers.Of(metric, measured[i].Number(l, metric)))]);
            }
        }
        layers.Write(output);
        if (page is not null) output.WriteLine($"page: {page}");
    }
}
