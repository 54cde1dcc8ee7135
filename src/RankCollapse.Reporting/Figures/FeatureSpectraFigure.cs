using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using SkiaSharp;

namespace RankCollapse.Reporting.Figures;

/// <summary>Singular values of every Z^l against Theorem 4.2's prediction from the next layer.</summary>
internal sealed class FeatureSpectraFigure : RunFigure
{
    private const double Floor = 1e-10;

    public override string Name => "feature-spectra";

    public override string Title => "Singular values of the features against Theorem 4.2";

    public override string Reading => "Line, the singular values of each layer's features; dots, what Theorem 4.2 predicts from the next layer with C = 1. Both axes are logarithmic and shared; values below 10⁻¹⁰ of the largest are not shown; the dashed line is K.";

    public override string? Missing(RunMeasurements run) =>
        Drawn(run).Count == 0 ? "The singular values of the features are missing from the summary, or are not finite." : null;

    public override FigureDrawing Draw(RunMeasurements run, FigureWidth width)
    {
        var drawn = Drawn(run);
        var grid = new PanelGrid(drawn.Count, width, 32, 56, width == FigureWidth.Full ? 26 : 64, 22);
        return new(grid.Width, grid.Height, Title, Reading, canvas =>
        {
            double largest = drawn.Max(s => Math.Max(s.FeatureSingularValues.Max(), s.PredictedFeatureSingularValues?.DefaultIfEmpty(0).Max() ?? 0));
            double smallest = drawn.SelectMany(s => s.FeatureSingularValues.Concat(s.PredictedFeatureSingularValues ?? [])).Where(v => v >= largest * Floor).Min();
            int longest = drawn.Max(s => s.FeatureSingularValues.Count);
            AxisRange x = AxisRange.Logarithmic(1, Math.Max(2, longest), plainLabels: true, ticks: 4);
            AxisRange y = AxisRange.Logarithmic(smallest, largest, ticks: 5);
            if (width == FigureWidth.Full) FigureText.LegendRow(canvas, 64, 10, Legend(run));
            else FigureText.Legend(canvas, 64, 4, Legend(run));
            for (int i = 0; i < drawn.Count; i++)
                Panel(canvas, run, drawn[i], x, y, grid.Area(i), labelled: i % grid.Columns == 0);
            FigureText.Write(canvas, "index of the singular value", grid.CentreX, grid.Height - 8, align: SKTextAlign.Center);
            canvas.Save();
            canvas.RotateDegrees(-90, 14, grid.CentreY);
            FigureText.Write(canvas, "singular value", 14, grid.CentreY, align: SKTextAlign.Center);
            canvas.Restore();
        });
    }

    public override string Sentence(RunMeasurements run)
    {
        var distances = run.Layers.Select(l => (Layer: l, Distance: run.PredictionDistance(l))).Where(d => d.Distance is not null).ToList();
        if (distances.Count == 0) return "There is no prediction of Theorem 4.2 to compare with: it needs a layer after this one whose activation has an inverse at its features.";
        var best = distances.MinBy(d => d.Distance);
        var worst = distances.MaxBy(d => d.Distance);
        string Percent(double? distance) => NumberText.Short(100 * distance!.Value, 2) + " %";
        return distances.Count == 1
            ? $"Theorem 4.2's prediction for the singular values of layer {best.Layer} is off by {Percent(best.Distance)} in norm."
            : $"Theorem 4.2's prediction for the singular values is closest in layer {best.Layer}, off by {Percent(best.Distance)} in norm, and farthest in layer {worst.Layer}, off by {Percent(worst.Distance)}.";
    }

    private static void Panel(SKCanvas canvas, RunMeasurements run, LayerSummary summary, AxisRange x, AxisRange y, SKRect area, bool labelled)
    {
        using var panel = new PlotPanel($"layer {summary.Layer}", "", "");
        panel.SetAxes(x, y);
        panel.HideTicks(x: false, y: !labelled);
        panel.AddMark(Math.Log10(run.Classes));
        var (index, values) = Visible(summary.FeatureSingularValues, y);
        panel.AddLine(index, values, FigurePalette.Kind(0), 1.8f);
        if (summary.PredictedFeatureSingularValues is { } predicted)
        {
            var (predictedIndex, predictedValues) = Visible(predicted, y);
            int[] kept = Spread(predictedIndex);
            panel.AddMarkers([.. kept.Select(i => predictedIndex[i])], [.. kept.Select(i => predictedValues[i])], FigurePalette.Kind(1), 4.5f);
        }
        float labels = labelled ? 40 : 0;
        panel.Render(canvas, new SKRect(area.Left - labels, area.Top, area.Right, area.Bottom), new Margins(6 + labels, 8, 24, 22));
    }

    private static List<LegendEntry> Legend(RunMeasurements run) =>
    [
        new("singular values of the features", FigurePalette.Kind(0)),
        new("predicted from the next layer", FigurePalette.Kind(1), LegendKey.Dot),
        new($"K = {run.Classes}", FigurePalette.Reference, LegendKey.Dashed),
    ];

    private static (double[] Index, double[] Values) Visible(IReadOnlyList<double> values, AxisRange y)
    {
        var shown = values.Select((v, i) => (Index: Math.Log10(i + 1), Value: v > 0 ? Math.Log10(v) : double.NaN)).Where(p => p.Value >= y.Minimum).ToList();
        return ([.. shown.Select(p => p.Index)], [.. shown.Select(p => p.Value)]);
    }

    // On a logarithmic axis late indices crowd; dots closer than 0.03 of a decade are left out.
    private static int[] Spread(double[] positions)
    {
        var kept = new List<int>();
        double last = double.NegativeInfinity;
        for (int i = 0; i < positions.Length; i++)
        {
            if (positions[i] - last < 0.03) continue;
            kept.Add(i);
            last = positions[i];
        }
        return [.. kept];
    }

    private static List<LayerSummary> Drawn(RunMeasurements run) =>
        [.. run.Run.Summary.Layers.Where(s => s.FeatureSingularValues.Count > 0 && s.FeatureSingularValues.All(double.IsFinite) && s.FeatureSingularValues[0] > 0)
            .Select(s => s.PredictedFeatureSingularValues?.All(double.IsFinite) == false ? s with { PredictedFeatureSingularValues = null } : s)];
}
