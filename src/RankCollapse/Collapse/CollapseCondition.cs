using RankCollapse.Data;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>Whether every layer has collapsed: its total cluster variation (Definition 3.2) is at most a bound and its features have numerical rank at most K.</summary>
/// <remarks>
/// A small gradient does not say so: directions of Z¹ whose amplitude tends to 0 have a gradient that does too. Layers are asked one after the other,
/// first the one that failed last, because a layer that lags mostly goes on to lag.
/// </remarks>
public sealed class CollapseCondition
{
    private readonly DataSet _data;
    private readonly Partition _classes;
    private readonly double _bound;
    private int _lagging;

    /// <summary>Prepares the condition.</summary>
    /// <param name="data">The data; their targets and classes are used.</param>
    /// <param name="bound">The largest TCV of a layer that counts as collapsed; at least 0.</param>
    /// <exception cref="InvalidInputException">The data have no classes.</exception>
    public CollapseCondition(DataSet data, double bound)
    {
        ArgumentNullException.ThrowIfNull(data);
        _data = data;
        _bound = bound;
        _classes = Partition.OfClasses(data)
            ?? throw new InvalidInputException($"The data set {data.Name} has no classes, so that no layer can be said to have collapsed onto them; leave --collapse-tolerance out.");
    }

    /// <summary>What is missing at a point, in a clause such as <c>layer 1 has TCV 3e-9 (at most 1e-12 is asked)</c>; null where every layer has collapsed.</summary>
    /// <param name="features">Z^0 … Z^L, samples as columns.</param>
    public string? Missing(IReadOnlyList<Matrix> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        int layers = features.Count - 1;
        for (int i = 0; i < layers; i++)
        {
            int layer = ((_lagging + i) % layers) + 1;
            if (MissingIn(features[layer]) is not { } missing) continue;
            _lagging = layer - 1;
            return $"layer {layer} has {missing}";
        }
        return null;
    }

    private string? MissingIn(Matrix features)
    {
        double variation = TotalClusterVariation.UpperEnd(features, _data.Targets, _classes);
        if (!(variation <= _bound)) return FormattableString.Invariant($"TCV {variation:0.0e-0} (at most {_bound:0.0e-0} is asked)");
        int rank = NumericalRank.Of(features);
        return rank <= _classes.ClusterCount ? null : $"numerical rank {rank} (at most {_classes.ClusterCount} is asked)";
    }
}
