using System.Globalization;
using RankCollapse.Collapse.Metrics;

namespace RankCollapse.Cli.Output;

/// <summary>Numbers in terminals: about three digits, and exponents that can be copied.</summary>
internal static class Numbers
{
    /// <summary>0.0123, 4.56, 1230, 2.1e-9; "not finite" for NaN and ±∞, a dash for what does not exist.</summary>
    public static string Short(double? value, int digits = 3)
    {
        if (value is not { } number) return "–";
        if (!double.IsFinite(number)) return "not finite";
        if (number == 0) return "0";
        double size = Math.Abs(number);
        if (size is >= 1e-3 and < 1e5)
            return number.ToString($"F{Math.Max(0, digits - 1 - (int)Math.Floor(Math.Log10(size)))}", CultureInfo.InvariantCulture);
        string[] parts = number.ToString($"E{digits - 1}", CultureInfo.InvariantCulture).Split('E');
        return $"{parts[0]}e{int.Parse(parts[1], CultureInfo.InvariantCulture)}";
    }

    /// <summary>A metric's number; a dash for one that does not exist.</summary>
    public static string Of(MetricFormat format, double? value) => format switch
    {
        MetricFormat.Count when value is { } number && double.IsFinite(number) => number.ToString("F0", CultureInfo.InvariantCulture),
        MetricFormat.Share => PerCent(value),
        MetricFormat.Seconds when value is not null => $"{Short(value)} s",
        _ => Short(value),
    };

    /// <summary>A fraction in per cent.</summary>
    public static string PerCent(double? fraction) => fraction is { } value ? $"{Short(100 * value, 2)} %" : Short(null);
}
