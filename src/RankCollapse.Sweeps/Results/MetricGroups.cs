using System.Collections;
using System.Globalization;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Training;

namespace RankCollapse.Sweeps.Results;

/// <summary>What to compare: one metric at the end of runs, over one setting or two.</summary>
public sealed record MetricRequest
{
    /// <summary>
    /// A number of <c>summary.json</c>, of the whole network, or of a layer with <see cref="Layer"/>; or one that is only recorded, at the last record.
    /// </summary>
    public required string Metric { get; init; }

    /// <summary>
    /// The layer of a metric of layers: a number, <c>first</c>, <c>last</c>, or <c>max</c>, <c>min</c>, <c>mean</c> over all layers of a run.
    /// </summary>
    public string? Layer { get; init; }

    /// <summary>The setting on the first axis.</summary>
    public required string X { get; init; }

    /// <summary>The other setting; null for one axis alone.</summary>
    public string? Y { get; init; }

    /// <summary>A condition in SQL on the columns of <c>runs</c>; null takes all runs that are done.</summary>
    public string? Where { get; init; }
}

/// <summary>The metric over all runs with the same values of the settings; NaN where no run has a value.</summary>
/// <param name="X">The value of the first setting: a long, double, bool or string, or null.</param>
/// <param name="Y">The value of the other one; null without one.</param>
/// <param name="Runs">How many runs there are.</param>
/// <param name="Values">How many of them have a finite value.</param>
/// <param name="Median">The median.</param>
/// <param name="LowerQuartile">A quarter of the values are below.</param>
/// <param name="UpperQuartile">A quarter of the values are above.</param>
/// <param name="Minimum">The least.</param>
/// <param name="Maximum">The largest.</param>
/// <param name="Mean">The mean.</param>
/// <param name="StandardDeviation">The standard deviation, with n − 1; NaN for one value.</param>
/// <param name="Sorted">The values, ascending, from which groups can be put together.</param>
public sealed record MetricGroup(
    object? X, object? Y, long Runs, long Values, double Median, double LowerQuartile, double UpperQuartile, double Minimum, double Maximum, double Mean,
    double StandardDeviation, IReadOnlyList<double> Sorted);

/// <summary>A metric of many runs, summed up over all runs with equal values of one or two settings.</summary>
/// <param name="Groups">The groups, by the settings' values.</param>
/// <param name="PutTogether">The settings in which the runs of a group differ, such as the seed.</param>
/// <param name="Problems">Runs that could not be read, a line each.</param>
/// <param name="Diverged">How many of the runs diverged or found no minimum; their values, which say nothing, are left out.</param>
public sealed record MetricGroups(IReadOnlyList<MetricGroup> Groups, IReadOnlyList<string> PutTogether, IReadOnlyList<string> Problems, long Diverged)
{
    private const int DivergedColumn = 11;
    private const int ValuesColumn = 12;
    private const int Statistics = 13;

    /// <summary>Beyond it squares overflow.</summary>
    private const string LargestSquared = "1e150";

    private static readonly string[] OverLayers = ["max", "min", "mean"];

    /// <summary>Reads and sums up.</summary>
    /// <param name="sources">The runs.</param>
    /// <param name="request">What to compare.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InvalidInputException">A name is unknown, the layer is missing or the condition is wrong.</exception>
    public static MetricGroups Of(IReadOnlyList<ResultSource> sources, MetricRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequireSetting(request.X);
        if (request.Y is { } other)
        {
            RequireSetting(other);
            if (other == request.X) throw new InvalidInputException($"Both axes are {other}; give two different settings.");
        }
        string y = request.Y is { } second ? $"\"{second}\"" : "NULL";
        string[] others = [.. ResultColumn.Settings.Select(s => s.Name).Where(s => s != "version" && s != request.X && s != request.Y)];
        string differ = string.Join(", ", others.Select(s => $"count(DISTINCT \"{s}\")"));
        string meaningless = string.Join(", ", new[] { TrainingStatus.Diverged, TrainingStatus.NoMinimum }.Select(status => $"'{EnumNames.Of(status)}'"));
        (ResultTable table, IReadOnlyList<string> problems) = Read(isRecorded: false);
        // Summaries of older versions lack some of what was recorded.
        if (table.Rows.Count > 0 && table.Rows.All(row => row[3] is 0L)
            && MetricTable.All.Find(request.Metric) is { OfLayer: not null, Cost: not MetricCost.AtEnd })
            (table, problems) = Read(isRecorded: true);

        (ResultTable Table, IReadOnlyList<string> Problems) Read(bool isRecorded)
        {
            string value = Value(request, isRecorded, out string from);
            using var database = ResultDatabase.Open(sources, $"""
                WITH chosen AS (SELECT * FROM runs WHERE state = '{ResultSource.Done}'{(request.Where is { } where ? $" AND (\n{where}\n)" : "")}),
                pairs AS (
                    SELECT "{request.X}" AS group_x, {y} AS group_y, CASE WHEN status IN ({meaningless}) THEN NULL ELSE ({value})::DOUBLE END AS v,
                        status IN ({meaningless}) AS diverged, {string.Join(", ", others.Select(s => $"chosen.\"{s}\""))} FROM chosen {from})
                SELECT group_x, group_y, count(*), count(v), median(v), quantile_cont(v, 0.25), quantile_cont(v, 0.75), min(v), max(v), avg(v),
                    stddev_samp(v) FILTER (WHERE abs(v) < {LargestSquared}), count(*) FILTER (WHERE diverged),
                    list(v ORDER BY v) FILTER (WHERE v IS NOT NULL), {differ}
                FROM pairs GROUP BY group_x, group_y ORDER BY group_x, group_y
                """, cancellation);
            return (database.Read(cancellation: cancellation), database.Problems);
        }
        if (table.Rows.Count == 0)
        {
            string[] asked = [request.Layer is { } chosen ? $"has the layer {chosen}" : "", request.Where is null ? "" : "meets the condition"];
            string conditions = string.Join(" and ", asked.Where(text => text.Length > 0));
            throw new InvalidInputException($"No run that is done{(conditions.Length > 0 ? " " : "")}{conditions}; there is nothing to show.");
        }
        string[] differing = [.. others.Where((_, i) => table.Rows.Any(row => row[Statistics + i] is > 1L))];
        return new MetricGroups(
            [
                .. table.Rows.Select(row => new MetricGroup(
                    Setting(row[0]), Setting(row[1]), (long)row[2]!, (long)row[3]!, Number(row[4]), Number(row[5]), Number(row[6]), Number(row[7]),
                    Number(row[8]), Number(row[9]), Number(row[10]), Numbers(row[ValuesColumn]))),
            ],
            [.. differing.Where(s => s != "widths" || !differing.Contains("width"))],
            problems,
            table.Rows.Sum(row => (long)row[DivergedColumn]!));
    }

    // Lists are compared by their text.
    private static object? Setting(object? value) => value is IList list ? string.Join('-', list.Cast<object?>()) : value;

    private static IReadOnlyList<double> Numbers(object? value) => value is IList list ? [.. list.Cast<object?>().Select(Number)] : [];

    private static double Number(object? value) => value is double number ? number : double.NaN;

    private static void RequireSetting(string name)
    {
        if (ResultColumn.Settings.Any(s => s.Name == name)) return;
        throw new InvalidInputException(
            $"There is no setting '{ErrorText.Printable(name)}'; {NearMatches.Advice(name, [.. ResultColumn.Settings.Select(s => s.Name)])}");
    }

    private static string Value(MetricRequest request, bool isRecorded, out string from)
    {
        from = "";
        Metric[] known = [.. MetricTable.Of(MetricScopes.Network | MetricScopes.Layers)];
        Metric metric = known.FirstOrDefault(metric => metric.Key == request.Metric)
            ?? throw new InvalidInputException(
                $"There is no metric '{ErrorText.Printable(request.Metric)}'; {NearMatches.Advice(request.Metric, [.. known.Select(m => m.Key)])}");
        if (metric.OfNetwork is not null)
            return request.Layer is null ? $"\"{metric.Key}\""
                : throw new InvalidInputException($"{metric.Key} belongs to the whole network; leave out the layer.");
        string table = isRecorded
            ? $"(SELECT run, layer, arg_max(value, epoch) AS v FROM metrics WHERE metric = '{metric.Key}' GROUP BY run, layer)"
            : $"(SELECT run, layer, \"{metric.Key}\" AS v FROM layers)";
        if (request.Layer is { } over && OverLayers.Contains(over))
        {
            from = $"JOIN (SELECT run, {(over == "mean" ? "avg" : over)}(v) AS v FROM {table} GROUP BY run) USING (run)";
            return "v";
        }
        string layer = request.Layer switch
        {
            "first" => "1",
            "last" => "depth",
            { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 => text,
            null => throw new InvalidInputException($"{request.Metric} belongs to layers; give the layer: a number, first, last, max, min or mean."),
            { } text =>
                throw new InvalidInputException($"The layer is '{ErrorText.Printable(text)}', expected a number from 1, first, last, max, min or mean."),
        };
        from = $"JOIN {table} l ON l.run = chosen.run AND l.layer = {layer}";
        return "l.v";
    }
}
