using System.Collections;
using System.Globalization;
using RankCollapse.Reporting;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps.Results;

namespace RankCollapse.Cli.Output;

/// <summary>How a metric of many runs is drawn.</summary>
/// <param name="Statistic">median, mean, min or max.</param>
/// <param name="Band">quartiles, range, deviation or none.</param>
/// <param name="IsLogarithmic">The metric's scale; null lets the values decide.</param>
internal sealed record MetricFigureStyle(string Statistic, string Band, bool? IsLogarithmic);

/// <summary>Makes figures from the metrics of many runs.</summary>
internal static class MetricFigure
{
    private const int MostCells = 48;
    private const int MostLines = 24;

    /// <summary>The files' name, such as <c>tcvUpper-last-over-lambda-and-width</c>.</summary>
    public static string FileName(MetricRequest request, bool isHeatMap) =>
        $"{request.Metric}{(request.Layer is { } layer ? $"-{layer}" : "")}-over-{request.X}{(request.Y is { } y ? $"-{(isHeatMap ? "and" : "by")}-{y}" : "")}";

    /// <summary>A line for each value of the second setting, or one line.</summary>
    public static FigureDrawing Lines(MetricRequest request, MetricGroups groups, MetricFigureStyle style)
    {
        object?[] positions = Distinct(groups.Groups.Select(g => g.X)), series = Ordered(groups.Groups.Select(g => g.Y));
        if (series.Length > MostLines) throw new InvalidInputException($"{request.Y} has {series.Length} values, at most {MostLines} lines can be told apart; use --y for a heat map, or --where.");
        bool isNumeric = positions.All(p => p is long or double);
        double Position(object? value) => isNumeric ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : Array.IndexOf(positions, value);
        bool hasBands = style.Band != "none" && groups.Groups.Any(g => g.Values > 1);
        return new BandFigure
        {
            Title = Title(request),
            XName = request.X,
            XLabels = isNumeric ? null : [.. positions.Select(Label)],
            ValueName = $"{request.Metric}, {style.Statistic}",
            IsLogarithmic = style.IsLogarithmic,
            BandName = hasBands ? style.Band : "",
            SeriesName = request.Y ?? "",
            HasOrder = series.Length > 1 && series.All(s => s is long or double),
            Series = [.. series.Select(name =>
            {
                MetricGroup[] own = [.. groups.Groups.Where(g => Equals(g.Y, name)).OrderBy(g => Position(g.X))];
                return new BandSeries(Label(name), [.. own.Select(g => Position(g.X))], [.. own.Select(g => Middle(g, style))], [.. own.Select(g => Edge(g, style, -1))], [.. own.Select(g => Edge(g, style, 1))]);
            })],
        }.Draw();
    }

    /// <summary>A cell for each pair of values; many values of numbers are put together into intervals.</summary>
    public static FigureDrawing HeatMap(MetricRequest request, MetricGroups groups, MetricFigureStyle style)
    {
        MetricAxis x = MetricAxis.Of(groups.Groups.Select(g => g.X), request.X, MostCells), y = MetricAxis.Of(groups.Groups.Select(g => g.Y), request.Y!, MostCells);
        var values = new double?[y.Labels.Count, x.Labels.Count];
        foreach (IGrouping<(int Y, int X), MetricGroup> cell in groups.Groups.GroupBy(g => (y.Place(g.Y), x.Place(g.X))))
        {
            // Over all runs of the cell, also where it takes several values of a setting together.
            double[] known = [.. cell.SelectMany(g => g.Sorted).Order()];
            values[cell.Key.Y, cell.Key.X] = known.Length == 0 ? double.NaN : style.Statistic switch
            {
                "mean" => known.Average(),
                "min" => known[0],
                "max" => known[^1],
                _ => (known[(known.Length - 1) / 2] + known[known.Length / 2]) / 2,
            };
        }
        return new GridFigure
        {
            Title = Title(request),
            XName = request.X,
            XLabels = x.Labels,
            YName = request.Y!,
            YLabels = y.Labels,
            ValueName = $"{request.Metric}, {style.Statistic}",
            Values = values,
            IsLogarithmic = style.IsLogarithmic,
        }.Draw();
    }

    /// <summary>A setting's value as people read it.</summary>
    public static string Label(object? value) => value switch
    {
        null => "none",
        double number => Shortest(number),
        long whole => NumberText.Whole(whole),
        bool truth => truth ? "yes" : "no",
        string text => ErrorText.Printable(text),
        IEnumerable list => string.Join('-', list.Cast<object?>().Select(Label)),
        _ => ErrorText.Printable(value.ToString() ?? ""),
    };

    /// <summary>Values of one axis as people read them: where one of them needs a power of ten all have one.</summary>
    public static IReadOnlyList<string> Labels(IReadOnlyList<object?> values)
    {
        bool needsPowers = values.Any(value => value is double number && double.IsFinite(number) && number != 0 && !IsPlain(Exponent(number)));
        return [.. values.Select(value => needsPowers && value is double number && double.IsFinite(number) && number != 0 ? WithPower(number) : Label(value))];
    }

    // Settings are round numbers: 0.01 and 10⁻⁵ rather than 0.0100 and 1.00·10⁻⁵.
    private static string Shortest(double number)
    {
        if (!double.IsFinite(number) || number == 0) return NumberText.Short(number);
        if (!IsPlain(Exponent(number))) return WithPower(number);
        string text = NumberText.Short(number);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    private static bool IsPlain(int exponent) => exponent is >= -3 and < 6;

    private static int Exponent(double number) => (int)Math.Floor(Math.Log10(Math.Abs(number)) + 1e-9);

    private static string WithPower(double number)
    {
        int exponent = Exponent(number);
        string mantissa = (number / Math.Pow(10, exponent)).ToString("0.##", CultureInfo.InvariantCulture).Replace('-', '−');
        return exponent == 0 ? mantissa : mantissa == "1" ? NumberText.Power(exponent) : $"{mantissa}·{NumberText.Power(exponent)}";
    }

    private static string Title(MetricRequest request) => request.Layer switch
    {
        null => request.Metric,
        "max" or "min" or "mean" => $"{request.Metric}, {request.Layer} over the layers",
        "first" or "last" => $"{request.Metric}, {request.Layer} layer",
        var number => $"{request.Metric}, layer {number}",
    };

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
        return distinct.All(value => value is long or double) ? [.. distinct.OrderBy(value => Convert.ToDouble(value, CultureInfo.InvariantCulture))] : distinct;
    }
}
