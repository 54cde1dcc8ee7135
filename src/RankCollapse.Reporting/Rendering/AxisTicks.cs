using System.Globalization;
using RankCollapse.Reporting.Text;
using ScottPlot.TickGenerators;

namespace RankCollapse.Reporting.Rendering;

/// <summary>Ticks at round values of linear axes and at decades of logarithmic ones.</summary>
internal static class AxisTicks
{
    private const int MostMajorTicks = 6;

    /// <summary>Ticks at multiples of 1, 2 or 5 times a power of ten.</summary>
    public static NumericManual Linear(double minimum, double maximum, int most = MostMajorTicks, bool wholeOnly = false)
    {
        var ticks = new NumericManual();
        double step = Step(maximum - minimum, most);
        if (wholeOnly) step = Math.Max(1, step);
        int stepExponent = (int)Math.Floor(Math.Log10(step) + 1e-9);
        int exponent = (int)Math.Floor(Math.Log10(Math.Max(Math.Abs(minimum), Math.Abs(maximum))));
        bool hasPower = stepExponent < -3 || exponent >= 9;
        int decimals = Math.Max(0, (hasPower ? exponent : 0) - stepExponent);
        for (double k = Math.Ceiling((minimum / step) - 1e-9); k * step <= maximum + (1e-9 * step); k++)
        {
            double value = k * step;
            string text = (hasPower ? value / Math.Pow(10, exponent) : value).ToString($"N{decimals}", CultureInfo.InvariantCulture).Replace('-', '−');
            ticks.AddMajor(value, k == 0 ? "0" : hasPower ? $"{text}·{NumberText.Power(exponent)}" : text);
        }
        return ticks;
    }

    /// <summary>Three ticks, at 0 and at the largest 1, 2 or 5 times a power of ten on both sides, for small panels around 0.</summary>
    public static NumericManual Symmetric(double half)
    {
        var ticks = new NumericManual();
        double power = Math.Pow(10, Math.Floor(Math.Log10(half)));
        double value = power * (half >= 5 * power ? 5 : half >= 2 * power ? 2 : 1);
        ticks.AddMajor(0, "0");
        if (!(value > 0) || !double.IsFinite(value)) return ticks;
        ticks.AddMajor(-value, NumberText.Short(-value, 1));
        ticks.AddMajor(value, NumberText.Short(value, 1));
        return ticks;
    }

    /// <summary>Ticks of an axis that shows log₁₀ of the values: decades, labelled 10⁻⁵ or plainly, with unlabelled ones between.</summary>
    public static NumericManual Logarithmic(double minimum, double maximum, bool plainLabels = false, int most = MostMajorTicks)
    {
        var ticks = new NumericManual();
        int first = (int)Math.Ceiling(minimum - 1e-9);
        int last = (int)Math.Floor(maximum + 1e-9);
        int decades = last - first;
        int every = Math.Max(1, (int)Math.Ceiling((decades + 1) / (double)most));
        if (every > 3) every = every <= 5 ? 5 : 10 * (int)Math.Ceiling(every / 10.0);
        for (int e = first; e <= last; e++)
        {
            if (e % every == 0) ticks.AddMajor(e, Label(e, plainLabels));
            else ticks.AddMinor(e);
        }
        if (maximum - minimum > 4.5) return ticks;
        for (int e = first - 1; e <= last; e++)
        {
            for (int mantissa = 2; mantissa <= 9; mantissa++)
            {
                double position = e + Math.Log10(mantissa);
                if (position < minimum || position > maximum) continue;
                ticks.AddMinor(position);
            }
        }
        return ticks;
    }

    private static string Label(int exponent, bool plain) =>
        plain && exponent is >= 0 and <= 6 ? NumberText.Whole((long)Math.Pow(10, exponent)) : NumberText.Power(exponent);

    private static double Step(double range, int most)
    {
        if (!(range > 0)) return 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(range / most)));
        foreach (double factor in (ReadOnlySpan<double>)[1, 2, 5])
        {
            if (range / (factor * power) <= most) return factor * power;
        }
        return 10 * power;
    }
}
