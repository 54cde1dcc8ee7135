using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Theory.Forecasts;
using SkiaSharp;

namespace RankCollapse.Reporting.Figures;

/// <summary>Minimisers followed as δ → 0: how far the singular values of every layer are from the limit's, Theorem 4.4.</summary>
internal static class StabilityFigure
{
    private const int Height = 300;
    private const int PlotWidth = 560;

    /// <summary>Smaller distances are rounding: those of the last layer, where Y is interpolated for every δ.</summary>
    private const double LeastDistance = 1e-13;

    private const string Title = "Distance of the minimisers from the limit δ = 0";
    private const string Reading = "Relative distance of the singular values of each layer's features from those of the minimiser without a penalty on the first layer, over δ; both axes are logarithmic. A layer that does not depend on δ, as the last one, is not drawn.";

    /// <summary>The picture.</summary>
    public static FigureDrawing Draw(StabilityFamily family) => new(FigureDrawing.FullWidth, Height, Title, Reading, canvas =>
    {
        int depth = family.Limit.Layers.Count;
        var shown = family.Points.SelectMany(p => p.Distances).Where(d => d > LeastDistance && double.IsFinite(d)).DefaultIfEmpty(1).ToList();
        using var panel = new PlotPanel("", "δ", "relative distance of s(Z)");
        panel.SetAxes(
            AxisRange.Logarithmic(family.Points.Min(p => p.Delta), family.Points.Max(p => p.Delta), ticks: 8),
            AxisRange.Logarithmic(shown.Min(), shown.Max(), ticks: 8));
        double[] x = [.. family.Points.Select(p => Math.Log10(p.Delta))];
        for (int l = 1; l <= depth; l++)
        {
            double[] y = [.. family.Points.Select(p => p.Distances[l - 1] > LeastDistance ? Math.Log10(p.Distances[l - 1]) : double.NaN)];
            panel.AddLine(x, y, FigurePalette.Layer(l, depth));
            panel.AddMarkers(x, y, FigurePalette.Layer(l, depth), 4.5f);
        }
        panel.Render(canvas, SKRect.Create(0, 0, PlotWidth, Height), new Margins(62, 12, 44, 12));
        FigureText.Legend(canvas, PlotWidth + 8, 14, LayerLegend.Entries([.. Enumerable.Range(1, depth).Where(l => family.Points.Any(p => p.Distances[l - 1] > LeastDistance))], depth));
    });
}
