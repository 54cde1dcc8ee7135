namespace RankCollapse.Training;

/// <summary>The objective at a point, with its parts.</summary>
/// <param name="Total">J(Θ).</param>
/// <param name="DataLoss">D, without the factor a.</param>
/// <param name="WeightPenalty">Σ_l (λ_l/2)‖W_l‖² + (β/2)‖b_l‖².</param>
/// <param name="FeaturePenalty">Σ_l (μ/2)‖Z^l‖².</param>
public readonly record struct ObjectiveValue(double Total, double DataLoss, double WeightPenalty, double FeaturePenalty);
