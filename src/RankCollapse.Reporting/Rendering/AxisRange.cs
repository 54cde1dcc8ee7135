using System.Globalization;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Rendering;

/// <summary>The range of an axis in the units that are drawn (log₁₀ on logarithmic axes), and its ticks: powers of ten, or 1, 2 and 5 times one.</summary>
/// <param name="Minimum">The least value.</param>
/// <param name="Maximum">The largest value.</param>
/// <param name="Ticks">The ticks, ascending; those without a label are minor.</param>
internal sealed record AxisRange(double Minimum, double Maximum, IReadOnlyList<AxisTick> Ticks)
{
    /// <summary>Ranges of fewer decades have labels between powers of ten.</summary>
    private const double NarrowBelow = 1.5;

    /// <summary>Fewer labels at 1, 2 and 5 times powers of ten are too few; multiples of a step, as on a linear axis, take their place.</summary>
    private const int FewestLabels = 3;

    /// <summary>Whether the drawn units are log₁₀ of the values.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Where 0 is drawn on a logarithmic axis that has such values, below all others; null where it has none.</summary>
    public double? Zero { get; init; }

    /// <summary>The range that holds values: what is there, and no more than a little room.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="values">What is drawn on it.</param>
    /// <param name="most">The most labels.</param>
    /// <param name="sides">The part of a linear axis that is left free at both ends; null for an axis upwards, which starts at 0 where that costs
    /// little.</param>
    public static AxisRange Of(Axis axis, IEnumerable<double> values, int most, double? sides)
    {
        if (axis.Labels is { } labels) return new AxisRange(-0.5, labels.Count - 0.5, [.. labels.Select((label, i) => new AxisTick(i, label))]);
        double[] finite = [.. values.Where(double.IsFinite)], known = axis.IsLogarithmic ? [.. finite.Where(value => value > 0)] : finite;
        double low = axis.Minimum ?? known.DefaultIfEmpty(axis.IsLogarithmic ? 0.1 : 0).Min(), high = axis.Maximum ?? known.DefaultIfEmpty(1).Max();
        bool isGiven = axis is { Minimum: not null, Maximum: not null };
        if (axis.IsLogarithmic && isGiven)
            return new AxisRange(Math.Log10(low), Math.Log10(high), Decades(Math.Log10(low), Math.Log10(high), most)) { IsLogarithmic = true };
        if (axis.IsLogarithmic) return finite.Contains(0) ? Logarithmic(low, high, most).WithZero() : Logarithmic(low, high, most);
        bool isWhole = known.Length > 0 && known.All(double.IsInteger);
        if (isGiven) return Linear(low, high, most, isWhole);
        double span = high > low ? high - low : Math.Max(1e-12, Math.Abs(high));
        double below = sides is { } side ? low >= 0 && low <= 0.1 * high ? low + (side * span) : side * span : low >= 0 && low < 0.5 * high ? low : 0.05 * span;
        double above = sides ?? 0.06;
        return Linear(axis.Minimum ?? (low - below), axis.Maximum ?? (high + (above * span)), most, isWhole);
    }

    /// <summary>A linear axis, with ticks at multiples of 1, 2 or 5 times a power of ten.</summary>
    public static AxisRange Linear(double minimum, double maximum, int most = 6, bool isWhole = false)
    {
        if (!(maximum > minimum)) (minimum, maximum) = (minimum - 0.5, minimum + 0.5);
        return new AxisRange(minimum, maximum, Multiples(minimum, maximum, most, isWhole));
    }

    /// <summary>A logarithmic axis from the values' own extremes, with a little room.</summary>
    public static AxisRange Logarithmic(double smallest, double largest, int most = 6)
    {
        const double LeastSpan = 0.05;
        double low = Math.Log10(smallest), high = Math.Log10(largest), missing = Math.Max(0, LeastSpan - (high - low)) / 2;
        double room = missing + Math.Max(0.04 * (high - low), 0.02);
        return new AxisRange(low - room, high + room, Decades(low - room, high + room, most)) { IsLogarithmic = true };
    }

    /// <summary>The value in the units that are drawn; NaN where it has no place.</summary>
    public double Drawn(double value) => !IsLogarithmic ? value : value > 0 ? Math.Log10(value) : value == 0 && Zero is { } zero ? zero : double.NaN;

    /// <summary>The place of a drawn value, 0 at the least and 1 at the largest; NaN where it lies outside or is not finite.</summary>
    public double Place(double drawn)
    {
        double place = (drawn - Minimum) / (Maximum - Minimum);
        return place is >= -1e-6 and <= 1 + 1e-6 ? place : double.NaN;
    }

    private AxisRange WithZero()
    {
        double span = Maximum - Minimum, zero = Minimum - (0.08 * span);
        return this with { Minimum = zero - (0.04 * span), Zero = zero, Ticks = [new AxisTick(zero, "0"), .. Ticks] };
    }

    private static List<AxisTick> Multiples(double minimum, double maximum, int most, bool isWhole)
    {
        var ticks = new List<AxisTick>();
        double step = Step(maximum - minimum, most);
        if (isWhole) step = Math.Max(1, step);
        int stepExponent = (int)Math.Floor(Math.Log10(step) + 1e-9);
        int exponent = (int)Math.Floor(Math.Log10(Math.Max(Math.Abs(minimum), Math.Abs(maximum))));
        bool hasPower = stepExponent < -3 || exponent >= 9;
        int decimals = Math.Max(0, (hasPower ? exponent : 0) - stepExponent);
        for (double k = Math.Ceiling((minimum / step) - 1e-9); k * step <= maximum + (1e-9 * step); k++)
        {
            double value = k * step;
            string text = (hasPower ? value / Math.Pow(10, exponent) : value).ToString($"N{decimals}", CultureInfo.InvariantCulture).Replace('-', '−');
            ticks.Add(new AxisTick(value, k == 0 ? "0" : hasPower ? $"{text}·{NumberText.Power(exponent)}" : text));
        }
        return ticks;
    }

    // Decades, labelled 10⁻⁵, or 1, 10, 100 where no other is shown, with unlabelled ticks between; narrow ranges are labelled at 1, 2 and 5 times powers
    // of ten, and still narrower ones like linear axes.
    private static List<AxisTick> Decades(double minimum, double maximum, int most)
    {
        int first = (int)Math.Ceiling(minimum - 1e-9), last = (int)Math.Floor(maximum + 1e-9);
        if (maximum - minimum < NarrowBelow || last - first < 1) return Narrow(minimum, maximum, most);
        int every = Math.Max(1, (int)Math.Ceiling((last - first + 1) / (double)most));
        if (every > 3) every = every <= 5 ? 5 : 10 * (int)Math.Ceiling(every / 10.0);
        bool isPlain = first >= 0 && last <= 4;
        var ticks = new List<AxisTick>();
        for (int e = first; e <= last; e++)
        {
            string label = isPlain ? NumberText.Plain(Math.Pow(10, e)) : NumberText.Power(e);
            ticks.Add(new AxisTick(e, e % every == 0 ? label : ""));
        }
        if (maximum - minimum <= 4.5) ticks.AddRange(Mantissas(minimum, maximum, 2, 3, 4, 5, 6, 7, 8, 9).Select(value => new AxisTick(Math.Log10(value), "")));
        return ticks;
    }

    private static List<AxisTick> Narrow(double minimum, double maximum, int most)
    {
        double[] rounds = [.. Mantissas(minimum, maximum, 1, 2, 5)], minor = [.. Mantissas(minimum, maximum, 3, 4, 6, 7, 8, 9)];
        if (rounds.Length < FewestLabels)
        {
            List<AxisTick> multiples = Multiples(Math.Pow(10, minimum), Math.Pow(10, maximum), most, isWhole: false);
            return [.. multiples.Select(tick => tick with { At = Math.Log10(tick.At) })];
        }
        IReadOnlyList<string> labels = NumberText.PlainAll(rounds);
        return [.. rounds.Select((value, i) => new AxisTick(Math.Log10(value), labels[i])), .. minor.Select(value => new AxisTick(Math.Log10(value), ""))];
    }

    private static IEnumerable<double> Mantissas(double minimum, double maximum, params int[] mantissas)
    {
        for (int e = (int)Math.Floor(minimum); e <= Math.Floor(maximum + 1e-9); e++)
        {
            foreach (int mantissa in mantissas)
            {
                double at = e + Math.Log10(mantissa);
                if (at >= minimum - 1e-9 && at <= maximum + 1e-9) yield return double.Parse($"{mantissa}E{e}", CultureInfo.InvariantCulture);
            }
        }
    }

    private static double Step(double range, int most)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(range / most)));
        foreach (double factor in (ReadOnlySpan<double>)[1, 2, 5])
        {
            if (range / (factor * power) <= most) return factor * power;
        }
        return 10 * power;
    }
}

/// <summary>A tick.</summary>
/// <param name="At">Where it is, in the units that are drawn.</param>
/// <param name="Label">Its label; empty for a minor one.</param>
internal readonly record struct AxisTick(double At, string Label);
