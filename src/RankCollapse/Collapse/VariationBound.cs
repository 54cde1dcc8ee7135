using RankCollapse.Data;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// A condition under which training may stop: in every layer the total cluster variation (Definition 3.2) is at most a bound in the features' own units,
/// and the numerical rank of the features is at most K.
/// </summary>
/// <remarks>
/// It is a target of training, not the verdict of collapse, which <see cref="CollapseVerdict"/> gives and which does not depend on the features' scale.
/// A small gradient does not imply it: directions of Z¹ whose amplitude tends to 0 have a gradient that does too. Layers are asked one after the other,
/// first the one that failed last, because a layer that lags mostly goes on to lag.
/// </remarks>
internal sealed class VariationBound
{
    private readonly DataSet _data;
    private readonly Partition _classes;
    private readonly double _bound;
    private int _lagging;

    /// <summary>Prepares the condition.</summary>
    /// <param name="data">The data; their targets and classes are used.</param>
    /// <param name="bound">The largest TCV that a layer may have; at least 0.</param>
    /// <exception cref="InvalidInputException">The data have no classes.</exception>
    public VariationBound(DataSet data, double bound)
    {
        ArgumentNullException.ThrowIfNull(data);
        _data = data;
        _bound = bound;
        _classes = Partition.OfClasses(data)
            ?? throw new InvalidInputException(
                $"The data set {data.Name} has no classes, so that no layer can collapse onto them; leave the collapse tolerance out.");
    }

    /// <summary>Whether a layer meets a bound.</summary>
    /// <param name="bound">The largest TCV.</param>
    /// <param name="variation">The upper end of the layer's TCV; null or NaN meets no bound.</param>
    /// <param name="rank">The numerical rank of its features.</param>
    /// <param name="classes">K.</param>
    public static bool IsMet(double bound, double? variation, int rank, int classes) => variation <= bound && rank <= classes;

    /// <summary>
    /// What is missing at a point, in a clause such as <c>layer 1 has TCV 3e-9 (at most 1e-12 is asked)</c>; null where every layer meets the bound.
    /// </summary>
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
        if (!IsMet(_bound, variation, 0, _classes.ClusterCount))
            return FormattableString.Invariant($"TCV {variation:0.0e-0} (at most {_bound:0.0e-0} is asked)");
        int rank = NumericalRank.Of(features);
        return IsMet(_bound, variation, rank, _classes.ClusterCount) ? null : $"numerical rank {rank} (at most {_classes.ClusterCount} is asked)";
    }
}
