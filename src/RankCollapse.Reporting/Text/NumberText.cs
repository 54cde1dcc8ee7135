using System.Globalization;
using System.Text;
using RankCollapse.Collapse.Metrics;

namespace RankCollapse.Reporting.Text;

/// <summary>
/// Numbers as people read them, a text for each kind: counts and ranks, measured numbers, settings, shares, durations, powers of ten.
/// Thousands are apart, exponents raised, and minus signs true ones. Pages' scripts have <see cref="Plain"/> once more, for values under a cursor.
/// </summary>
public static class NumberText
{
    /// <summary>About three significant digits: 0.0123, 4.56, 1,230, 2.1·10⁻⁹; "not finite" for NaN and ±∞.</summary>
    public static string Short(double value, int digits = 3)
    {
        if (!double.IsFinite(value)) return "not finite";
        if (value == 0) return "0";
        double size = Math.Abs(value);
        if (size is >= 1e-3 and < 1e6)
        {
            int exponent = (int)Math.Floor(Math.Log10(size));
            int decimals = Math.Max(0, digits - 1 - exponent);
            return Minus(value.ToString($"N{decimals}", CultureInfo.InvariantCulture));
        }
        string[] parts = value.ToString($"E{digits - 1}", CultureInfo.InvariantCulture).Split('E');
        return Minus(parts[0]) + "·" + Power(int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>A metric's number; a dash for one that does not exist.</summary>
    public static string Of(MetricFormat format, double? value, int digits = 3) => (format, value) switch
    {
        (_, null) => "–",
        (MetricFormat.Count, { } number) when double.IsFinite(number) => Whole((long)number),
        (MetricFormat.Share, { } number) => Percent(number),
        (MetricFormat.Seconds, { } number) => Duration(number),
        (_, { } number) => Short(number, digits),
    };

    /// <summary>
    /// A setting or a value as short as it can be: 10, 0.01, 1,234.5, 10⁻⁶, 2.5·10⁻⁶; numbers from 100 on keep six digits, and zeros at the end are left out.
    /// "not finite" for NaN and ±∞.
    /// </summary>
    public static string Plain(double value, int digits = 3)
    {
        if (!double.IsFinite(value)) return "not finite";
        if (value == 0) return "0";
        double size = Math.Abs(value);
        int kept = size >= 100 ? Math.Max(6, digits) : digits;
        string[] parts = value.ToString($"E{kept - 1}", CultureInfo.InvariantCulture).Split('E');
        int exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
        if (size is >= 1e-3 and < 1e6)
            return Minus(double.Parse($"{parts[0]}E{exponent}", CultureInfo.InvariantCulture).ToString("#,0.##########", CultureInfo.InvariantCulture));
        return WithPower(value, digits);
    }

    /// <summary>Values of one axis, each as <see cref="Plain"/>; where one of them needs a power of ten all have one.</summary>
    public static IReadOnlyList<string> PlainAll(IReadOnlyList<double> values, int digits = 3)
    {
        ArgumentNullException.ThrowIfNull(values);
        bool needsPowers = values.Any(value => value != 0 && double.IsFinite(value) && Math.Abs(value) is < 1e-3 or >= 1e6);
        return [.. values.Select(value => needsPowers && value != 0 && double.IsFinite(value) ? WithPower(value, digits) : Plain(value, digits))];
    }

    /// <summary>A share or a probability in per cent, to two digits, above 90 % of what is missing: 0.34 %, 12 %, 98.5 %, 99.9967 %; 100 % is all.</summary>
    public static string Percent(double share)
    {
        const int MostDecimals = 4;
        double missing = 100 * (1 - share);
        if (missing is not (> 0 and < 10)) return Short(100 * share, 2) + " %";
        int decimals = Math.Min(MostDecimals, 1 - (int)Math.Floor(Math.Log10(missing)));
        double shown = Math.Min(Math.Round(100 * share, decimals), 100 - Math.Pow(10, -MostDecimals));
        return shown.ToString("0.####", CultureInfo.InvariantCulture) + " %";
    }

    /// <summary>10ⁿ.</summary>
    public static string Power(int exponent) => "10" + Superscript(exponent.ToString(CultureInfo.InvariantCulture));

    /// <summary>The power of ten that a value is nearest to, for tolerances.</summary>
    public static string PowerOfTen(double value) => Power((int)Math.Round(Math.Log10(value)));

    /// <summary>A whole number with thousands apart.</summary>
    public static string Whole(long value) => Minus(value.ToString("N0", CultureInfo.InvariantCulture));

    /// <summary>A duration: 0.42 s, 12.3 s, 4 min 05 s, 2 h 10 min.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds) || seconds < 0) return "unknown";
        if (seconds < 60) return Short(seconds) + " s";
        var whole = TimeSpan.FromSeconds(Math.Min(seconds, 1e9));
        return whole.TotalHours < 1 ? $"{whole.Minutes} min {whole.Seconds:00} s" : $"{(long)whole.TotalHours} h {whole.Minutes:00} min";
    }

    /// <summary>"1 layer", "2 layers".</summary>
    public static string Count(int count, string singular, string? plural = null) => count == 1
        ? $"1 {singular}" : $"{Whole(count)} {plural ?? singular + "s"}";

    /// <summary>Layers in words: "layer 3", "layers 2 and 4", "layers 2–5".</summary>
    public static string Layers(IReadOnlyList<int> layers)
    {
        if (layers.Count == 0) return "no layer";
        if (layers.Count == 1) return $"layer {layers[0]}";
        var parts = new List<string>();
        for (int i = 0; i < layers.Count;)
        {
            int end = i;
            while (end + 1 < layers.Count && layers[end + 1] == layers[end] + 1) end++;
            if (end - i >= 2) parts.Add($"{layers[i]}–{layers[end]}");
            else for (int j = i; j <= end; j++) parts.Add(layers[j].ToString(CultureInfo.InvariantCulture));
            i = end + 1;
        }
        return "layers " + List(parts);
    }

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string List(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "",
        1 => items[0],
        _ => string.Join(", ", items.Take(items.Count - 1)) + " and " + items[^1],
    };

    /// <summary>A whole number as raised digits, for exponents and layers.</summary>
    public static string Superscript(string digits)
    {
        var raised = new StringBuilder();
        foreach (char c in digits) raised.Append(c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']);
        return raised.ToString();
    }

    private static string WithPower(double value, int digits)
    {
        string[] parts = value.ToString($"E{digits - 1}", CultureInfo.InvariantCulture).Split('E');
        string mantissa = parts[0].Contains('.', StringComparison.Ordinal) ? parts[0].TrimEnd('0').TrimEnd('.') : parts[0];
        int exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return exponent == 0 ? Minus(mantissa) : mantissa == "1" ? Power(exponent) : $"{Minus(mantissa)}·{Power(exponent)}";
    }

    private static string Minus(string text) => text.Replace('-', '−');
}
