namespace RankCollapse.Theory.Certificates;

/// <summary>What Theorem 3.4 says about one layer at this point, and whether it holds.</summary>
public sealed record LayerCertificate
{
    /// <summary>l.</summary>
    public required int Layer { get; init; }

    /// <summary>K.</summary>
    public required int Rank { get; init; }

    /// <summary>The distance of W_l from the matrices of rank at most K, √Σ_{i>K} s_i(W_l)².</summary>
    public required double Distance { get; init; }

    /// <summary>‖W_l‖_F.</summary>
    public required double WeightNorm { get; init; }

    /// <summary>λ_l.</summary>
    public required double Lambda { get; init; }

    /// <summary>r_l = ‖∇_{W_l}L_0 + λ_l·W_l‖_F, how far equation (4) is from holding.</summary>
    public required double StationarityResidual { get; init; }

    /// <summary>r_l/max(‖∇_{W_l}L_0‖, λ_l‖W_l‖); 0 where all vanish, null where λ_l = 0 and it would be 1 at every point.</summary>
    public required double? RelativeStationarityResidual { get; init; }

    /// <summary>Every j and partition that was tried; empty where λ_l = 0.</summary>
    public required IReadOnlyList<LayerBound> Bounds { get; init; }

    /// <summary>The bound from the layer's own collapse, which Theorem 3.4 does not look at; null for the last layer and where λ_l = 0.</summary>
    public OwnLayerBound? Own { get; init; }

    /// <summary>What rounding may add to the exact bound: the product that makes the centroid gradient, norms and singular values.</summary>
    public required double RoundingAllowance { get; init; }

    /// <summary>Why there is no bound; null where there is one.</summary>
    public string? Reason { get; init; }

    /// <summary>The bound with the least exact remainder; null where there is none.</summary>
    public LayerBound? Best => Bounds.MinBy(b => b.ExactBound);

    /// <summary>The bound with the least M·TCV; null where there is none.</summary>
    public LayerBound? BestByCurvature => Bounds.Where(b => !double.IsNaN(b.CurvatureBound)).MinBy(b => b.CurvatureBound);

    /// <summary>The bound with the least projected remainder and residual; null where there is none.</summary>
    public LayerBound? BestProjected => Bounds.MinBy(b => b.ProjectedBound);

    /// <summary>The least of the projected bounds and the layer's own; null where there is none.</summary>
    public double? TightBound => BestProjected is { } projected ? Math.Min(projected.ProjectedBound, Own?.Bound ?? double.PositiveInfinity) : null;

    /// <summary>The layer whose collapse gives <see cref="TightBound"/>, j or l itself; null where there is none.</summary>
    public int? TightFrom => BestProjected is not { } projected ? null : Own?.Bound <= projected.ProjectedBound ? Layer : projected.From;

    /// <summary>Tight bound over distance; null where there is no bound or the distance is 0.</summary>
    public double? TightRatio => TightBound is { } tight && Distance > 0 ? tight / Distance : null;

    /// <summary>Exact bound over distance; null where there is no bound or the distance is 0.</summary>
    public double? Ratio => Best is { } best && Distance > 0 ? best.ExactBound / Distance : null;

    /// <summary>The bound by M·TCV over distance; null where there is no bound or the distance is 0.</summary>
    public double? CurvatureRatio => BestByCurvature is { } best && Distance > 0 ? best.CurvatureBound / Distance : null;

    /// <summary>Whether every bound, and Lemma 3.3 for every j and partition, holds to rounding; true where there is none.</summary>
    /// <remarks>Lemma 3.3 compares two gradients, and is granted the errors of both; near interpolation f − Y is rounding.</remarks>
    public required bool Holds { get; init; }
}
