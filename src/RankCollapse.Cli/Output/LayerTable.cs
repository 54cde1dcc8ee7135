using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Figures;

namespace RankCollapse.Cli.Output;

/// <summary>The final state of every layer as a table.</summary>
internal static class LayerTable
{
    /// <summary>Writes the table of a run's summary.</summary>
    public static void Write(TextWriter output, RunMeasurements run)
    {
        Metric[] metrics = [.. MetricTable.Of(MetricScopes.Layers).Where(metric => metric.IsMainIn(MetricScopes.Layers))];
        var table = new TextTable(["layer", "collapsed", .. MetricColumns.Of(metrics, MetricScopes.Layers)]);
        foreach (int l in run.Layers) table.Add([$"{l}", Word(run.State(l)), .. metrics.Select(metric => Numbers.Of(metric, run.Number(l, metric)))]);
        table.Write(output);
    }

    /// <summary>A verdict of collapse in a word.</summary>
    public static string Word(CollapseState state) => state switch
    {
        CollapseState.Collapsed => "yes",
        CollapseState.Nearly => "nearly",
        CollapseState.NotCollapsed => "no",
        _ => "unknown",
    };
}
