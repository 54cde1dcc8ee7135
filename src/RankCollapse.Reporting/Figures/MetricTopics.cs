using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;

namespace RankCollapse.Reporting.Figures;

/// <summary>Metrics in the groups that they are about.</summary>
internal static class MetricTopics
{
    /// <summary>A block for each topic that has metrics, a panel for each of them; the heading stays away where there is one topic.</summary>
    public static IEnumerable<PanelBlock> Blocks(IReadOnlyList<Metric> metrics, Func<Metric, Panel> panel)
    {
        var topics = metrics.GroupBy(metric => metric.Topic).ToList();
        return topics.Select(topic => new PanelBlock([.. topic.Select(panel)]) { Heading = topics.Count > 1 ? InWords(topic.Key) : "", Columns = 2 });
    }

    private static string InWords(MetricTopic topic) => topic switch
    {
        MetricTopic.Objective => "Objective",
        MetricTopic.Effort => "What training took",
        MetricTopic.Collapse => "Collapse",
        MetricTopic.Rank => "Size and rank",
        MetricTopic.Prediction => "Prediction from the next layer",
        MetricTopic.NeuralCollapse => "Neural collapse",
        MetricTopic.Change => "Change from a base",
        MetricTopic.Test => "Test data",
        _ => "Spectra of weights",
    };
}
