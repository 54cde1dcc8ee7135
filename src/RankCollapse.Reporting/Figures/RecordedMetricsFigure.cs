using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Figures;

/// <summary>Every other metric that was recorded over the epochs, a panel each.</summary>
internal sealed class RecordedMetricsFigure : RunFigure
{
    /// <summary>The most metrics of which the sentence tells.</summary>
    private const int MostTold = 5;

    // These have figures of their own.
    private static readonly Metric[] DrawnElsewhere =
        [CollapseMetrics.TcvUpper, CollapseMetrics.TcvLower, CollapseMetrics.WcssOfClasses, RankMetrics.FeatureNumericalRank, RankMetrics.WeightNumericalRank];

    public override string Name => "metrics";

    public override string Title => "Other metrics over training";

    public override string Reading => "Every other metric that was recorded, over the epochs, a line for each layer; logarithmic, but for counts and "
        + "accuracies. Where test data were measured a line marks interpolation, from which on every training sample is classified correctly.";

    public override string? Missing(RunMeasurements run) => Drawn(run).Count == 0
        ? "No other metric was recorded during training; the setting record takes more, such as all,nc." : null;

    public override IReadOnlyList<PanelBlock> Draw(RunMeasurements run) => [.. MetricTopics.Blocks(Drawn(run), metric => Of(run, metric))];

    public override string Sentence(RunMeasurements run) => string.Join(" ", Drawn(run)
        .Where(metric => metric.OfNetwork is null).Take(MostTold).Select(metric =>
    {
        var ends = run.Layers.Select(l => (Layer: l, run.Series(metric.Key, l)?.Last?.Value)).Where(end => end.Value is not null).ToList();
        var (least, largest) = (ends.MinBy(end => end.Value), ends.MaxBy(end => end.Value));
        string Text((int Layer, double? Value) end) => $"{NumberText.Of(metric.Format, end.Value)} in layer {end.Layer}";
        return least == largest ? $"{metric.Heading} ends at {Text(least)}." : $"{metric.Heading} ends between {Text(least)} and {Text(largest)}.";
    }));

    private static Panel Of(RunMeasurements run, Metric metric) => new()
    {
        Title = metric.Heading,
        X = Axis.Epoch,
        Y = Axis.Of(metric) is var axis && metric is { Topic: MetricTopic.Test, Format: MetricFormat.Share } ? axis with { IsLogarithmic = false } : axis,
        Marks = metric.Topic == MetricTopic.Test && run.Run.Summary.Number(TestMetrics.InterpolationEpoch) is { } epoch
            ? [new ReferenceLine(epoch, "interpolation")] : [],
        Series = run.Series(metric.Key, 0) is { } whole
            ? [new Series("whole network", Palette.Ink, whole.Epochs, whole.Values)]
            : [.. run.Layers.Where(l => run.Series(metric.Key, l) is not null)
                .Select(l => Series.OfLayer(l, run.Depth, run.Series(metric.Key, l)!.Epochs, run.Series(metric.Key, l)!.Values))],
    };

    private static List<Metric> Drawn(RunMeasurements run) =>
    [
        .. MetricTable.All.Except(DrawnElsewhere).Where(metric => metric.Topic != MetricTopic.Objective)
            .Where(metric => run.Layers.Prepend(0).Any(l => run.Series(metric.Key, l)?.Last is not null)),
    ];
}
