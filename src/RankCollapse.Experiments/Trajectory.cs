using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;

namespace RankCollapse.Experiments;

/// <summary>Metrics of layers over the epochs of a run, as one matrix: a row for each record; the epoch, then a column for each layer.</summary>
internal static class Trajectory
{
    /// <summary>The values of a metric of layers 1 … L over the epochs.</summary>
    /// <param name="metrics">What a run recorded.</param>
    /// <param name="metric">The metric's name.</param>
    /// <param name="depth">L.</param>
    /// <returns>records×(1 + L); NaN where there is no value.</returns>
    public static Matrix OfLayers(IReadOnlyList<MetricRecord> metrics, string metric, int depth)
    {
        long[] epochs = [.. metrics.Select(record => record.Epoch).Distinct().Order()];
        var values = metrics.Where(record => record.Metric == metric).ToDictionary(record => (record.Epoch, record.Layer), record => record.Value);
        return Matrix.FromEntries(epochs.Length, depth + 1, (i, l) => l == 0 ? epochs[i] : values.GetValueOrDefault((epochs[i], l), double.NaN));
    }
}
