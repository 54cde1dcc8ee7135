using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Figures;

/// <summary>Numerical ranks of the features and the weights of every layer over the epochs.</summary>
internal sealed class NumericalRankFigure : RunFigure
{
    public override string Name => "ranks";

    public override string Title => "Numerical ranks";

    public override string Reading =>
        "A panel for each layer: the number of singular values above 10⁻⁵ of the largest, of its features and of its weights; the dashed line "
        + "is K.";

    public override string? Missing(RunMeasurements run) =>
        run.Layers.All(l => Of(run, l).Series.Count == 0) ? "Numerical ranks were not recorded during training." : null;

    public override IReadOnlyList<PanelBlock> Draw(RunMeasurements run) => [new([.. run.Layers.Select(l => Of(run, l))])];

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

    private static Panel Of(RunMeasurements run, int layer)
    {
        Series[] drawn =
        [
            .. from kind in ((string Name, string Colour, Metric Metric)[])
               [
                   ("features", Palette.Features, RankMetrics.FeatureNumericalRank), ("weights", Palette.Weights, RankMetrics.WeightNumericalRank),
               ]
               let series = run.Series(kind.Metric.Key, layer)
               where series?.Last is not null
               select new Series(kind.Name, kind.Colour, series.Epochs, series.Values),
        ];
        return new Panel
        {
            Title = $"layer {layer}",
            Note = drawn.Length == 0 ? "not recorded" : "",
            X = Axis.Epoch,
            Y = new Axis("numerical rank") { Minimum = 0 },
            Series = drawn,
            Levels = [new ReferenceLine(run.Classes, $"K = {run.Classes}")],
        };
    }

    private static double Last(RunMeasurements run, string metric, int layer) =>
        run.Series(metric, layer)?.Last?.Value ?? double.NaN;
}
