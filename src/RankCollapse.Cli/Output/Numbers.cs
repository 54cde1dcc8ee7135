using System.Globalization;
using System.Text.RegularExpressions;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Cli.Output;

/// <summary>
/// Numbers in terminals, one format for each kind: those of reports, written so that they can be copied: 0.0123, 4.56, 1230, 2.1e-9.
/// </summary>
internal static partial class Numbers
{
    private const int DigitsOfObjectives = 6;

    /// <summary>A number; a dash for one that does not exist.</summary>
    public static string Short(double? value, int digits = 3) => Of(MetricFormat.Number, value, digits);

    /// <summary>An objective or a cost, with the digits in which forecast and training are compared; a dash for one that does not exist.</summary>
    public static string Objective(double? value) => Short(value, DigitsOfObjectives);

    /// <summary>A number of seconds; a dash for one that does not exist.</summary>
    public static string Seconds(double? value) => Of(MetricFormat.Seconds, value);

    /// <summary>A number of anything; a dash for one that does not exist.</summary>
    public static string Count(double? value) => Of(MetricFormat.Count, value);

    /// <summary>A setting or a number of unknown kind: up to six digits without zeros at the end, whole numbers whole.</summary>
    public static string Plain(double value)
    {
        if (value == Math.Floor(value) && Math.Abs(value) < 1e15) return value.ToString("0", CultureInfo.InvariantCulture);
        string[] parts = value.ToString("G6", CultureInfo.InvariantCulture).Split('E');
        return parts.Length == 1 ? parts[0] : $"{parts[0]}e{int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)}";
    }

    /// <summary>A metric's number; a dash for one that does not exist.</summary>
    public static string Of(Metric metric, double? value) =>
        Of(metric.Format, value, metric == NetworkMetrics.Objective ? DigitsOfObjectives : 3);

    /// <summary>A number of a kind; a dash for one that does not exist.</summary>
    public static string Of(MetricFormat format, double? value, int digits = 3) =>
        Power().Replace(NumberText.Of(format, value, digits),
            match => "e" + string.Concat(match.Groups["exponent"].Value.Select(c => c == '⁻' ? "-" : $"{"⁰¹²³⁴⁵⁶⁷⁸⁹".IndexOf(c)}")))
            .Replace('−', '-').Replace(",", "");

    /// <summary>A fraction in per cent.</summary>
    public static string PerCent(double? fraction) => Of(MetricFormat.Share, fraction);

    [GeneratedRegex("·10(?<exponent>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Power();
}
