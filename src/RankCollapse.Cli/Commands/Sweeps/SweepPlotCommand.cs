using System.CommandLine;
using System.Text.Json.Nodes;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps.Results;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary><c>sweep plot</c>: one metric over one setting or two, as a figure.</summary>
internal static class SweepPlotCommand
{
    private static readonly string[] Statistics = ["median", "mean", "min", "max"];
    private static readonly string[] Bands = ["quartiles", "range", "deviation", "none"];

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("plot", "Draws a metric over one setting as lines with bands, or over two as a heat map; SVG and PNG.")
        {
            Notes =
            [
                "--x alone or with --by draws lines, --x with --y a heat map. Runs that share these settings, such as those of all seeds, "
                    + "are put together: the line is their median, the band their quartiles.",
                $"Metrics of the whole network: {Names(MetricScopes.Network)}.",
                $"Metrics of layers, with --layer: {Names(MetricScopes.Layers)}.",
            ],
            Examples =
            [
                "rankcollapse sweep plot sweeps/phase --metric objective --x lambda --by depth",
                "rankcollapse sweep plot sweeps/phase --metric tcvUpper --layer last --x lambda --y width --where \"activation = 'tanh'\"",
            ],
        };
        Argument<string[]> folders = ResultOptions.Folders();
        folders.Arity = ArgumentArity.OneOrMore;
        Option<string> metric = OptionValue.Of<string>("--metric", "The metric, as in the views runs and layers", "NAME");
        Option<string> layer = OptionValue.Name(
            "--layer", "The layer of a metric of layers: a number, first, last, max, min or mean", "l", "first", "last", "max", "min", "mean");
        Option<string> x = OptionValue.Of<string>("--x", "The setting from left to right", "NAME");
        Option<string> y = OptionValue.Of<string>("--y", "The setting upwards, for a heat map", "NAME");
        Option<string> by = OptionValue.Of<string>("--by", "A line for each value of this setting", "NAME");
        Option<string> statistic = OptionValue.Name(
            "--statistic", "What is drawn: median, mean, min or max [median]", "NAME", Statistics);
        Option<string> band = OptionValue.Name(
            "--band", "The bands of lines: quartiles, range, deviation or none [quartiles]", "NAME", Bands);
        Option<string> scale = OptionValue.Name(
            "--scale", "Scale of the metric: log or linear [log where its values are positive and span a factor of 50]", "NAME", "log", "linear");
        Option<string> where = OptionValue.Of<string>("--where", "Only runs that meet this condition on the columns of runs", "SQL");
        Option<string> file = OptionValue.Folder("--out", "The files' path without ending [figures/… in the first folder]", "PATH");
        Option<bool> accept = CommonOptions.AcceptChanged();
        Option<bool> json = CommonOptions.Json();
        command.Add(folders);
        foreach (Option option in (Option[])[metric, layer, x, y, by, statistic, band, scale, where, file, accept, json]) command.Add(option);
        command.SetAction(parsed =>
        {
            string Needed(Option<string> option) =>
                parsed.GetValue(option) ?? throw new InvalidInputException($"sweep plot needs {option.Name}; rankcollapse sweep plot --help shows an example.");
            if (parsed.GetValue(y) is not null && parsed.GetValue(band) is not null)
                throw new InvalidInputException("--band belongs to lines and --y draws a heat map; leave one of them out.");
            if (parsed.GetValue(y) is not null && parsed.GetValue(by) is not null)
                throw new InvalidInputException("--y draws a heat map and --by lines; give one of them.");
            var style = new MetricFigureStyle(
                Choice(parsed.GetValue(statistic) ?? "median", "--statistic", Statistics),
                Choice(parsed.GetValue(band) ?? "quartiles", "--band", Bands),
                parsed.GetValue(scale) is { } chosen ? Choice(chosen, "--scale", "log", "linear") == "log" : null);
            var request = new MetricRequest
            {
                Metric = Needed(metric),
                Layer = parsed.GetValue(layer),
                X = Needed(x),
                Y = parsed.GetValue(y)
                ?? parsed.GetValue(by),
                Where = parsed.GetValue(where)
            };
            string[] given = parsed.GetRequiredValue(folders);
            IReadOnlyList<ResultSource> sources = ResultSearch.Find(given);
            ResultOptions.Accept(parsed, accept, environment, sources);
            var groups = MetricGroups.Of(sources, request, environment.Cancellation);
            ResultOptions.WriteProblems(environment, groups.Problems);
            Figure figure = parsed.GetValue(y) is null ? MetricFigure.Lines(request, groups, style) : MetricFigure.HeatMap(request, groups, style);
            string path = parsed.GetValue(file) ?? Path.Combine(given[0], "figures", figure.Name);
            if (parsed.GetValue(file) is null)
                foreach (string place in (string[])[Path.GetDirectoryName(path)!, path + ".svg", path + ".png"]) AtomicFile.RequireInside(place);
            IReadOnlyList<string> written = FigureFiles.Write(figure, path);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write((request, groups, written)));
            else foreach (string one in written) environment.Output.WriteLine(one);
            if (groups.PutTogether.Count > 0) environment.Error.WriteLine($"put together: runs that differ in {string.Join(", ", groups.PutTogether)}");
            if (groups.Diverged > 0)
                environment.Error.WriteLine($"left out: {NumberText.Count((int)groups.Diverged, "run")} that diverged or found no minimum");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Names(MetricScopes scope) => string.Join(", ", MetricTable.Of(scope).Select(metric => metric.Key));

    private static string Choice(string given, string option, params string[] known) =>
        known.Contains(given)
            ? given
            : throw new InvalidInputException($"The option {option} is '{ErrorText.Printable(given)}'; {NearMatches.Advice(given, known)}");

    /// <summary>The JSON document.</summary>
    internal static JsonShape<(MetricRequest Request, MetricGroups Groups, IReadOnlyList<string> Files)> Document =>
        new JsonShape<(MetricRequest Request, MetricGroups Groups, IReadOnlyList<string> Files)>()
        .Texts("files", one => one.Files)
        .Text("metric", one => one.Request.Metric)
        .TextOrNull("layer", one => one.Request.Layer)
        .Text("x", one => one.Request.X)
        .TextOrNull("y", one => one.Request.Y)
        .Whole("diverged", one => one.Groups.Diverged)
        .Texts("putTogether", one => one.Groups.PutTogether)
        .List("groups", one => one.Groups.Groups, new JsonShape<MetricGroup>()
            .Any("x", JsonSchema.Type("string", "number", "boolean", "null"), group => Setting(group.X))
            .Any("y", JsonSchema.Type("string", "number", "boolean", "null"), group => Setting(group.Y))
            .Whole("runs", group => group.Runs)
            .Whole("values", group => group.Values)
            .Number("median", group => group.Median)
            .Number("lowerQuartile", group => group.LowerQuartile)
            .Number("upperQuartile", group => group.UpperQuartile)
            .Number("minimum", group => group.Minimum)
            .Number("maximum", group => group.Maximum)
            .Number("mean", group => group.Mean)
            .Number("standardDeviation", group => group.StandardDeviation));

    private static JsonNode? Setting(object? value) => value switch
    {
        null => null,
        long whole => JsonValue.Create(whole),
        double number => JsonOutput.Number(number),
        bool truth => JsonValue.Create(truth),
        _ => JsonValue.Create(MetricFigure.Label(value)),
    };
}
