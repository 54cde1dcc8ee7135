using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// The law of data separation (He and Su 2023): the separation fuzziness D_l = Tr(SSW·SSB⁺) of layer l falls by one factor from layer to layer,
/// D_l ≈ ρ^l·D_0, so that ln D_l is a line over l.
/// </summary>
/// <param name="Ratio">ρ, e to the slope of the line of least squares: below 1 where layers separate the classes.</param>
/// <param name="Start">The line's D at the first layer.</param>
/// <param name="RSquared">1 − Σ(ln D_l − line)²/Σ(ln D_l − mean)²; null where all D are equal.</param>
/// <param name="LayerCount">How many layers the line is of; those with D = 0 or without D are left out.</param>
public sealed record SeparationLaw(double Ratio, double Start, double? RSquared, int LayerCount)
{
    /// <summary>The fewest layers that a line can be judged by.</summary>
    public const int FewestLayers = 3;

    /// <summary>Fits the line.</summary>
    /// <param name="fuzziness">D of each layer, in order; null where it does not exist.</param>
    /// <returns>Null for fewer than three layers with a positive D.</returns>
    public static SeparationLaw? Fit(IReadOnlyList<double?> fuzziness)
    {
        ArgumentNullException.ThrowIfNull(fuzziness);
        (double X, double Y)[] points =
            [.. fuzziness.Index().Where(entry => entry.Item > 0).Select(entry => ((double)entry.Index, Elementary.Log(entry.Item!.Value)))];
        if (points.Length < FewestLayers) return null;
        double x = points.Average(point => point.X), y = points.Average(point => point.Y);
        double slope = points.Sum(point => (point.X - x) * (point.Y - y)) / points.Sum(point => (point.X - x) * (point.X - x));
        double total = points.Sum(point => (point.Y - y) * (point.Y - y));
        double rest = points.Select(point => point.Y - y - (slope * (point.X - x))).Sum(distance => distance * distance);
        return new SeparationLaw(Elementary.Exp(slope), Elementary.Exp(y - (slope * x)), total > 0 ? 1 - (rest / total) : null, points.Length);
    }
}
