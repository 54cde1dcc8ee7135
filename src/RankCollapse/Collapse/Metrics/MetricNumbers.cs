namespace RankCollapse.Collapse.Metrics;

/// <summary>
/// Measured numbers by the keys of their metrics. What has a property here is part of a contract; every other metric of the table is carried as well.
/// </summary>
public abstract record MetricNumbers
{
    /// <summary>The numbers by key: null for those that do not exist; those that do not apply, or are of another version, are not in it.</summary>
    public IReadOnlyDictionary<string, double?> Numbers { get; init; } = new Dictionary<string, double?>();

    /// <summary>The number of a metric; null where it does not exist.</summary>
    public double? Number(Metric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return Numbers.GetValueOrDefault(metric.Key);
    }

    /// <summary>These numbers with one more.</summary>
    private protected IReadOnlyDictionary<string, double?> With(Metric metric, double? number) =>
        new Dictionary<string, double?>(Numbers) { [metric.Key] = number };
}
