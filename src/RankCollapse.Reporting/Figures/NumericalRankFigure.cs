using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using SkiaSharp;

namespace RankCollapse.Reporting.Figures;

/// <summary>Numerical ranks of the features and the weights of every layer over the epochs.</summary>
internal sealed class NumericalRankFigure : RunFigure
{
    public override string Name => "ranks";

    public override string Title => "Numerical ranks";

    public override string Reading => "Singular values above 10⁻⁵ of the largest, of the features and of the weights, on one scale; the dashed line is K.";

    public override string? Missing(RunMeasurements run) =>
        Drawn(run, RankMetrics.FeatureNumericalRank.Key).Count + Drawn(run, RankMetrics.WeightNumericalRank.Key).Count == 0 ? "Numerical ranks were not recorded during training." : null;

    public override FigureDrawing Draw(RunMeasurements run, FigureWidth width) => new(FigureDrawing.FullWidth, 270, Title, Reading, canvas =>
    {
        var features = Drawn(run, RankMetrics.FeatureNumericalRank.Key);
        var weights = Drawn(run, RankMetrics.WeightNumericalRank.Key);
        var all = features.Concat(weights).Select(d => d.Series).ToList();
        double largest = Math.Max(run.Classes, all.SelectMany(s => s.Values).Where(double.IsFinite).Max());
        AxisRange epochs = SeriesExtent.Epochs(all, 4);
        AxisRange ranks = AxisRange.Linear(0, largest * 1.06, wholeOnly: true);
        Panel(canvas, run, features, "features", epochs, ranks, SKRect.Create(0, 0, 292, 270));
        Panel(canvas, run, weights, "weights", epochs, ranks, SKRect.Create(288, 0, 280, 270));
        int[] layers = [.. features.Concat(weights).Select(d => d.Layer).Distinct().Order()];
        FigureText.Legend(canvas, 578, 22, LayerLegend.Entries(layers, run.Depth).Append(new LegendEntry($"K = {run.Classes}", FigurePalette.Reference, LegendKey.Dashed)));
    });

    public override string Sentence(RunMeasurements run)
    {
        int[] wider = [.. run.LayersWiderThanClasses];
        if (wider.Length == 0) return $"No layer is wider than K = {run.Classes}, so no rank could exceed it.";
        int[] features = [.. wider.Where(l => Last(run, RankMetrics.FeatureNumericalRank.Key, l) <= run.Classes)];
        int[] weights = [.. wider.Where(l => Last(run, RankMetrics.WeightNumericalRank.Key, l) <= run.Classes)];
        string among = wider.Length == 1 ? "the one layer" : $"the {wider.Length} layers";
        string start = $"Of {among} wider than K = {run.Classes}, ";
        if (features.Length == 0 && weights.Length == 0) return start + "none has features or weights of numerical rank at most K at the end.";
        if (features.SequenceEqual(weights)) return start + $"{Which(features, wider)} {(features.Length == 1 ? "has" : "have")} features and weights of numerical rank at most K at the end.";
        return start + $"{Which(features, wider)} {(features.Length <= 1 ? "has" : "have")} features of numerical rank at most K at the end, and {Which(weights, wider)} {(weights.Length <= 1 ? "has" : "have")} weights of such rank.";
    }

    private static string Which(int[] layers, int[] wider) => layers.Length switch
    {
        0 => "none",
        1 when wider.Length == 1 => "that one",
        _ when layers.Length == wider.Length => "all",
        _ => NumberText.Layers(layers),
    };

    private static void Panel(SKCanvas canvas, RunMeasurements run, List<(int Layer, MetricSeries Series)> drawn, string title, AxisRange epochs, AxisRange ranks, SKRect area)
    {
        using var panel = new PlotPanel(title, "epoch", title == "features" ? "numerical rank" : "");
        panel.SetAxes(epochs, ranks);
        panel.AddLevel(run.Classes);
        foreach (var (layer, series) in drawn) panel.AddLine(series.Epochs, series.Values, FigurePalette.Layer(layer, run.Depth));
        if (drawn.Count == 0) panel.AddNote((epochs.Minimum + epochs.Maximum) / 2, (ranks.Minimum + ranks.Maximum) / 2, "not recorded");
        panel.Render(canvas, area, new Margins(title == "features" ? 52 : 40, 12, 44, 26));
    }

    private static double Last(RunMeasurements run, string metric, int layer) =>
        run.Series(metric, layer)?.Last?.Value ?? double.NaN;

    private static List<(int Layer, MetricSeries Series)> Drawn(RunMeasurements run, string metric) =>
        [.. run.Layers.Select(l => (l, run.Series(metric, l))).Where(d => d.Item2?.Last is not null).Select(d => (d.l, d.Item2!))];
}
