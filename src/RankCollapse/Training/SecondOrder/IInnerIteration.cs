using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>How the inner iteration ended.</summary>
internal enum InnerOutcome
{
    /// <summary>The residual is small enough.</summary>
    Solved,

    /// <summary>The step reaches the boundary of the trust region.</summary>
    Boundary,

    /// <summary>So it does, with a direction of negative curvature in it.</summary>
    NegativeCurvature,

    /// <summary>The products were used up.</summary>
    Limit,
}

/// <summary>Where an inner iteration stops.</summary>
/// <param name="Radius">Δ.</param>
/// <param name="ShorterRadius">The first radius that <see cref="IInnerIteration.TakeShorter"/> is asked for.</param>
/// <param name="Tolerance">Stop when the residual's norm has fallen by this factor.</param>
/// <param name="LateTolerance">The same, where it is larger, after <see cref="ManyProducts"/>.</param>
/// <param name="Floor">Stop when the residual's norm ‖·‖_{M^{-1}} is at most this.</param>
/// <param name="Flat">Curvature relative to the preconditioner's, at most so large, that counts as none.</param>
/// <param name="Products">The most products.</param>
internal readonly record struct InnerLimits(
    double Radius, double ShorterRadius, double Tolerance, double LateTolerance, double Floor, double Flat, int Products)
{
    /// <summary>So many products are worth a whole iteration, and are not spent on digits that nobody has asked for.</summary>
    private const int ManyProducts = 50;

    /// <summary>The norm at which the residual is small enough after so many products.</summary>
    /// <param name="gradientNorm">‖g‖_{M^{-1}}.</param>
    /// <param name="products">Products so far.</param>
    public double Goal(double gradientNorm, int products) =>
        Math.Max((products < ManyProducts ? Tolerance : Math.Max(Tolerance, LateTolerance)) * gradientNorm, Floor);
}

/// <summary>Minimises gᵀp + ½pᵀBp over ‖p‖_M ≤ Δ.</summary>
internal interface IInnerIteration
{
    /// <summary>Products with B of the last solve.</summary>
    int Products { get; }

    /// <summary>‖g‖_{M^{-1}} of the last solve.</summary>
    double GradientNorm { get; }

    /// <summary>The decrease of the model that the last step promises, ≥ 0.</summary>
    double PredictedDecrease { get; }

    /// <summary>‖p‖_M of the last step.</summary>
    double StepNorm { get; }

    /// <summary>Whether the last step is held back by the trust region.</summary>
    bool IsBounded { get; }

    /// <summary>Solves for the step.</summary>
    /// <param name="gradient">g.</param>
    /// <param name="multiply">result = B·v.</param>
    /// <param name="preconditioner">M.</param>
    /// <param name="limits">Where to stop.</param>
    /// <param name="step">p; overwritten.</param>
    InnerOutcome Solve(Network gradient, Action<Network, Network> multiply, IPreconditioner preconditioner, InnerLimits limits, Network step);

    /// <summary>Replaces the last step by one for a shorter radius, without a product; false where there is none.</summary>
    bool TakeShorter(double radius, Network step);
}
