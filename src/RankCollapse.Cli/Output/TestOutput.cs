using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Output;

/// <summary>What a network does on test data, in the terminal.</summary>
internal static class TestOutput
{
    /// <summary>Writes losses, accuracies, the phase of training and a table of layers; nothing without test data.</summary>
    public static void Write(TextWriter output, RunSummary summary)
    {
        if (summary.Number(TestMetrics.Loss) is not { } loss) return;
        string accuracy = summary.Number(TestMetrics.Accuracy) is { } share
            ? $"; accuracy {Numbers.PerCent(share)} (training {Numbers.PerCent(summary.Number(TestMetrics.TrainAccuracy))})" : "";
        output.WriteLine($"test data: loss {Numbers.Short(loss)} a sample (training {Numbers.Short(summary.Number(TestMetrics.TrainLoss))}){accuracy}");
        if (accuracy.Length > 0)
        {
            output.WriteLine(summary.Number(TestMetrics.InterpolationEpoch) is { } epoch
                ? $"Interpolation was reached by epoch {NumberText.Whole((long)epoch)}; the terminal phase took the "
                    + $"{NumberText.Whole(summary.Epochs - (long)epoch)} "
                    + "epochs after it."
                : "Interpolation was not reached: this is the early phase of training.");
        }
        Metric[] metrics = [.. MetricTable.Of(MetricScopes.Layers).Where(metric => metric.Topic == MetricTopic.Test
            && summary.Layers.Any(layer => layer.Number(metric) is not null))];
        if (metrics.Length == 0) return;
        var table = new TextTable(["layer", .. MetricColumns.Of(metrics, MetricScopes.Layers)]);
        foreach (LayerSummary layer in summary.Layers) table.Add([$"{layer.Layer}", .. metrics.Select(metric => Numbers.Of(metric, layer.Number(metric)))]);
        table.Write(output);
    }
}
