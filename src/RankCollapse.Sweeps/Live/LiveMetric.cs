using System.Globalization;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Sweeps.Results;

namespace RankCollapse.Sweeps.Live;

/// <summary>A number of the final state of a run: of the whole network, or of a layer.</summary>
public sealed class LiveMetric
{
    private readonly int _column;

    private LiveMetric(Metric metric, string? layer, int column)
    {
        Metric = metric;
        Layer = layer;
        _column = column;
    }

    /// <summary>What is measured.</summary>
    public Metric Metric { get; }

    /// <summary>A number, <c>last</c>, <c>max</c> or <c>min</c>; null for the whole network.</summary>
    public string? Layer { get; }

    /// <summary>Finds a metric; null where there is none of this name, or of this layer.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="layer">
    /// The layer of a metric of layers: a number from 1, <c>last</c>, <c>max</c> or <c>min</c>; ignored for others, and null takes the last one.
    /// </param>
    public static LiveMetric? Find(string name, string? layer)
    {
        if (MetricTable.All.Find(name) is not { } metric) return null;
        if (metric.OfNetwork is not null) return new LiveMetric(metric, null, IndexOf(ResultColumn.Summary, name));
        if (metric.OfLayer is null) return null;
        string chosen = layer ?? "last";
        bool isKnown = chosen is "last" or "max" or "min"
            || (int.TryParse(chosen, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0);
        return isKnown ? new LiveMetric(metric, chosen, IndexOf(ResultColumn.Layer, name)) : null;
    }

    internal double Of(object?[] summary, IReadOnlyList<object?[]> layers)
    {
        if (Layer is null) return Number(summary[_column]);
        IEnumerable<double> known = layers.Select(layer => Number(layer[_column])).Where(double.IsFinite);
        return Layer switch
        {
            "max" => known.DefaultIfEmpty(double.NaN).Max(),
            "min" => known.DefaultIfEmpty(double.NaN).Min(),
            "last" => layers.Count == 0 ? double.NaN : Number(layers[^1][_column]),
            var number => layers.FirstOrDefault(layer => layer[0] is long l && l.ToString(CultureInfo.InvariantCulture) == number) is { } found
                ? Number(found[_column]) : double.NaN,
        };
    }

    private static double Number(object? value) => value switch
    {
        double number => number,
        long whole => whole,
        _ => double.NaN,
    };

    private static int IndexOf(IReadOnlyList<ResultColumn> columns, string name)
    {
        for (int i = 0; i < columns.Count; i++)
        {
            if (columns[i].Name == name) return i;
        }
        return -1;
    }
}
