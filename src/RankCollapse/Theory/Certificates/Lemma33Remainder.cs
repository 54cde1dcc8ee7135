namespace RankCollapse.Theory.Certificates;

/// <summary>
/// Lemma 3.3: ∇_{W_l}L_0 = ∇_{W_l}L_0^{j,C} + R with ‖R‖ ≤ ½·N·M_{l,j}(Θ, C)·WCSS_j(C), for a layer l, a layer j &lt; l and a partition C of the samples.
/// </summary>
/// <remarks>R is computed as a matrix. The lemma states M, its proof gives M/2; M is in the paper's normalisation, where a = 1/N.</remarks>
/// <param name="Norm">‖R‖_F.</param>
/// <param name="Wcss">WCSS_j(C), equation (6).</param>
/// <param name="Curvature">A bound of N·M_{l,j}(Θ, C); +∞ where there is none, NaN where it was left out.</param>
/// <param name="SampledCurvature">The largest N·M that was sampled; NaN where it was left out.</param>
/// <param name="CurvatureReason">Why the bound is +∞; null where it is finite.</param>
public sealed record Lemma33Remainder(double Norm, double Wcss, double Curvature, double SampledCurvature, string? CurvatureReason)
{
    /// <summary>½·N·M·WCSS; 0 where the clusters have collapsed, whatever M.</summary>
    public double Bound => Wcss == 0 ? 0 : 0.5 * Curvature * Wcss;
}
