using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;
using SkiaSharp;

namespace RankCollapse.Reporting.Figures;

/// <summary>Forecast singular values against trained ones, layer by layer, and how far each forecast is off.</summary>
internal static class ForecastFigure
{
    private const float DeviationHeight = 210;
    private const double LeastDeviation = 1e-7;

    /// <summary>Forecast values below this share of the largest are what is left of collapse, and are not drawn.</summary>
    private const double DrawnFrom = 1e-2;
    private const string Title = "Forecast against trained singular values";
    private const string Reading = "Above, one panel for each layer: forecast singular values over the trained ones of the features (dots) and of the weights (triangles); on the dashed line they agree. Below, the largest deviation in each layer: features solid, weights dashed.";

    /// <summary>The picture.</summary>
    public static FigureDrawing Draw(IReadOnlyList<Forecast> forecasts, RunSummary trained)
    {
        int depth = trained.Layers.Count;
        var grid = new PanelGrid(depth, FigureWidth.Full, 10, 52, 26, 22);
        return new(grid.Width, (int)(grid.Height + DeviationHeight), Title, Reading, canvas =>
        {
            FigureText.LegendRow(canvas, 60, 10,
            [
                .. forecasts.Select((f, i) => new LegendEntry(f.Source, FigurePalette.Kind(i))),
                new LegendEntry("features", FigurePalette.Muted, LegendKey.Dot),
                new LegendEntry("weights", FigurePalette.Muted, LegendKey.Triangle),
            ]);
            var points = Points(forecasts, trained).ToList();
            var values = points.SelectMany(p => new[] { p.Forecast, p.Trained }).Where(v => v > 0 && double.IsFinite(v)).DefaultIfEmpty(1).ToList();
            AxisRange Axis() => AxisRange.Logarithmic(values.Min(), values.Max(), plainLabels: false, ticks: 4);
            for (int l = 1; l <= depth; l++)
                Panel(canvas, l, [.. points.Where(p => p.Layer == l)], forecasts.Count, Axis(), Axis(), grid.Area(l - 1), labelled: (l - 1) % grid.Columns == 0);
            FigureText.Write(canvas, "trained singular value", grid.CentreX, grid.Height - 12, align: SKTextAlign.Center);
            canvas.Save();
            canvas.RotateDegrees(-90, 14, grid.CentreY);
            FigureText.Write(canvas, "forecast singular value", 14, grid.CentreY, align: SKTextAlign.Center);
            canvas.Restore();
            Deviations(canvas, forecasts, trained, SKRect.Create(0, grid.Height, FigureDrawing.FullWidth, DeviationHeight));
        });
    }

    /// <summary>Every pair of a forecast and a trained singular value that are compared.</summary>
    internal static IEnumerable<ForecastPoint> Points(IReadOnlyList<Forecast> forecasts, RunSummary trained)
    {
        for (int i = 0; i < forecasts.Count; i++)
        {
            foreach (ForecastLayer layer in forecasts[i].Layers)
            {
                LayerSummary summary = trained.Layers[layer.Layer - 1];
                foreach (ForecastPoint point in Of(i, layer.Layer, false, layer.FeatureSingularValues, summary.FeatureSingularValues)) yield return point;
                foreach (ForecastPoint point in Of(i, layer.Layer, true, layer.WeightSingularValues ?? [], summary.WeightSingularValues)) yield return point;
            }
        }

        static IEnumerable<ForecastPoint> Of(int source, int layer, bool isWeight, IReadOnlyList<double> forecast, IReadOnlyList<double> found) =>
            forecast.TakeWhile(f => f >= DrawnFrom * forecast[0]).Zip(found).Select((pair, k) => new ForecastPoint(source, layer, isWeight, k, pair.First, pair.Second));
    }

    private static void Panel(SKCanvas canvas, int layer, ForecastPoint[] points, int sources, AxisRange x, AxisRange y, SKRect area, bool labelled)
    {
        using var panel = new PlotPanel($"layer {layer}", "", "");
        panel.SetAxes(x, y);
        panel.HideTicks(x: false, y: !labelled);
        panel.AddLine([x.Minimum, x.Maximum], [y.Minimum, y.Maximum], FigurePalette.Reference, 1, dashed: true);

        // From the last source to the first, from large rings to small dots: all of them stay visible where they agree.
        for (int source = sources - 1; source >= 0; source--)
        {
            foreach (bool isWeight in new[] { false, true })
            {
                var drawn = points.Where(p => p.Source == source && p.IsWeight == isWeight && p.Forecast > 0 && p.Trained > 0).ToList();
                panel.AddMarkers(
                    [.. drawn.Select(p => Math.Log10(p.Trained))], [.. drawn.Select(p => Math.Log10(p.Forecast))], FigurePalette.Kind(source),
                    (isWeight ? 5f : 4f) + (2.4f * source), Shape(isWeight, isFilled: source == 0));
            }
        }
        float labels = labelled ? 30 : 0;
        panel.Render(canvas, new SKRect(area.Left - labels, area.Top, area.Right, area.Bottom), new Margins(6 + labels, 8, 24, 22));
    }

    private static ScottPlot.MarkerShape Shape(bool isWeight, bool isFilled) => (isWeight, isFilled) switch
    {
        (true, true) => ScottPlot.MarkerShape.FilledTriangleUp,
        (true, false) => ScottPlot.MarkerShape.OpenTriangleUp,
        (false, true) => ScottPlot.MarkerShape.FilledCircle,
        (false, false) => ScottPlot.MarkerShape.OpenCircle,
    };

    private static void Deviations(SKCanvas canvas, IReadOnlyList<Forecast> forecasts, RunSummary trained, SKRect area)
    {
        int depth = trained.Layers.Count;
        var lines = new List<(int Source, bool IsWeight, double[] Values)>();
        for (int i = 0; i < forecasts.Count; i++)
        {
            lines.Add((i, false, [.. forecasts[i].Layers.Select(l => Drawn(l.FeatureDistance(trained.Layers[l.Layer - 1].FeatureSingularValues)))]));
            lines.Add((i, true, [.. forecasts[i].Layers.Select(l => Drawn(l.WeightDistance(trained.Layers[l.Layer - 1].WeightSingularValues)))]));
        }
        var finite = lines.SelectMany(l => l.Values).Where(double.IsFinite).DefaultIfEmpty(1).ToList();
        using var panel = new PlotPanel("", "layer", "distance, %");
        panel.SetAxes(AxisRange.Linear(0.7, depth + 0.3, Math.Min(depth + 1, 15), wholeOnly: true), AxisRange.Logarithmic(finite.Min(), finite.Max(), ticks: 6));
        double[] layers = [.. Enumerable.Range(1, depth).Select(l => (double)l)];
        foreach ((int source, bool isWeight, double[] values) in lines)
        {
            double[] logarithms = [.. values.Select(Math.Log10)];
            panel.AddLine(layers, logarithms, FigurePalette.Kind(source), 1.4f, dashed: isWeight);
            panel.AddMarkers(layers, logarithms, FigurePalette.Kind(source), isWeight ? 6.5f : 5.5f, Shape(isWeight, isFilled: true));
        }
        panel.Render(canvas, area, new Margins(58, 12, 44, 10));

        // Per cent; a deviation of rounding is drawn at the least one.
        static double Drawn(double? deviation) => deviation is { } value && double.IsFinite(value) ? Math.Max(100 * value, LeastDeviation) : double.NaN;
    }
}

/// <summary>One forecast singular value and the trained one.</summary>
/// <param name="Source">The forecast's index.</param>
/// <param name="Layer">l.</param>
/// <param name="IsWeight">Whether it is one of W_l, else of Z^l.</param>
/// <param name="Index">k, from 0.</param>
/// <param name="Forecast">What was forecast.</param>
/// <param name="Trained">What training reached.</param>
internal sealed record ForecastPoint(int Source, int Layer, bool IsWeight, int Index, double Forecast, double Trained);
