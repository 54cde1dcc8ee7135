namespace RankCollapse.Theory.Paths;

/// <summary>Lemma B.3: a time, of finitely many, at which σ_l^{-1}(Z^l) loses rank for a moment, so that the cost of layer l jumps down.</summary>
/// <param name="Time">t_i.</param>
/// <param name="Layer">l.</param>
/// <param name="SmallestSingularValue">s_N over s_1 of σ_l^{-1}(Z^l) at the time found.</param>
/// <param name="Cost">The limit of L(γ(t)) from both sides of t_i, where the ranks are N.</param>
/// <param name="Drop">How far L(γ(t_i)) lies below it, 1/(2C_{l−1}) for a rank of N − 1.</param>
public readonly record struct RankDrop(double Time, int Layer, double SmallestSingularValue, double Cost, double Drop);
