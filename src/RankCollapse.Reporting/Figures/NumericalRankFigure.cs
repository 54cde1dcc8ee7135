using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Figures;

/// <summary>Numerical ranks of the features and the weights of every layer over the epochs.</summary>
internal sealed class NumericalRankFigure : RunFigure
{
    public override string Name => "ranks";

    public override string Title => "Numerical ranks";

    public override string Reading => "Singular values above 10⁻⁵ of the largest, of the features and of the weights, on one scale; the dashed line is K.";

    public override string? Missing(RunMeasurements run) =>
        Drawn(run, RankMetrics.FeatureNumericalRank.Key).Count + Drawn(run, RankMetrics.WeightNumericalRank.Key).Count == 0
            ? "Numerical ranks were not recorded during training." : null;

    public override IReadOnlyList<PanelBlock> Draw(RunMeasurements run) =>
    [
        new(Of(run, "features", RankMetrics.FeatureNumericalRank.Key), Of(run, "weights", RankMetrics.WeightNumericalRank.Key)),
    ];

    public override string Sentence(RunMeasurements run)
    {
        int[] wider = [.. run.LayersWiderThanClasses];
        if (wider.Length == 0) return $"No layer is wider than K = {run.Classes}, so no rank could exceed it.";
        int[] features = [.. wider.Where(l => Last(run, RankMetrics.FeatureNumericalRank.Key, l) <= run.Classes)];
        int[] weights = [.. wider.Where(l => Last(run, RankMetrics.WeightNumericalRank.Key, l) <= run.Classes)];
        string among = wider.Length == 1 ? "the one layer" : $"the {wider.Length} layers";
        string start = $"Of {among} wider than K = {run.Classes}, ";
        if (features.Length == 0 && weights.Length == 0) return start + "none has features or weights of numerical rank at most K at the end.";
        if (features.SequenceEqual(weights))
            return start + $"{Which(features, wider)} {(features.Length == 1 ? "has" : "have")} features and weights of numerical rank at most K at the end.";
        return start + $"{Which(features, wider)} {(features.Length <= 1 ? "has" : "have")} features of numerical rank at most K at the end, and "
            + $"{Which(weights, wider)} {(weights.Length <= 1 ? "has" : "have")} weights of such rank.";
    }

    private static string Which(int[] layers, int[] wider) => layers.Length switch
    {
        0 => "none",
        1 when wider.Length == 1 => "that one",
        _ when layers.Length == wider.Length => "all",
        _ => NumberText.Layers(layers),
    };

    private static Panel Of(RunMeasurements run, string title, string metric)
    {
        var drawn = Drawn(run, metric);
        return new Panel
        {
            Title = title,
            Note = drawn.Count == 0 ? "not recorded" : "",
            X = Axis.Epoch,
            Y = new Axis("numerical rank") { Minimum = 0 },
            Series = [.. drawn.Select(d => Series.OfLayer(d.Layer, run.Depth, d.Series.Epochs, d.Series.Values))],
            Levels = [new ReferenceLine(run.Classes, $"K = {run.Classes}")],
        };
    }

    private static double Last(RunMeasurements run, string metric, int layer) =>
        run.Series(metric, layer)?.Last?.Value ?? double.NaN;

    private static List<(int Layer, MetricSeries Series)> Drawn(RunMeasurements run, string metric) =>
        [.. run.Layers.Select(l => (l, run.Series(metric, l))).Where(d => d.Item2?.Last is not null).Select(d => (d.l, d.Item2!))];
}
