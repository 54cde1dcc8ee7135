using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// The step that truncated conjugate gradients find in the ball ‖p‖_M ≤ Δ, with the Gauss–Newton matrix first and the Hessian near the solution,
/// so that directions of negative curvature are followed and saddles left; it ends every iteration that gets to it.
/// </summary>
internal sealed class TrustRegionStep(NetworkSpecification specification, int samples) : INewtonPhase
{
    /// <summary>The first radius in the preconditioner's norm, relative to √J: a step of that length could halve the objective if it were quadratic.</summary>
    private const double FirstRadius = 0.4;

    /// <summary>The Hessian takes over once a step promises less than this share of the objective.</summary>
    private const double HessianShare = 1e-2;

    /// <summary>The same where the preconditioner is a rough one: the Gauss–Newton matrix stays useful for longer.</summary>
    private const double HessianShareOfLargeProblems = 1e-4;

    private const double InnerTolerance = 0.1;

    /// <summary>Curvature relative to the preconditioner's that rounding alone can make.</summary>
    private const double LeastCurvature = 1e-11;

    /// <summary>Curvature relative to the preconditioner's that is ignored however large the gradient is.</summary>
    private const double LargestFlatCurvature = 1e-7;

    private const int MostInnerProducts = 400;

    /// <summary>So many iterations without a smaller objective or gradient mean that rounding has the last word.</summary>
    private const int MostIdleSteps = 40;

    /// <summary>After so many idle iterations directions of hardly any curvature are no longer ignored: what is left of the gradient may lie in them.</summary>
    private const int IdleStepsWithFlatDirections = 4;

    private readonly TruncatedConjugateGradients _inner = new(specification);
    private readonly StepAcceptance _acceptance = new(specification, samples);
    private readonly Network _step = new(specification);

    /// <summary>
    /// What rounding leaves of ∇J in the preconditioner's dual norm, relative to √(2J): at a stationary point terms like λW cancel, with
    /// ‖λW‖_{M^{-1}} ≤ √λ‖W‖ ≤ √(2J), and sums over N samples and n units lose √N + √n times ε.
    /// </summary>
    private readonly double _rounding = Tolerances.Decomposition(samples, specification.Widths.Max());

    /// <summary>Sets the radius at the first point; a radius that was loaded is kept.</summary>
    public static void Start(NewtonIterate iterate)
    {
        TrustRegion region = iterate.Memory.Region;
        if (double.IsNaN(region.Radius)) region.Reset(Math.Max(FirstRadius * Math.Sqrt(iterate.Current.Value.Total), double.Epsilon));
    }

    /// <inheritdoc/>
    public StepOutcome? Take(NewtonIterate iterate)
    {
        NewtonMemory memory = iterate.Memory;
        double relative = iterate.Current.Objective.GradientSize.Relative;
        double flat = memory.IdleSteps < IdleStepsWithFlatDirections ? Math.Clamp(relative, LeastCurvature, LargestFlatCurvature) : LeastCurvature;

        // What is below rounding points anywhere, also along orbits of equal networks, where hardly any curvature bounds the step: it gets long, and the
        // orbit's own curvature brings back at second order the gradient that the step has taken away. Once a step has gained nothing, the next
        // ones stop at rounding.
        double floor = memory.IdleSteps is > 0 and < IdleStepsWithFlatDirections ? _rounding * Math.Sqrt(2 * iterate.Current.Value.Total) : 0;
        InnerOutcome outcome = _inner.Solve(
            iterate.Current.Gradient,
            iterate.Multiply,
            iterate.Preconditioner,
            memory.Region.Radius,
            Math.Min(InnerTolerance, Math.Sqrt(relative)),
            floor,
            flat,
            MostInnerProducts,
            _step);
        iterate.Phase = $"{(memory.Stage == NewtonStage.Newton ? "Newton" : "Gauss–Newton")}, {_inner.Products} products, {Describe(outcome)}";
        if (_inner.Products > 0)
        {
            double ratio = _acceptance.Try(iterate, _step, _inner.PredictedDecrease);
            memory.Region.Update(ratio, _inner.StepNorm, gently: iterate.IsFar);
            if (TrustRegion.Accepts(ratio)) StepAcceptance.Accept(iterate, _inner.PredictedDecrease);
        }
        double share = iterate.Preconditioner.ResolvesOutputs ? HessianShare : HessianShareOfLargeProblems;
        if (_inner.PredictedDecrease < share * iterate.Current.Value.Total) memory.Stage = NewtonStage.Newton;
        return IsStalled(iterate) ? StepOutcome.Stalled : StepOutcome.Moved;
    }

    private static bool IsStalled(NewtonIterate iterate)
    {
        NewtonMemory memory = iterate.Memory;
        double norm = iterate.Current.Objective.GradientSize.Norm;
        bool improves = iterate.Current.Value.Total < iterate.ValueAtBeginning * (1 - NewtonIterate.Rounding) || norm < 0.9 * memory.LeastGradient;
        memory.LeastGradient = Math.Min(memory.LeastGradient, norm);
        memory.IdleSteps = improves ? 0 : memory.IdleSteps + 1;
        return memory.IdleSteps >= MostIdleSteps;
    }

    private static string Describe(InnerOutcome outcome) => outcome switch
    {
        InnerOutcome.Solved => "solved",
        InnerOutcome.Boundary => "at the trust region's boundary",
        InnerOutcome.NegativeCurvature => "along negative curvature",
        _ => "at the limit of products",
    };
}
