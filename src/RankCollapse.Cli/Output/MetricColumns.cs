using RankCollapse.Collapse.Metrics;

namespace RankCollapse.Cli.Output;

/// <summary>Metrics as columns of a table in the terminal.</summary>
internal static class MetricColumns
{
    private const int OfOthers = 100;

    /// <summary>A column for each metric; in narrow terminals those go first that are not among the main ones, and then those of a low priority.</summary>
    public static IEnumerable<Column> Of(IEnumerable<Metric> metrics, MetricScopes scope) =>
        metrics.Select(metric => new Column(metric.Heading, metric.Priority + (metric.IsMainIn(scope) ? 0 : OfOthers)));
}
