using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Figures;

/// <summary>TCV_{K,l} of every layer over the epochs.</summary>
internal sealed class TotalClusterVariationFigure : RunFigure
{
    private const double ClassesDiffer = 1.05;

    public override string Name => "tcv";

    public override string Title => "Total cluster variation of each layer";

    public override string Reading =>
        "Upper end of the interval for TCV (equation 7), logarithmic; dashed, the within-class sum of squares of the classes where it differs. Zero means that "
        + "the features are K points.";

    public override string? Missing(RunMeasurements run) =>
        run.Layers.Any(l => HasPositive(run.Series(CollapseMetrics.TcvUpper.Key, l)))
            ? null : "The total cluster variation was not recorded during training, or was never positive and finite.";

    public override IReadOnlyList<PanelBlock> Draw(RunMeasurements run)
    {
        Series Of(string metric, int layer) => Series.OfLayer(layer, run.Depth, run.Series(metric, layer)!.Epochs, run.Series(metric, layer)!.Values);
        return
        [
            new(new Panel
            {
                X = Axis.Epoch,
                Y = Axis.Of(CollapseMetrics.TcvUpper) with { Name = $"TCV with K = {run.Classes}" },
                Series =
                [
                    .. run.Layers.Where(l => HasPositive(run.Series(CollapseMetrics.TcvUpper.Key, l))).Select(l => Of(CollapseMetrics.TcvUpper.Key, l)),
                    .. run.Layers.Where(l => ClassesPartDiffers(run, l))
                        .Select(l => Of(CollapseMetrics.WcssOfClasses.Key, l) with { Name = "of the classes", Mark = Mark.Dashed, Size = 1.2 }),
                ],
            }),
        ];
    }

    public override string Sentence(RunMeasurements run)
    {
        int layer = run.Layers.Where(l => run.Series(CollapseMetrics.TcvUpper.Key, l) is { First.Value: > 0, Last: not null })
            .OrderBy(l => run.Series(CollapseMetrics.TcvUpper.Key, l)!.Last!.Value.Value / run.Series(CollapseMetrics.TcvUpper.Key, l)!.First!.Value.Value)
                .FirstOrDefault();
        if (layer == 0) return "No layer has a total cluster variation that could be followed.";
        MetricSeries series = run.Series(CollapseMetrics.TcvUpper.Key, layer)!;
        var (_, first) = series.First!.Value;
        var (epoch, last) = series.Last!.Value;
        string change = last < first
            ? $"Layer {layer}'s total cluster variation fell from {NumberText.Short(first)} to {NumberText.Short(last)} in "
                + $"{NumberText.Whole((long)epoch)} epochs"
            : $"No layer's total cluster variation fell: the best, layer {layer}, went from {NumberText.Short(first)} to {NumberText.Short(last)} in "
                + $"{NumberText.Whole((long)epoch)} epochs";
        string points = NumberText.Count(run.Classes, "point");
        return change + run.State(layer) switch
        {
            CollapseState.Collapsed => $": its features have collapsed to at most {points}.",
            CollapseState.Nearly => $": its features lie close to {points}, but have not collapsed.",
            CollapseState.NotCollapsed => $": its features have not collapsed to {points}.",
            _ => ".",
        };
    }

    private static bool HasPositive(MetricSeries? series) => series is not null && series.Values.Any(v => v > 0 && double.IsFinite(v));

    /// <summary>Whether the classes' sum of squares is visibly above the best partition's at some epoch.</summary>
    private static bool ClassesPartDiffers(RunMeasurements run, int layer)
    {
        if (run.Series(CollapseMetrics.WcssOfClasses.Key, layer) is not { } classes || run.Series(CollapseMetrics.TcvUpper.Key, layer) is not { } best
            || !HasPositive(classes)) return false;
        var byEpoch = best.Epochs.Zip(best.Values).GroupBy(p => p.First).ToDictionary(g => g.Key, g => g.First().Second);
        return classes.Epochs.Zip(classes.Values).Any(p => byEpoch.TryGetValue(p.First, out double value) && p.Second > ClassesDiffer * value);
    }
}
