using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using SkiaSharp;

namespace RankCollapse.Reporting.Figures;

/// <summary>The objective J and its parts over the epochs.</summary>
internal sealed class ObjectiveFigure : RunFigure
{
    private static readonly (string Metric, string Label)[] Parts =
    [
        (NetworkMetrics.Objective.Key, "objective J"),
        (NetworkMetrics.DataLoss.Key, "data loss"),
        (NetworkMetrics.WeightPenalty.Key, "weight penalty"),
        (NetworkMetrics.FeaturePenalty.Key, "feature penalty"),
        (NetworkMetrics.RelativeGradientNorm.Key, "rel. gradient norm"),
    ];

    public override string Name => "objective";

    public override string Title => "Objective and its parts";

    public override string Reading => "J, the three terms that it is the sum of, and the relative gradient norm, over the epochs; logarithmic scale.";

    public override string? Missing(RunMeasurements run) =>
        Drawn(run).Count == 0 ? "The objective was not recorded during training, or never took a positive finite value." : null;

    public override FigureDrawing Draw(RunMeasurements run, FigureWidth width) => new(FigureDrawing.FullWidth, 300, Title, Reading, canvas =>
    {
        var drawn = Drawn(run);
        using var panel = new PlotPanel("", "epoch", "value");
        panel.SetAxes(SeriesExtent.Epochs(drawn.Select(d => d.Series)), SeriesExtent.Logarithmic(drawn.SelectMany(d => d.Series.Values), ticks: 8)!);
        foreach (var (_, series, colour) in Enumerable.Reverse(drawn))
            panel.AddLine(series.Epochs, series.Logarithms(), colour, colour == FigurePalette.Ink ? 2.2f : 1.6f);
        panel.Render(canvas, SKRect.Create(0, 0, 540, 300), new Margins(62, 12, 44, 12));
        FigureText.Legend(canvas, 548, 14, drawn.Select(d => new LegendEntry(d.Label, d.Colour)));
    });

    public override string Sentence(RunMeasurements run)
    {
        var text = new List<string>();
        if (run.Series(NetworkMetrics.Objective.Key, 0) is { First: { } first, Last: { } last } && last.Epoch > first.Epoch)
        {
            string verb = last.Value < first.Value ? "fell" : last.Value > first.Value ? "rose" : "stayed";
            text.Add(verb == "stayed"
                ? $"The objective stayed at {NumberText.Short(last.Value)} over {NumberText.Whole((long)last.Epoch)} epochs"
                : $"The objective {verb} from {NumberText.Short(first.Value)} to {NumberText.Short(last.Value)} in {NumberText.Whole((long)last.Epoch)} epochs");
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
    private static MetricSeries? Part(RunMeasurements run, string metric) =>
        run.Series(metric, 0)?.Times(metric == NetworkMetrics.DataLoss.Key ? run.DataFactor : 1);

    private static string Label(RunMeasurements run, int part) =>
        Parts[part].Metric == NetworkMetrics.DataLoss.Key && run.DataFactor != 1 ? "data loss / N" : Parts[part].Label;

    /// <summary>The series that can be drawn on a logarithmic scale; J itself in ink, its parts in the colours of kinds, in their order.</summary>
    internal static List<(string Label, MetricSeries Series, string Colour)> Drawn(RunMeasurements run)
    {
        var drawn = new List<(string, MetricSeries, string)>();
        for (int i = 0; i < Parts.Length; i++)
        {
            if (Part(run, Parts[i].Metric) is { } series && series.Values.Any(v => v > 0 && double.IsFinite(v)))
                drawn.Add((Label(run, i), series, i == 0 ? FigurePalette.Ink : FigurePalette.Kind(i - 1)));
        }
        return drawn;
    }
}
