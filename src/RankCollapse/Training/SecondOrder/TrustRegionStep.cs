using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// The step that the Lanczos method finds in the ball ‖p‖_M ≤ Δ, with the Gauss–Newton matrix first and the Hessian near the solution,
/// so that directions of negative curvature are followed and saddles left; it ends every iteration that gets to it.
/// </summary>
internal sealed class TrustRegionStep(SpareNetworks spare, int samples) : INewtonPhase
{
    /// <summary>The first radius in the preconditioner's norm, relative to √J: a step of that length could halve the objective if it were quadratic.</summary>
    private const double FirstRadius = 0.4;

    /// <summary>The Hessian takes over once a step promises less than this share of the objective.</summary>
    private const double HessianShare = 1e-2;

    /// <summary>The same where the preconditioner is a rough one: the Gauss–Newton matrix stays useful for longer.</summary>
    private const double HessianShareOfLargeProblems = 1e-4;

    private const double InnerTolerance = 0.1;

    /// <summary>Far from interpolation the next step has another preconditioner anyway.</summary>
    private const double InnerToleranceWhenFar = 0.2;

    /// <summary>A solve that takes long ends where the gradient would be this share of that at which training stops.</summary>
    private const double ShareOfTarget = 0.1;

    /// <summary>Curvature relative to the preconditioner's that rounding alone can make.</summary>
    private const double LeastCurvature = 1e-11;

    /// <summary>Curvature relative to the preconditioner's that is ignored however large the gradient is.</summary>
    private const double LargestFlatCurvature = 1e-7;

    private const int LeastInnerProducts = 10;

    /// <summary>Few iterations take more.</summary>
    private const int ManyProducts = 100;
    private const int MostInnerProducts = 400;

    /// <summary>The most memory of a basis: 2 GiB.</summary>
    private const double LargestBasis = 1 << 28;

    /// <summary>Shorter steps of the same space cost no product.</summary>
    private const int MostTries = 4;

    /// <summary>After so many idle iterations directions of hardly any curvature are no longer ignored: what is left of the gradient may lie in them.</summary>
    private const int IdleStepsWithFlatDirections = 4;

    private readonly IInnerIteration _inner = IPreconditioner.HasKinks(spare.Specification)
        ? new TruncatedConjugateGradients(spare.Specification)
        : new TrustRegionLanczos(spare);
    private readonly StepAcceptance _acceptance = new(spare, samples);
    private readonly Network _step = new(spare.Specification);

    /// <summary>The most products of an iteration, each of which adds a vector to a basis that is kept.</summary>
    private readonly int _mostProducts = MostProducts(spare.Specification);

    private readonly double _rounding = Tolerances.Decomposition(samples, spare.Specification.Widths.Max());

    /// <summary>Whether it ends the run where rounding has the last word; where kinks are rounded ever less, what rounds them does.</summary>
    public bool EndsAtRounding { get; init; } = true;

    /// <summary>The numbers that a basis of many products takes in memory.</summary>
    public static double Workspace(NetworkSpecification specification) =>
        IPreconditioner.HasKinks(specification) ? 0 : (double)Math.Min(ManyProducts, MostProducts(specification)) * Network.CountParameters(specification);

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
        double floor = Floor(iterate);

        // Before rounding has the last word, one step looks as far as it can for negative curvature: a gradient of rounding alone is that of a saddle too.
        bool looksAround = EndsAtRounding && memory.IdleSteps == IdleStepsWithFlatDirections;
        double radius = looksAround ? Math.Max(memory.Region.Radius, FirstRadius * Math.Sqrt(iterate.Current.Value.Total)) : memory.Region.Radius;
        var limits = new InnerLimits(
            radius,
            TrustRegion.Shortened(radius, gently: iterate.IsFar),
            looksAround ? 0 : Math.Min(iterate.IsFar ? InnerToleranceWhenFar : InnerTolerance, Math.Sqrt(relative)),
            looksAround ? 0 : Math.Min(InnerTolerance, ShareOfTarget * iterate.Target / relative),
            memory.IdleSteps is > 0 and < IdleStepsWithFlatDirections ? floor : 0,
            flat,
            _mostProducts);
        InnerOutcome outcome = _inner.Solve(iterate.Current.Gradient, iterate.Multiply, iterate.Preconditioner, limits, _step);
        iterate.Phase = $"{(memory.Stage == NewtonStage.Newton ? "Newton" : "Gauss–Newton")}, {_inner.Products} products, {Describe(outcome)}";
        bool isTaken = _inner.Products > 0 && Try(iterate);
        for (int i = 1; !isTaken && i < MostTries && _inner.TakeShorter(memory.Region.Radius, _step); i++) isTaken = Try(iterate);
        double share = iterate.Preconditioner.ResolvesOutputs ? HessianShare : HessianShareOfLargeProblems;
        if (_inner.PredictedDecrease < share * iterate.Current.Value.Total) memory.Stage = NewtonStage.Newton;
        if (!IsStalled(iterate, isTaken, outcome, floor)) return StepOutcome.Moved;
        iterate.RoundingFloor = _inner.GradientNorm > 0 ? relative * floor / _inner.GradientNorm : 0;
        return StepOutcome.Stalled;
    }

    /// <summary>Tries the step, changes the radius, and goes there if enough is gained.</summary>
    private bool Try(NewtonIterate iterate)
    {
        double ratio = _acceptance.Try(iterate, _step, _inner.PredictedDecrease, _inner.IsBounded);
        iterate.Memory.Region.Update(ratio, _inner.StepNorm, gently: iterate.IsFar);
        if (!TrustRegion.Accepts(ratio)) return false;
        StepAcceptance.Accept(iterate, _inner.PredictedDecrease);
        return true;
    }

    /// <summary>
    /// What rounding leaves of ∇J in the preconditioner's dual norm, and of Θ in its norm. At a stationary point terms like λW cancel, with
    /// ‖λW‖_{M^{-1}} ≤ √λ‖W‖ ≤ √(2J); outputs of the targets' size err by ε times as much, which Jᵀ brings to the gradient with ‖Jᵀae‖_{M^{-1}} ≤ √a‖e‖; and
    /// sums over N samples and n units lose √N + √n times ε.
    /// </summary>
    private double Floor(NewtonIterate iterate)
    {
        Objective objective = iterate.Current.Objective;
        double targets = Math.Sqrt(objective.Coefficients.DataFactor) * Frobenius.Norm(objective.Data.Targets);
        return _rounding * (Math.Sqrt(2 * iterate.Current.Value.Total) + (targets / 8));
    }

    /// <summary>
    /// Whether rounding has the last word: the iteration has lowered neither objective nor gradient, and either the gradient is at its floor and no negative
    /// curvature was found, or the trust region, which each such iteration shortens, has shrunk to the rounding of the parameters.
    /// </summary>
    private bool IsStalled(NewtonIterate iterate, bool isTaken, InnerOutcome outcome, double floor)
    {
        NewtonMemory memory = iterate.Memory;
        double norm = iterate.Current.Objective.GradientSize.Norm;
        bool improves = iterate.Current.Value.Total < iterate.ValueAtBeginning * (1 - NewtonIterate.Rounding) || norm < 0.9 * memory.LeastGradient;
        memory.LeastGradient = Math.Min(memory.LeastGradient, norm);
        memory.IdleSteps = improves ? 0 : memory.IdleSteps + 1;
        if (improves || !EndsAtRounding) return false;
        bool isSaddle = outcome == InnerOutcome.NegativeCurvature;
        if (isTaken && !isSaddle) memory.Region.Reset(0.5 * Math.Min(memory.Region.Radius, _inner.StepNorm));
        return memory.Region.Radius <= floor || (_inner.GradientNorm <= floor && memory.IdleSteps > IdleStepsWithFlatDirections && !isSaddle);
    }

    private static int MostProducts(NetworkSpecification specification) => IPreconditioner.HasKinks(specification)
        ? MostInnerProducts
        : (int)Math.Clamp(LargestBasis / Network.CountParameters(specification), LeastInnerProducts, MostInnerProducts);

    private static string Describe(InnerOutcome outcome) => outcome switch
    {
        InnerOutcome.Solved => "solved",
        InnerOutcome.Boundary => "at the trust region's boundary",
        InnerOutcome.NegativeCurvature => "along negative curvature",
        _ => "at the limit of products",
    };
}
