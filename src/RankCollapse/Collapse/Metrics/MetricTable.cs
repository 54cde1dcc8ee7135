namespace RankCollapse.Collapse.Metrics;

/// <summary>The one table of everything that is measured. Whatever records, stores or shows metrics iterates over it.</summary>
/// <remarks>Metrics of one topic stand together; recorded ones are written in this order.</remarks>
public static class MetricTable
{
    /// <summary>All metrics.</summary>
    public static Registry<Metric> All { get; } = new(
        "metric",
        metric => metric.Key,
        [.. NetworkMetrics.All, .. CollapseMetrics.All, .. RankMetrics.All, .. PredictionMetrics.All, .. NeuralCollapseMetrics.All, .. SpectrumMetrics.All,
            .. ChangeMetrics.All, .. ClassMetrics.All, .. TestMetrics.All]);

    /// <summary>The metrics that can be computed of something.</summary>
    public static IReadOnlyList<Metric> Of(MetricScopes scope) => [.. All.Where(metric => (metric.Scopes & scope) != MetricScopes.None)];

    /// <summary>The metrics that can be computed of something, without those of test data where no training has any.</summary>
    /// <param name="scope">What they are of.</param>
    /// <param name="numbers">What is shown.</param>
    public static IReadOnlyList<Metric> Of(MetricScopes scope, IEnumerable<MetricNumbers> numbers)
    {
        MetricNumbers[] all = [.. numbers];
        return [.. Of(scope).Where(metric => metric.Topic != MetricTopic.Test || all.Any(one => one.Number(metric) is not null))];
    }

    /// <summary>Computes metrics.</summary>
    /// <param name="scope">What <paramref name="compute"/> computes them of.</param>
    /// <param name="compute">Computes one.</param>
    /// <param name="reasons">Takes the reasons for those that do not exist, by key.</param>
    /// <returns>The numbers by key: null for those that do not exist, and without those that do not apply.</returns>
    public static IReadOnlyDictionary<string, double?> Compute(MetricScopes scope, Func<Metric, MetricValue> compute, IDictionary<string, string> reasons)
    {
        var numbers = new Dictionary<string, double?>();
        foreach (Metric metric in Of(scope))
        {
            (double? number, string? reason) = compute(metric);
            if (number is null && reason is null) continue;
            numbers.Add(metric.Key, number);
            if (number is null) reasons[metric.Key] = reason!;
        }
        return numbers;
    }
}
