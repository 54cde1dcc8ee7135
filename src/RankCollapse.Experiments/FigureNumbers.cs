using System.Globalization;
using RankCollapse.Collapse;
using RankCollapse.Reporting;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments;

/// <summary>Numbers in keys of cells and in sentences, and distances of spectra.</summary>
internal static class FigureNumbers
{
    /// <summary>A number as it is written in code: 0.01, 1E-05.</summary>
    public static string Key(double value) => FormattableString.Invariant($"{value}");

    /// <summary>A setting as people write it: 10, 0.01, 10⁻⁶, 5·10⁻⁶.</summary>
    public static string Plain(double value)
    {
        double size = Math.Abs(value);
        if (value == 0 || size is >= 1e-3 and < 1e6) return value.ToString("0.######", CultureInfo.InvariantCulture).Replace('-', '−');
        string[] parts = value.ToString("0.##E+0", CultureInfo.InvariantCulture).Split('E');
        string power = NumberText.Power(int.Parse(parts[1], CultureInfo.InvariantCulture));
        return parts[0] == "1" ? power : $"{parts[0].Replace('-', '−')}·{power}";
    }

    /// <summary>The <see cref="SpectralDistance"/> of a from b over the first <paramref name="count"/> values; NaN where one has fewer entries or b is 0.</summary>
    public static double RelativeDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int count) =>
        a.Length < count || b.Length < count ? double.NaN : SpectralDistance.Of(a[..count].ToArray(), b[..count].ToArray()) ?? double.NaN;
}
