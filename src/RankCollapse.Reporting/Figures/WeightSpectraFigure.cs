using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using SkiaSharp;

namespace RankCollapse.Reporting.Figures;

/// <summary>Final spectra of all weights relative to their largest singular value, and the numerical ranks.</summary>
internal sealed class WeightSpectraFigure : RunFigure
{
    private const double Floor = 1e-12;
    private const double RankTolerance = 1e-5;

    public override string Name => "weight-spectra";

    public override string Title => "Spectra of the weights, and final ranks";

    public override string Reading => "Left, singular values of each layer's weights relative to the largest (dashed: K, and the tolerance 10⁻⁵ of numerical ranks); right, the final numerical ranks.";

    public override string? Missing(RunMeasurements run) =>
        Drawn(run).Count == 0 ? "The singular values of the weights are missing from the summary, are zero, or are not finite." : null;

    public override FigureDrawing Draw(RunMeasurements run, FigureWidth width) => width == FigureWidth.Full
        ? new(FigureDrawing.FullWidth, 290, Title, Reading, canvas =>
        {
            Spectra(canvas, run, SKRect.Create(0, 0, 296, 290));
            Ranks(canvas, run, SKRect.Create(296, 0, 290, 290));
            FigureText.Legend(canvas, 594, 22, LayerLegend.Entries([.. Drawn(run).Select(s => s.Layer)], run.Depth));
        })
        : new(FigureDrawing.ColumnWidth, 540, Title, Reading, canvas =>
        {
            Spectra(canvas, run, SKRect.Create(0, 0, 262, 270));
            Ranks(canvas, run, SKRect.Create(0, 270, 340, 270));
            FigureText.Legend(canvas, 268, 22, LayerLegend.Entries([.. Drawn(run).Select(s => s.Layer)], run.Depth));
        });

    public override string Sentence(RunMeasurements run)
    {
        var ranks = run.Run.Summary.Layers.Where(s => s.WeightSingularValues.Count > 0).ToList();
        var wider = ranks.Where(s => s.WeightSingularValues.Count > run.Classes).ToList();
        if (wider.Count == 0) return $"No layer's weights are larger than K = {run.Classes}, so no rank could exceed it.";
        int[] low = [.. wider.Where(s => s.WeightNumericalRank <= run.Classes).Select(s => s.Layer)];
        if (ranks.Count == 0) return "The spectra of the weights are not known.";
        if (low.Length == wider.Count) return $"The weights of every layer have numerical rank at most K = {run.Classes}.";
        LayerSummary highest = wider.MaxBy(s => s.WeightNumericalRank)!;
        string most = $"layer {highest.Layer} has the highest, {highest.WeightNumericalRank} of at most {highest.WeightSingularValues.Count}";
        return low.Length == 0
            ? $"No layer's weights that are larger than K = {run.Classes} have a numerical rank that small; {most}."
            : $"The weights of {NumberText.Layers(low)} have numerical rank at most K = {run.Classes}; {most}.";
    }

    private static void Spectra(SKCanvas canvas, RunMeasurements run, SKRect area)
    {
        var drawn = Drawn(run);
        double smallest = Math.Min(RankTolerance / 3, drawn.SelectMany(s => s.WeightSingularValues.Select(v => v / s.WeightSingularValues[0])).Where(v => v >= Floor).Min());
        using var spectra = new PlotPanel("spectra of the weights", "index of the singular value", "relative singular value");
        spectra.SetAxes(
            AxisRange.Logarithmic(1, Math.Max(2, drawn.Max(s => s.WeightSingularValues.Count)), plainLabels: true),
            AxisRange.Logarithmic(smallest, 1));
        spectra.AddMark(Math.Log10(run.Classes));
        spectra.AddLevel(Math.Log10(RankTolerance));
        foreach (LayerSummary summary in drawn)
        {
            var values = summary.WeightSingularValues.Select(v => v / summary.WeightSingularValues[0]).TakeWhile(v => v >= Floor).ToList();
            spectra.AddLine([.. values.Select((_, i) => Math.Log10(i + 1))], [.. values.Select(Math.Log10)], FigurePalette.Layer(summary.Layer, run.Depth));
        }
        spectra.Render(canvas, area, new Margins(58, 8, 44, 26));
    }

    private static void Ranks(SKCanvas canvas, RunMeasurements run, SKRect area)
    {
        using var panel = new PlotPanel("final numerical ranks", "layer", "rank");
        int highest = run.Run.Summary.Layers.Max(s => Math.Max(s.WeightNumericalRank, s.FeatureNumericalRank));
        panel.SetAxes(
            AxisRange.Linear(0.4, run.Depth + 0.6, Math.Min(run.Depth + 1, 15), wholeOnly: true),
            AxisRange.Linear(0, Math.Max(run.Classes, highest) * 1.1, wholeOnly: true));
        foreach (LayerSummary summary in run.Run.Summary.Layers)
        {
            panel.AddBar(summary.Layer - 0.2, summary.WeightNumericalRank, 0.38, FigurePalette.Kind(0));
            panel.AddBar(summary.Layer + 0.2, summary.FeatureNumericalRank, 0.38, FigurePalette.Kind(4));
        }
        panel.AddLevel(run.Classes);
        panel.Render(canvas, area, new Margins(50, 8, 62, 26));
        FigureText.LegendRow(canvas, area.Left + 40, area.Bottom - 9,
        [
            new LegendEntry("weights", FigurePalette.Kind(0), LegendKey.Square),
            new LegendEntry("features", FigurePalette.Kind(4), LegendKey.Square),
            new LegendEntry($"K = {run.Classes}", FigurePalette.Reference, LegendKey.Dashed),
        ]);
    }

    private static List<LayerSummary> Drawn(RunMeasurements run) =>
        [.. run.Run.Summary.Layers.Where(s => s.WeightSingularValues.Count > 0 && s.WeightSingularValues.All(double.IsFinite) && s.WeightSingularValues[0] > 0)];
}
