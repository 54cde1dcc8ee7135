using System.Text.RegularExpressions;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Cli.Output;

/// <summary>Numbers in terminals: those of reports, written so that they can be copied: 0.0123, 4.56, 1230, 2.1e-9.</summary>
internal static partial class Numbers
{
    /// <summary>A number; a dash for one that does not exist.</summary>
    public static string Short(double? value, int digits = 3) => Of(MetricFormat.Number, value, digits);

    /// <summary>A metric's number; a dash for one that does not exist.</summary>
    public static string Of(MetricFormat format, double? value, int digits = 3) =>
        Power().Replace(NumberText.Of(format, value, digits),
            match => "e" + string.Concat(match.Groups["exponent"].Value.Select(c => c == '⁻' ? "-" : $"{"⁰¹²³⁴⁵⁶⁷⁸⁹".IndexOf(c)}")))
            .Replace('−', '-').Replace(",", "");

    /// <summary>A fraction in per cent.</summary>
    public static string PerCent(double? fraction) => Of(MetricFormat.Share, fraction);

    [GeneratedRegex("·10(?<exponent>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Power();
}
