using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Reporting.Figures;

/// <summary>Minimisers followed as δ → 0: how far the singular values of every layer are from the limit's, Theorem 4.4.</summary>
internal static class StabilityFigure
{
    /// <summary>Smaller distances are rounding: those of the last layer, where Y is interpolated for every δ.</summary>
    private const double LeastDistance = 1e-13;

    private const string Title = "Distance of the minimisers from the limit δ = 0";
    private const string Reading = "Relative distance of the singular values of each layer's features from those of the minimiser "
        + "without a penalty on the first layer, over δ; both axes are logarithmic. A layer that does not depend on δ, as the last one, is not drawn.";

    /// <summary>The figure.</summary>
    public static Figure Draw(StabilityFamily family)
    {
        int depth = family.Limit.Layers.Count;
        double[] deltas = [.. family.Points.Select(p => p.Delta)];
        var first = family.Points.MaxBy(point => point.Delta)!;
        var last = family.Points.MinBy(point => point.Delta)!;
        return new Figure("stability", Title, Reading, new PanelBlock(new Panel
        {
            X = new Axis("penalty of the first layer", "δ") { IsLogarithmic = true },
            Y = new Axis("relative distance of the spectra", "s(Z)") { IsLogarithmic = true },
            Series =
            [
                .. Enumerable.Range(1, depth).Where(l => family.Points.Any(p => p.Distances[l - 1] > LeastDistance))
                    .Select(l => Series.OfLayer(l, depth, deltas,
                        [.. family.Points.Select(p => p.Distances[l - 1] > LeastDistance ? p.Distances[l - 1] : double.NaN)], Mark.DottedLine)),
            ],
        }))
        {
            Finding = $"The largest distance of a layer is {NumberText.Short(first.Distances.Max())} at δ = {NumberText.Plain(first.Delta)} and "
                + $"{NumberText.Short(last.Distances.Max())} at δ = {NumberText.Plain(last.Delta)}.",
        };
    }
}
