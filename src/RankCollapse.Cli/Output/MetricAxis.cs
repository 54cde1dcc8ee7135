using System.Globalization;
using RankCollapse.Reporting.Panels;

namespace RankCollapse.Cli.Output;

/// <summary>An axis of a heat map: a place for each value of a setting, or for each interval where there are too many.</summary>
internal sealed class MetricAxis
{
    private const int Intervals = 24;

    private readonly Func<object?, int> _place;

    private MetricAxis(IReadOnlyList<string> labels, Func<object?, int> place)
    {
        Labels = labels;
        _place = place;
    }

    /// <summary>What stands beside each place.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The place of a value, from 0.</summary>
    public int Place(object? value) => _place(value);

    /// <summary>The axis of some values.</summary>
    /// <param name="values">The values, in order, possibly repeated.</param>
    /// <param name="name">The setting, for errors.</param>
    /// <param name="most">More different numbers than this are put together into intervals.</param>
    /// <exception cref="InvalidInputException">There are more values than places, and they are not numbers.</exception>
    public static MetricAxis Of(IEnumerable<object?> values, string name, int most)
    {
        object?[] distinct = [.. values.Distinct()];
        bool isNumeric = distinct.All(v => v is long or double);
        if (isNumeric) distinct = [.. distinct.OrderBy(Number)];
        if (distinct.Length <= most) return new MetricAxis(MetricFigure.Labels(distinct), value => Array.IndexOf(distinct, value));
        if (!isNumeric) throw new InvalidInputException($"{name} has {distinct.Length} values, at most {most} can be told apart; use --where to choose some.");
        double low = Number(distinct[0]), high = Number(distinct[^1]);
        bool isLogarithmic = ColourScale.Spans([low, high]);
        double from = isLogarithmic ? Math.Log(low) : low, to = isLogarithmic ? Math.Log(high) : high;
        double Middle(int i)
        {
            double at = from + ((i + 0.5) * (to - from) / Intervals);
            return isLogarithmic ? Math.Exp(at) : at;
        }
        return new MetricAxis(
            MetricFigure.Labels([.. Enumerable.Range(0, Intervals).Select(i => (object)Middle(i))]),
            value => Math.Clamp((int)(((isLogarithmic ? Math.Log(Number(value)) : Number(value)) - from) / (to - from) * Intervals), 0, Intervals - 1));
    }

    private static double Number(object? value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
