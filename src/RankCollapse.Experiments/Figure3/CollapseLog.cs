using RankCollapse.Collapse.Metrics;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;

namespace RankCollapse.Experiments.Figure3;

/// <summary>
/// What is kept of a training's course: at every record the epoch, seconds, losses, the gradient, and TCV and numerical rank of the features of every layer.
/// </summary>
internal sealed class CollapseLog(int depth)
{
    private const int Epoch = 0;
    private const int Loss = 1;
    private const int DataLoss = 2;
    private const int Gradient = 3;
    private const int FirstLayer = 4;

    private readonly List<double[]> _rows = [];
    private readonly List<double> _seconds = [];

    /// <summary>The log of a run that recorded collapse.</summary>
    /// <param name="metrics">What the run recorded.</param>
    /// <param name="depth">L.</param>
    public static CollapseLog Of(IReadOnlyList<MetricRecord> metrics, int depth)
    {
        var log = new CollapseLog(depth);
        foreach (IGrouping<long, MetricRecord> record in metrics.GroupBy(metric => metric.Epoch))
        {
            double[] row = new double[FirstLayer + (2 * depth)];
            Array.Fill(row, double.NaN);
            row[Epoch] = record.Key;
            foreach (MetricRecord metric in record)
            {
                if (ColumnOf(metric, depth) is { } column) row[column] = metric.Value;
            }
            log._rows.Add(row);
            log._seconds.Add(record.First().Seconds);
        }
        return log;
    }

    /// <summary>L.</summary>
    public int Depth => depth;

    /// <summary>The number of records.</summary>
    public int Count => _rows.Count;

    /// <summary>The epochs of the records.</summary>
    public double[] Epochs => Column(Epoch);

    /// <summary>Seconds of training up to each record, what the records took included.</summary>
    public double[] Seconds => [.. _seconds];

    /// <summary>J, with its penalties.</summary>
    public double[] Losses => Column(Loss);

    /// <summary>D = ½‖f(X) − Y‖².</summary>
    public double[] DataLosses => Column(DataLoss);

    /// <summary>The relative gradient norm.</summary>
    public double[] Gradients => Column(Gradient);

    /// <summary>TCV_{K,l} of layer l = 1 … L.</summary>
    public double[] Tcv(int layer) => Column(FirstLayer + layer - 1);

    /// <summary>The numerical rank of Z^l.</summary>
    public double[] Ranks(int layer) => Column(FirstLayer + depth + layer - 1);

    /// <summary>The mean of TCV over the hidden layers 1 … L−1.</summary>
    public double[] MeanTcv => [.. _rows.Select(row => Mean(row.AsSpan(FirstLayer, depth - 1)))];

    /// <summary>The mean of the numerical rank over the hidden layers 1 … L−1.</summary>
    public double[] MeanRanks => [.. _rows.Select(row => Mean(row.AsSpan(FirstLayer + depth, depth - 1)))];

    private static int? ColumnOf(MetricRecord metric, int depth) =>
        metric.Metric == NetworkMetrics.Objective.Key ? Loss
        : metric.Metric == NetworkMetrics.DataLoss.Key ? DataLoss
        : metric.Metric == NetworkMetrics.RelativeGradientNorm.Key ? Gradient
        : metric.Metric == CollapseMetrics.TcvUpper.Key ? FirstLayer + metric.Layer - 1
        : metric.Metric == RankMetrics.FeatureNumericalRank.Key ? FirstLayer + depth + metric.Layer - 1
        : null;

    private double[] Column(int index) => [.. _rows.Select(row => row[index])];

    private static double Mean(ReadOnlySpan<double> values) => Reduction.Sum(values) / values.Length;
}
