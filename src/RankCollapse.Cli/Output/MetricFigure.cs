using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Results;

namespace RankCollapse.Cli.Output;

/// <summary>How a metric of many runs is drawn.</summary>
/// <param name="Statistic">median, mean, min or max.</param>
/// <param name="Band">quartiles, range, deviation or none.</param>
/// <param name="IsLogarithmic">The metric's scale; null lets the values decide.</param>
internal sealed record MetricFigureStyle(string Statistic, string Band, bool? IsLogarithmic);

/// <summary>Makes figures from the metrics of many runs.</summary>
internal static partial class MetricFigure
{
    private const int MostCells = 48;
    private const int MostLines = 24;

    /// <summary>The part of a place in which dots stand side by side.</summary>
    private const double DotRoom = 0.6;

    /// <summary>The files' name, such as <c>tcvUpper-last-over-lambda-and-width</c>.</summary>
    public static string FileName(MetricRequest request, bool isHeatMap) =>
        $"{request.Metric}{(request.Layer is { } layer ? $"-{layer}" : "")}-over-{request.X}{(request.Y is { } y ? $"-{(isHeatMap ? "and" : "by")}-{y}" : "")}";

    /// <summary>A line for each value of the second setting, or one line; dots side by side over values that are not numbers.</summary>
    public static Figure Lines(MetricRequest request, MetricGroups groups, MetricFigureStyle style)
    {
        object?[] positions = Distinct(groups.Groups.Select(g => g.X)), series = Ordered(groups.Groups.Select(g => g.Y));
        if (series.Length > MostLines)
            throw new InvalidInputException(
                $"{request.Y} has {series.Length} values, at most {MostLines} lines can be told apart; use --y for a heat map, or --where.");
        bool isNumeric = positions.All(p => p is long or double), hasBands = style.Band != "none" && groups.Groups.Any(g => g.Values > 1);
        bool hasOrder = series.Length > 1 && series.All(s => s is long or double);
        double Position(object? value, int index) =>
            isNumeric ? Convert.ToDouble(value, CultureInfo.InvariantCulture)
                : Array.IndexOf(positions, value) + (DotRoom * (((index + 0.5) / series.Length) - 0.5));
        string value = ValueName(request, style);
        var panel = new Panel
        {
            Title = Title(request),
            X = AxisOf(request.X) with
            {
                Labels = isNumeric ? null : [.. positions.Select(Label)],
                IsLogarithmic = isNumeric && ColourScale.Spans(positions.Select(p => Position(p, 0)))
            },
            Y = new Axis(value)
            {
                IsLogarithmic = style.IsLogarithmic ?? ColourScale.Spans(groups.Groups.Select(g => Middle(g, style))),
            },
            Series = [.. series.Select((name, i) =>
            {
                MetricGroup[] own = [.. groups.Groups.Where(g => Equals(g.Y, name)).OrderBy(g => Position(g.X, i))];
                string colour = hasOrder ? Palette.Layer(i + 1, series.Length) : Palette.Kind(i);
                return new Series(request.Y is null ? "" : $"{SymbolOf(request.Y)} {Label(name)}", colour, [.. own.Select(g => Position(g.X, i))],
                    [.. own.Select(g => Middle(g, style))], isNumeric ? Mark.DottedLine : Mark.Dots)
                {
                    Lower = hasBands ? [.. own.Select(g => Edge(g, style, -1))] : null,
                    Upper = hasBands ? [.. own.Select(g => Edge(g, style, 1))] : null,
                };
            })],
        };
        string lines = request.Y is null ? "" : $", a line for each {NameOf(request.Y)}", bands = hasBands ? $"; bands: {style.Band}" : "";
        return new Figure(FileName(request, isHeatMap: false), Title(request), $"{value} over {NameOf(request.X)}{lines}{bands}.", new PanelBlock(panel))
        {
            Finding = Describe(value, groups.Groups.Select(g => (Middle(g, style),
                $"{SymbolOf(request.X)} {Label(g.X)}{(request.Y is null ? "" : $", {SymbolOf(request.Y)} {Label(g.Y)}")}"))),
        };
    }

    /// <summary>A cell for each pair of values; many values of numbers are put together into intervals.</summary>
    public static Figure HeatMap(MetricRequest request, MetricGroups groups, MetricFigureStyle style)
    {
        MetricAxis x = MetricAxis.Of(groups.Groups.Select(g => g.X), request.X, MostCells),
            y = MetricAxis.Of(groups.Groups.Select(g => g.Y), request.Y!, MostCells);
        // Over all runs of a cell, also where it takes several values of a setting together.
        var cells = groups.Groups.GroupBy(g => (x.Place(g.X), y.Place(g.Y)))
            .ToDictionary(cell => cell.Key, cell => Statistic([.. cell.SelectMany(g => g.Sorted).Order()], style.Statistic));
        string value = ValueName(request, style);
        Panel panel = Grid(request.X, x, request.Y!, y, (column, row) => cells.TryGetValue((column, row), out double known) ? known : null, value,
            style.IsLogarithmic) with
        { Title = Title(request), X = x.ToAxis(AxisOf(request.X)), Y = y.ToAxis(AxisOf(request.Y!)) };
        return new Figure(FileName(request, isHeatMap: true), Title(request), $"A heat map of {value} over {NameOf(request.X)} and {NameOf(request.Y!)}.",
            new PanelBlock(panel))
        {
            Finding = Describe(value, cells.Select(cell => (cell.Value,
                $"{SymbolOf(request.X)} {x.Labels[cell.Key.Item1]}, {SymbolOf(request.Y!)} {y.Labels[cell.Key.Item2]}"))),
        };
    }

    /// <summary>A heat map over two settings.</summary>
    /// <param name="xName">The setting from left to right.</param>
    /// <param name="x">Its places.</param>
    /// <param name="yName">The setting upwards.</param>
    /// <param name="y">Its places.</param>
    /// <param name="value">The value of a column and a row: null where there is nothing, NaN where none is finite.</param>
    /// <param name="valueName">What the colours mean.</param>
    /// <param name="isLogarithmic">Whether they follow the logarithm; null lets the values decide.</param>
    public static Panel Grid(string xName, MetricAxis x, string yName, MetricAxis y, Func<int, int, double?> value, string valueName, bool? isLogarithmic)
    {
        double?[][] values =
            [.. Enumerable.Range(0, y.Labels.Count).Select(row => (double?[])[.. Enumerable.Range(0, x.Labels.Count).Select(column => value(column, row))])];
        var scale = ColourScale.Of(valueName, values.SelectMany(row => row).OfType<double>(), isLogarithmic);
        return new Panel
        {
            X = AxisOf(xName) with { Labels = x.Labels },
            Y = AxisOf(yName) with { Labels = y.Labels },
            Heat = new HeatMap(values, scale) { Columns = x.Labels, Rows = y.Labels }
        };
    }

    /// <summary>A statistic of sorted values; NaN where there is none.</summary>
    public static double Statistic(double[] sorted, string name) => sorted.Length == 0 ? double.NaN : name switch
    {
        "mean" => sorted.Average(),
        "min" => sorted[0],
        "max" => sorted[^1],
        _ => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2,
    };

    /// <summary>A setting's value as people read it.</summary>
    public static string Label(object? value) => value switch
    {
        null => "none",
        double number => NumberText.Plain(number),
        long whole => NumberText.Whole(whole),
        bool truth => truth ? "yes" : "no",
        string text => ErrorText.Printable(text),
        IEnumerable list => string.Join('-', list.Cast<object?>().Select(Label)),
        _ => ErrorText.Printable(value.ToString() ?? ""),
    };

    /// <summary>Values of one axis as people read them.</summary>
    public static IReadOnlyList<string> Labels(IReadOnlyList<object?> values) =>
        values.All(value => value is double) ? NumberText.PlainAll([.. values.Cast<double>()]) : [.. values.Select(Label)];

    private static string Title(MetricRequest request) => request.Layer switch
    {
        null => Metric(request)?.Heading ?? request.Metric,
        "max" or "min" or "mean" => $"{Metric(request)?.Heading ?? request.Metric}, {request.Layer} over the layers",
        "first" or "last" => $"{Metric(request)?.Heading ?? request.Metric}, {request.Layer} layer",
        var number => $"{Metric(request)?.Heading ?? request.Metric}, layer {number}",
    };

    /// <summary>What a setting is called on an axis: its meaning with its symbol, such as <c>weight penalty λ</c>; other names with blanks.</summary>
    public static string NameOf(string setting) => AxisOf(setting).Text;

    /// <summary>The axis of a setting: its meaning, and the symbol that theory gives it.</summary>
    private static Axis AxisOf(string setting)
    {
        if (RunSettings.Find(setting) is not { } known) return new Axis(setting);
        Match named = Named().Match(known.Help);
        if (named.Success) return new Axis(named.Groups["name"].Value.Trim(), Prime(named.Groups["symbol"].Value));
        bool isSymbol = known.ValueName is [> '\u007f'];
        // A name that spells its symbol, as sigma does, says nothing beside it.
        string name = isSymbol && known.Name == "sigma" ? "standard deviation of each class" : known.Name.Replace('-', ' ');
        return new Axis(name, isSymbol ? known.ValueName! : "", name.EndsWith("seconds", StringComparison.Ordinal) ? "seconds" : "");
    }

    /// <summary>A setting before its value in legends: <c>λ =</c>, or its name.</summary>
    private static string SymbolOf(string setting) => AxisOf(setting) is { Symbol: { Length: > 0 } symbol } ? $"{symbol} =" : NameOf(setting);

    private static string Prime(string symbol) => symbol.Replace('\'', '′');

    // The ends of what is drawn.
    private static string Describe(string value, IEnumerable<(double Value, string Place)> all)
    {
        (double Value, string Place)[] known = [.. all.Where(one => double.IsFinite(one.Value))];
        if (known.Length == 0) return $"There is no finite value of {value}.";
        var (least, largest) = (known.MinBy(one => one.Value), known.MaxBy(one => one.Value));
        return $"The least is {NumberText.Short(least.Value)}, at {least.Place}; the largest {NumberText.Short(largest.Value)}, at {largest.Place}.";
    }

    [GeneratedRegex(@"^(?<symbol>\S{1,2}), (the )?(?<name>[^,:(]+?)(?= of λ|[,:(]|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Named();

    private static Metric? Metric(MetricRequest request) => MetricTable.All.Find(request.Metric);

    private static string ValueName(MetricRequest request, MetricFigureStyle style)
    {
        string name = Metric(request) is not { } metric ? request.Metric
            : metric.Heading == metric.Symbol ? Axis.Of(metric).Text : $"{metric.Heading}: {Axis.Of(metric).Text}";
        return $"{name}, {style.Statistic}";
    }

    private static double Middle(MetricGroup group, MetricFigureStyle style) => style.Statistic switch
    {
        "mean" => group.Mean,
        "min" => group.Minimum,
        "max" => group.Maximum,
        _ => group.Median,
    };

    private static double Edge(MetricGroup group, MetricFigureStyle style, int side) => style.Band switch
    {
        "range" => side < 0 ? group.Minimum : group.Maximum,
        "deviation" => group.Mean + (side * (double.IsNaN(group.StandardDeviation) ? 0 : group.StandardDeviation)),
        _ => side < 0 ? group.LowerQuartile : group.UpperQuartile,
    };

    private static object?[] Distinct(IEnumerable<object?> values) => [.. values.Distinct()];

    /// <summary>Different values: numbers ascending, others as they come.</summary>
    private static object?[] Ordered(IEnumerable<object?> values)
    {
        object?[] distinct = Distinct(values);
        return distinct.All(value => value is long or double)
            ? [.. distinct.OrderBy(value => Convert.ToDouble(value, CultureInfo.InvariantCulture))] : distinct;
    }
}
