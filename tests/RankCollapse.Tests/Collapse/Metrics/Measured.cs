using RankCollapse.Collapse.Metrics;

namespace RankCollapse.Tests.Collapse.Metrics;

/// <summary>Numbers by the keys of their metrics.</summary>
internal static class Measured
{
    public static double? Of(this MetricNumbers numbers, string key) => numbers.Number(MetricTable.All.Parse(key));

    public static double? Of(this MeasuredFeatures features, string key) => MetricTable.All.Parse(key).OfFeatures!(features).Number;
}
