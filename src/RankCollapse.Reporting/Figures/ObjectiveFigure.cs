using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Figures;

/// <summary>The objective J and its parts over the epochs.</summary>
internal sealed class ObjectiveFigure : RunFigure
{
    private static IEnumerable<Metric> Parts => MetricTable.Of(MetricScopes.Network)
        .Where(metric => metric.Topic == MetricTopic.Objective && metric != NetworkMetrics.GradientNorm);

    public override string Name => "objective";

    public override string Title => "Objective and its parts";

    public override string Reading =>
        "‘objective’: J and the three terms that it is the sum of. ‘relative gradient norm’: how far the point is from stationary. Both over the "
        + "epochs, on logarithmic scales.";

    public override string? Missing(RunMeasurements run) =>
        Drawn(run).Count == 0 ? "The objective was not recorded during training, or never took a positive finite value." : null;

    public override IReadOnlyList<PanelBlock> Draw(RunMeasurements run)
    {
        List<Series> drawn = Drawn(run);
        string gradient = Label(run, NetworkMetrics.RelativeGradientNorm);
        Series[] parts = [.. drawn.Where(series => series.Name != gradient)], norm = [.. drawn.Where(series => series.Name == gradient)];
        IEnumerable<Panel> panels =
        [
            new Panel { Title = "objective", X = Axis.Epoch, Y = new Axis("objective and its terms", "J") { IsLogarithmic = true }, Series = parts },
            new Panel { Title = gradient, X = Axis.Epoch, Y = Axis.Of(NetworkMetrics.RelativeGradientNorm), Series = norm },
        ];
        return [new([.. panels.Where(panel => panel.Series.Count > 0)])];
    }

    public override string Sentence(RunMeasurements run)
    {
        var text = new List<string>();
        if (run.Series(NetworkMetrics.Objective.Key, 0) is { First: { } first, Last: { } last } && last.Epoch > first.Epoch)
        {
            string verb = last.Value < first.Value ? "fell" : last.Value > first.Value ? "rose" : "stayed";
            text.Add(verb == "stayed"
                ? $"The objective stayed at {NumberText.Short(last.Value)} over {NumberText.Whole((long)last.Epoch)} epochs"
                : $"The objective {verb} from {NumberText.Short(first.Value)} to {NumberText.Short(last.Value)} in "
                    + $"{NumberText.Whole((long)last.Epoch)} epochs");
        }
        else
        {
            text.Add($"The objective ended at {NumberText.Short(run.Run.Summary.Objective)}");
        }
        double weight = run.Run.Summary.WeightPenalty;
        double feature = run.Run.Summary.FeaturePenalty;
        double share = (weight + feature) / run.Run.Summary.Objective;
        if (double.IsFinite(share) && share is >= 0 and <= 1.0001)
            text.Add($"penalties are {NumberText.Short(100 * Math.Min(share, 1))} % of that");
        return string.Join("; ", text) + ".";
    }

    // The data loss is recorded without its factor a; what J adds up is a times it.
    private static MetricSeries? Part(RunMeasurements run, Metric metric) =>
        run.Series(metric.Key, 0)?.Times(metric == NetworkMetrics.DataLoss ? run.DataFactor : 1);

    private static string Label(RunMeasurements run, Metric metric) =>
        metric == NetworkMetrics.Objective ? "objective J" : metric == NetworkMetrics.DataLoss && run.DataFactor != 1 ? "data loss / N" : metric.Heading;

    // The parts that can be drawn on a logarithmic scale; J itself in ink.
    private static List<Series> Drawn(RunMeasurements run)
    {
        var drawn = new List<Series>();
        foreach ((Metric metric, int i) in Parts.Select((metric, i) => (metric, i)))
        {
            if (Part(run, metric) is { } series && series.Values.Any(v => v > 0 && double.IsFinite(v)))
                drawn.Add(new Series(
                    Label(run, metric), i == 0 ? Palette.Ink : Palette.Kind(i - 1), series.Epochs, series.Values)
                { Size = i == 0 ? 2.2 : null });
        }
        return drawn;
    }
}
