using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Forecasts;

/// <summary>
/// What is left of the work that Newton's method may do, in floating-point operations that follow from sizes and counts: a clock would let a result depend on
/// the machine's speed.
/// </summary>
/// <param name="operations">The operations at first; may be infinite.</param>
internal sealed class WorkBudget(double operations)
{
    /// <summary>A step's corrections and the building of its preconditioner come to about so many products with the curvature.</summary>
    private const int UncountedProducts = 10;

    private double _left = operations;

    /// <summary>Whether nothing is left.</summary>
    public bool IsSpent => !(_left > 0);

    /// <summary>
    /// Takes off a step: 6PN operations a gradient, P the number of parameters and N that of samples, and 12PN + 4·Σ n_l·n_{l−1}² a product with the
    /// curvature and the preconditioner's inverse.
    /// </summary>
    public void SpendStep(Objective objective, long gradients, long products)
    {
        NetworkSpecification shape = objective.Specification;
        double pass = 2.0 * Network.CountParameters(shape) * objective.Data.SampleCount, inverse = 0;
        for (int l = 1; l <= shape.Depth; l++) inverse += 4.0 * shape.Width(l) * shape.Width(l - 1) * shape.Width(l - 1);
        _left -= (gradients * 3 * pass) + ((products + UncountedProducts) * ((6 * pass) + inverse));
    }
}
