namespace RankCollapse.Theory.Certificates;

/// <summary>What Theorem 3.4 bounds for one layer l with one layer j &lt; l and one partition C.</summary>
/// <param name="From">j.</param>
/// <param name="PartitionName"><c>classes</c>, or <c>clusters of layer j</c> for the best partition found there.</param>
/// <param name="ClusterCount">|C|, at most K.</param>
/// <param name="Remainder">R with its bound by M·WCSS.</param>
/// <param name="ExactBound">(‖R‖ + r_l)/λ_l.</param>
/// <param name="SharpBound">‖∇_{W_l}L_0 + λ_l·W_l − R‖/λ_l, which is not above <paramref name="ExactBound"/>.</param>
/// <param name="ProjectedRemainder">‖(I − QQᵀ)·R·(I − VVᵀ)‖_F, where Q spans the columns of the centroid gradient and V the rows of QᵀW_l, at most K
/// each.</param>
/// <param name="ProjectedResidual">‖(I − QQᵀ)·(∇_{W_l}L_0 + λ_l·W_l)·(I − VVᵀ)‖_F.</param>
/// <param name="ProjectedBound">(<paramref name="ProjectedRemainder"/> + <paramref name="ProjectedResidual"/>)/λ_l, which is not above <paramref
/// name="ExactBound"/>.</param>
/// <param name="CurvatureBound">(½·N·M·WCSS + r_l)/λ_l; +∞ where M has no bound, NaN where it was left out.</param>
public sealed record LayerBound(
    int From, string PartitionName, int ClusterCount, Lemma33Remainder Remainder, double ExactBound, double SharpBound,
    double ProjectedRemainder, double ProjectedResidual, double ProjectedBound, double CurvatureBound)
{
    /// <summary>N·M over a ball that holds all features and targets, and so their hull, as Theorem 3.4 has it: not below the tighter M over the clusters'
    /// balls that the remainder has. NaN where it was left out.</summary>
    public double HullCurvature { get; init; } = double.NaN;
}
