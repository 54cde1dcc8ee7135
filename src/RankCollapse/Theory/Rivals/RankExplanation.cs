using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Certificates;

namespace RankCollapse.Theory.Rivals;

/// <summary>Who explains a layer's rank.</summary>
public enum RankExplainer
{
    /// <summary>No bound says that the rank is below the layer's width.</summary>
    None,

    /// <summary>The layer has full rank: there is nothing to explain.</summary>
    FullRank,

    /// <summary>Collapse of features before the layer or of its own: Theorem 3.4, or what follows in the same way.</summary>
    Collapse,

    /// <summary>The last mini-batches.</summary>
    Batches,

    /// <summary>Collapse and mini-batches bound it by the same rank.</summary>
    Both,
}

/// <summary>The rank that a layer has within a share ε of its norm, and the least rank that each explanation's bound gives it there.</summary>
/// <param name="Layer">l.</param>
/// <param name="Tolerance">ε.</param>
/// <param name="Rank">The rank within ε.</param>
/// <param name="FullRank">min(n_l, n_{l−1}).</param>
/// <param name="TheoremRank">K where the exact bound of Theorem 3.4 is at most ε‖W_l‖; null where it is not.</param>
/// <param name="CollapseRank">The same of the tight bound, which leaves out what does not raise the rank and looks at the layer's own collapse.</param>
/// <param name="BatchRank">The least rank for which the bound of mini-batches is at most ε‖W_l‖; null where none is, or there is no such bound.</param>
public sealed record RankExplanation(int Layer, double Tolerance, int Rank, int FullRank, int? TheoremRank, int? CollapseRank, int? BatchRank)
{
    /// <summary>The explanation whose bound is the least.</summary>
    public RankExplainer Explains
    {
        get
        {
            if (Rank >= FullRank) return RankExplainer.FullRank;
            int collapse = CollapseRank ?? FullRank, batches = BatchRank ?? FullRank;
            if (Math.Min(collapse, batches) >= FullRank) return RankExplainer.None;
            return collapse == batches ? RankExplainer.Both : collapse < batches ? RankExplainer.Collapse : RankExplainer.Batches;
        }
    }

    /// <summary>Whether that bound is the rank itself.</summary>
    public bool IsSharp => Explains is not (RankExplainer.None or RankExplainer.FullRank) && Math.Min(CollapseRank ?? FullRank, BatchRank ?? FullRank) == Rank;

    /// <summary>Compares the bounds at one point.</summary>
    /// <param name="network">Θ.</param>
    /// <param name="certificate">Theorem 3.4 there.</param>
    /// <param name="batches">Mini-batches there; null where there is no such bound.</param>
    /// <param name="tolerance">ε.</param>
    public static IReadOnlyList<RankExplanation> Compare(
        Network network, LowRankCertificate certificate, MiniBatchBound? batches, double tolerance = RankTolerance.Default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(certificate);
        return [.. certificate.Layers.Select(layer =>
        {
            double[] values = SingularValueDecomposition.SingularValues(network.Weights(layer.Layer));
            double bound = tolerance * layer.WeightNorm;
            return new RankExplanation(
                layer.Layer, tolerance, RankTolerance.Of(values, tolerance), values.Length,
                layer.Best?.ExactBound <= bound ? layer.Rank : null,
                layer.TightBound <= bound ? layer.Rank : null,
                batches?.Layers[layer.Layer - 1].RankWithin(tolerance));
        })];
    }
}
