using RankCollapse.Collapse;

namespace RankCollapse.Experiments;

/// <summary>Numbers in keys of trainings, and distances of spectra.</summary>
internal static class FigureNumbers
{
    /// <summary>A number as it is written in code: 0.01, 1E-05.</summary>
    public static string Key(double value) => FormattableString.Invariant($"{value}");

    /// <summary>
    /// The <see cref="SpectralDistance"/> of a from b over the first <paramref name="count"/> values; NaN where one has fewer entries or b is 0.
    /// </summary>
    public static double RelativeDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int count) =>
        a.Length < count || b.Length < count ? double.NaN : SpectralDistance.Of(a[..count].ToArray(), b[..count].ToArray()) ?? double.NaN;
}
