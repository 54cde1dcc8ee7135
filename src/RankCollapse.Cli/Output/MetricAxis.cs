using System.Globalization;
using RankCollapse.Reporting.Panels;

namespace RankCollapse.Cli.Output;

/// <summary>An axis of a heat map: a place for each value of a setting, or for each interval where there are too many.</summary>
internal sealed class MetricAxis
{
    private const int Intervals = 24;

    /// <summary>How far steps may differ and still count as equal.</summary>
    private const double EqualSteps = 0.02;

    private readonly Func<object?, int> _place;
    private readonly double[] _numbers;

    private MetricAxis(IReadOnlyList<string> labels, double[] numbers, Func<object?, int> place)
    {
        Labels = labels;
        _numbers = numbers;
        _place = place;
    }

    /// <summary>What stands beside each place.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>
    /// The axis in figures: names of the values where they are no numbers, not evenly spread, or all short; otherwise a scale with ticks at powers of ten, or
    /// at 1, 2 and 5 times one, from the lower edge of the first cell to the upper edge of the last.
    /// </summary>
    public Axis ToAxis(Axis axis)
    {
        if (_numbers.Length < 3 || _numbers.All(IsShort)) return axis with { Labels = Labels };
        double[] logarithms = [.. _numbers.Select(Math.Log10)];
        if (_numbers[0] > 0 && AreEven(logarithms))
        {
            double half = Math.Pow(10, (logarithms[^1] - logarithms[0]) / (logarithms.Length - 1) / 2);
            return axis with { IsLogarithmic = true, Minimum = _numbers[0] / half, Maximum = _numbers[^1] * half };
        }
        if (!AreEven(_numbers)) return axis with { Labels = Labels };
        double step = (_numbers[^1] - _numbers[0]) / (_numbers.Length - 1);
        return axis with { Minimum = _numbers[0] - (step / 2), Maximum = _numbers[^1] + (step / 2) };
    }

    private static bool AreEven(double[] numbers)
    {
        double step = (numbers[^1] - numbers[0]) / (numbers.Length - 1);
        return numbers.Zip(numbers.Skip(1), (a, b) => b - a).All(one => Math.Abs(one - step) <= EqualSteps * Math.Abs(step));
    }

    // At most two digits, so that it is a label as it is.
    private static bool IsShort(double number) => double.Parse(number.ToString("E1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) == number;

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
        double[] numbers = isNumeric ? [.. distinct.Select(Number)] : [];
        if (distinct.Length <= most) return new MetricAxis(MetricFigure.Labels(distinct), numbers, value => Array.IndexOf(distinct, value));
        if (!isNumeric) throw new InvalidInputException($"{name} has {distinct.Length} values, at most {most} can be told apart; use --where to choose some.");
        double low = Number(distinct[0]), high = Number(distinct[^1]);
        bool isLogarithmic = low > 0 && ColourScale.Spans([low, high]);
        double from = isLogarithmic ? Math.Log(low) : low, to = isLogarithmic ? Math.Log(high) : high;
        double Middle(int i)
        {
            double at = from + ((i + 0.5) * (to - from) / Intervals);
            return isLogarithmic ? Math.Exp(at) : at;
        }
        return new MetricAxis(
            MetricFigure.Labels([.. Enumerable.Range(0, Intervals).Select(i => (object)Middle(i))]),
            [.. Enumerable.Range(0, Intervals).Select(Middle)],
            value => Math.Clamp((int)(((isLogarithmic ? Math.Log(Number(value)) : Number(value)) - from) / (to - from) * Intervals), 0, Intervals - 1));
    }

    private static double Number(object? value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
