namespace RankCollapse.Training;

/// <summary>The gradient's size at a point.</summary>
/// <param name="Norm">‖∇J‖.</param>
/// <param name="Relative">‖∇J‖ / max(‖∇ of the weight penalty‖, ‖∇ of all else‖), equation (4) over all layers; without any penalty on
/// parameters, where nothing balances, ‖∇J‖ / (a‖X‖‖Y‖); 0 where the gradient vanishes.</param>
public readonly record struct GradientSize(double Norm, double Relative);
