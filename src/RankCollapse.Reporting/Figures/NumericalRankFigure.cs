using SkiaSharp;

namespace RankCollapse.Reporting.Figures;

/// <summary>Numerical ranks of the features and the weights of every layer over the epochs.</summary>
internal sealed class NumericalRankFigure : RunFigure
{
    public override string Name => "ranks";

    public override string Title => "Numerical ranks";

    public override string Reading => "Singular values above 10⁻⁵ of the largest, for features (left) and weights (right), on one scale; the dashed line is K.";

    public override string? Missing(RunMeasurements run) =>
        Drawn(run, "featureNumericalRank").Count + Drawn(run, "weightNumericalRank").Count == 0 ? "Numerical ranks were not recorded during training." : null;

    public override FigureDrawing Draw(RunMeasurements run, FigureWidth width) => new(FigureDrawing.FullWidth, 270, Title, Reading, canvas =>
    {
        var features = Drawn(run, "featureNumericalRank");
        var weights = Drawn(run, "weightNumericalRank");
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
        int[] atMostK = [.. run.Layers.Where(l => Last(run, "featureNumericalRank", l) <= run.Classes)];
        int[] weightsAtMostK = [.. run.Layers.Where(l => Last(run, "weightNumericalRank", l) <= run.Classes)];
        string features = atMostK.Length == run.Depth ? "the features of every layer" : $"the features of {NumberText.Layers(atMostK)}";
        string weights = weightsAtMostK.Length == run.Depth ? "the weights of every layer" : $"the weights of {NumberText.Layers(weightsAtMostK)}";
        return $"At the end {features} and {weights} have numerical rank at most K = {run.Classes}.";
    }

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
