using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Storage;

/// <summary>The Parquet files of a shard; docs/sweeps.md lists the columns.</summary>
internal static class ShardTables
{
    /// <summary>The file with a row for each trial.</summary>
    public const string RunsName = "runs.parquet";

    /// <summary>The file with a row for each layer of each trial.</summary>
    public const string LayersName = "layers.parquet";

    /// <summary>The file with a row for each number that was recorded.</summary>
    public const string MetricsName = "metrics.parquet";

    /// <summary>Writes the files into a folder.</summary>
    public static void Write(string path, IReadOnlyList<ShardTrial> trials)
    {
        WriteRuns(Path.Combine(path, RunsName), trials);
        (ShardTrial Trial, LayerSummary Layer)[] layers = [.. trials.SelectMany(trial => trial.Summary.Layers.Select(layer => (trial, layer)))];
        WriteLayers(Path.Combine(path, LayersName), layers);
        (string Trial, MetricRecord Row)[] metrics = [.. trials.SelectMany(trial => trial.Metrics.Select(row => (trial.Manifest.Trial, row)))];
        if (metrics.Length > 0) WriteMetrics(Path.Combine(path, MetricsName), metrics);
    }

    private static void WriteRuns(string file, IReadOnlyList<ShardTrial> trials) => ParquetColumns.Write(file,
    [
        ParquetColumn.Text("trial", trials, t => t.Manifest.Trial),
        ParquetColumn.Text("status", trials, t => t.Manifest.Status),
        ParquetColumn.TextOrNull("reason", trials, t => t.Manifest.Reason),
        .. Metrics(MetricScopes.Network, trials, t => t.Summary),
        ParquetColumn.Of("attempt", trials, t => t.Manifest.Attempt),
        ParquetColumn.Text("worker", trials, t => t.Manifest.Worker),
        ParquetColumn.Text("host", trials, t => t.Manifest.Host),
    ]);

    private static void WriteLayers(string file, (ShardTrial Trial, LayerSummary Layer)[] layers) => ParquetColumns.Write(file,
    [
        ParquetColumn.Text("trial", layers, l => l.Trial.Manifest.Trial),
        ParquetColumn.Of("layer", layers, l => l.Layer.Layer),
        .. Metrics(MetricScopes.Layers, layers, l => l.Layer),
    ]);

    private static IEnumerable<ParquetColumn> Metrics<TRow>(MetricScopes scope, IReadOnlyList<TRow> rows, Func<TRow, MetricNumbers> numbers) =>
        MetricTable.Of(scope).Select(metric => metric.Format == MetricFormat.Count
            ? ParquetColumn.Whole(metric.Key, rows, row => numbers(row).Number(metric))
            : ParquetColumn.Number(metric.Key, rows, row => numbers(row).Number(metric)));

    private static void WriteMetrics(string file, (string Trial, MetricRecord Row)[] metrics) => ParquetColumns.Write(file,
    [
        ParquetColumn.Text("trial", metrics, m => m.Trial),
        ParquetColumn.Of("epoch", metrics, m => m.Row.Epoch),
        ParquetColumn.Of("seconds", metrics, m => m.Row.Seconds),
        ParquetColumn.Of("layer", metrics, m => m.Row.Layer),
        ParquetColumn.Text("metric", metrics, m => m.Row.Metric),
        ParquetColumn.Of("value", metrics, m => m.Row.Value),
    ]);
}

/// <summary>A result whose rows go into a shard.</summary>
/// <param name="Manifest">How it came about.</param>
/// <param name="Summary">The final state.</param>
/// <param name="Metrics">What was recorded.</param>
internal sealed record ShardTrial(ResultManifest Manifest, RunSummary Summary, IReadOnlyList<MetricRecord> Metrics);
