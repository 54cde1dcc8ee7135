namespace RankCollapse.Training;

/// <summary>The factors of J(Θ) = a·D + Σ_l (λ_l/2)‖W_l‖² + Σ_l (β/2)‖b_l‖² + Σ_l (μ/2)‖Z^l‖².</summary>
/// <param name="DataFactor">a.</param>
/// <param name="WeightFactors">λ_1 … λ_L.</param>
/// <param name="BiasFactor">β.</param>
/// <param name="FeatureFactor">μ, for every layer 1 … L.</param>
public sealed record ObjectiveCoefficients(double DataFactor, IReadOnlyList<double> WeightFactors, double BiasFactor, double FeatureFactor)
{
    /// <summary>λ_l for l = 1 … L.</summary>
    public double WeightFactorOf(int layer) => WeightFactors[layer - 1];
}
