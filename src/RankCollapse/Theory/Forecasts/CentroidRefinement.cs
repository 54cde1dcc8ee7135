using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Theory.Forecasts;

/// <summary>The network that Newton's method reaches from the lifted one.</summary>
/// <param name="Network">The network.</param>
/// <param name="Value">Its objective.</param>
/// <param name="Gradient">Its gradient.</param>
/// <param name="Steps">Steps of <see cref="GaussNewtonSolver"/>.</param>
/// <param name="Seconds">How long they took.</param>
public sealed record CentroidRefinement(Network Network, ObjectiveValue Value, GradientSize Gradient, int Steps, double Seconds);
