using System.Globalization;
using RankCollapse.Sweeps.Results;

namespace RankCollapse.Sweeps.Live;

/// <summary>A number of the final state of a run: of the whole network, or of a layer.</summary>
public sealed class LiveMetric
{
    private static readonly int LayerColumn = IndexOf(ResultColumn.Layer, "layer");

    private readonly int _column;
    private readonly bool _isOfLayers;

    private LiveMetric(string name, string? layer, int column)
    {
        Name = name;
        Layer = layer;
        _column = column;
        _isOfLayers = layer is not null;
    }

    /// <summary>The metrics of the whole network.</summary>
    public static IReadOnlyList<string> OfNetwork { get; } = [.. ResultColumn.Summary.Where(c => c.IsNumber).Select(c => c.Name)];

    /// <summary>The metrics of layers.</summary>
    public static IReadOnlyList<string> OfLayers { get; } = [.. ResultColumn.Layer.Where(c => c.IsNumber && c.Name != "layer").Select(c => c.Name)];

    /// <summary>Its name in the views <c>runs</c> and <c>layers</c>.</summary>
    public string Name { get; }

    /// <summary>A number, <c>last</c>, <c>max</c> or <c>min</c>; null for the whole network.</summary>
    public string? Layer { get; }

    /// <summary>Finds a metric; null where there is none of this name, or of this layer.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="layer">The layer of a metric of layers: a number from 1, <c>last</c>, <c>max</c> or <c>min</c>; ignored for others, and null takes the last one.</param>
    public static LiveMetric? Find(string name, string? layer)
    {
        if (IndexOf(ResultColumn.Summary, name) is >= 0 and var network && OfNetwork.Contains(name)) return new LiveMetric(name, null, network);
        if (!OfLayers.Contains(name)) return null;
        string chosen = layer ?? "last";
        bool isKnown = chosen is "last" or "max" or "min" || (int.TryParse(chosen, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0);
        return isKnown ? new LiveMetric(name, chosen, IndexOf(ResultColumn.Layer, name)) : null;
    }

    internal double Of(object?[] summary, IReadOnlyList<object?[]> layers)
    {
        if (!_isOfLayers) return Number(summary[_column]);
        IEnumerable<double> known = layers.Select(layer => Number(layer[_column])).Where(double.IsFinite);
        return Layer switch
        {
            "max" => known.DefaultIfEmpty(double.NaN).Max(),
            "min" => known.DefaultIfEmpty(double.NaN).Min(),
            "last" => layers.Count == 0 ? double.NaN : Number(layers[^1][_column]),
            var number => layers.FirstOrDefault(layer => string.Equals(Convert.ToString(layer[LayerColumn], CultureInfo.InvariantCulture), number, StringComparison.Ordinal)) is { } found ? Number(found[_column]) : double.NaN,
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
