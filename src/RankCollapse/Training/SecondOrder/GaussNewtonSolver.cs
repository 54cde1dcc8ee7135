using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// A trust-region Newton method for networks with small penalties: it moves along the null space of the data term instead of zigzagging across it.
/// </summary>
/// <remarks>
/// One iteration is an epoch: (1) the preconditioner M is built (<see cref="KernelPreconditioner"/>, or <see cref="KroneckerPreconditioner"/> where the
/// outputs are many); (2) far from interpolation, chord steps with this one preconditioner bring the outputs near the targets (<see cref="ChordWalk"/>);
/// near it, normal steps bring the residual to the value that balances the penalties (<see cref="NormalSteps"/>); (3) truncated conjugate gradients minimise
/// the quadratic model in the ball ‖p‖_M ≤ Δ, with the Gauss–Newton matrix first and the Hessian near the solution, so that directions of negative
/// curvature are followed and saddles left (<see cref="TrustRegionStep"/>); (4) the outputs' departure from their linear prediction, which is the curvature
/// of the set of interpolating networks, is taken back by second-order corrections (<see cref="OutputCorrection"/>), and where a straight step disappoints,
/// what rotates features is taken as a rotation (<see cref="RotatedStep"/>); (5) the step is taken only if the objective falls
/// (<see cref="StepAcceptance"/>). Inputs are replaced by the R factor of X (<see cref="InputReduction"/>).
/// The objective never rises beyond rounding. Value and gradient reported are those of the full problem.
/// Kinks of activations are rounded, ever less (<see cref="KinkRounding"/>); it is the rounded objective then that never rises, and the gradient reported is
/// the least one that slopes at kinks give (<see cref="LeastSubgradient"/>).
/// </remarks>
internal sealed class GaussNewtonSolver : Solver
{
    /// <summary>A gradient of rounding's size that is a larger share of its terms is that of terms which have vanished.</summary>
    private const double LeastBalance = 1e-3;

    private readonly InputReduction _reduction;
    private readonly NewtonIterate _iterate;
    private readonly INewtonPhase[] _phases;
    private readonly KinkRounding? _kinks;
    private readonly LeastSubgradient? _subgradient;

    /// <summary>Prepares the solver.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="network">The start, which is changed in place.</param>
    /// <param name="watch">Puts something around the preconditioner, as benchmarks do.</param>
    public GaussNewtonSolver(Objective objective, Network network, Func<IPreconditioner, IPreconditioner>? watch = null)
        : base(objective, network)
    {
        bool keepsOutside = objective.Coefficients.WeightFactorOf(1) == 0;
        _reduction = InputReduction.Create(network, objective.Data, keepsOutside);
        NetworkSpecification specification = KinkRounding.Round(_reduction.Specification);
        int samples = objective.Data.SampleCount;
        var preconditioner = IPreconditioner.Create(specification, objective.Settings.Loss, samples);
        _iterate = new NewtonIterate(
            watch?.Invoke(preconditioner) ?? preconditioner,
            () => new Objective(specification, _reduction.Data, objective.Settings, keepsCurvature: true, objective.Coefficients, objective.SampleWeights));
        var spare = new SpareNetworks(specification);
        var last = new TrustRegionStep(spare, samples) { EndsAtRounding = specification == _reduction.Specification };
        _phases = preconditioner.ResolvesOutputs ? [new ChordWalk(spare, samples), new NormalSteps(spare, samples), last] : [last];
        if (specification != _reduction.Specification)
        {
            _kinks = new KinkRounding(specification, samples, preconditioner as KinkPreconditioner);
            _subgradient = new LeastSubgradient(objective);
            _phases = [_kinks, .. _phases];
        }
        _reduction.Restrict(network, _iterate.Current.Network);
    }

    /// <summary>The solver's line of the table.</summary>
    internal static SolverEntry Entry { get; } = new()
    {
        Name = "gauss-newton",
        Meaning = "a trust-region Newton method, to a stationary point",
        Create = (_, objective, network) => new GaussNewtonSolver(objective, network),
        GradientsPerEpoch = 100,
        TypicalEpochs = 60,
        RecordsEveryEpoch = true,
        VectorsPerCheckpoint = 2,
        Workspace = (specification, samples) => IPreconditioner.Workspace(specification, samples) + TrustRegionStep.Workspace(specification),
    };

    /// <inheritdoc/>
    public override string Phase => _kinks is null ? _iterate.Phase : $"{_iterate.Phase}, kinks rounded by {_kinks.Width:0e-0}";

    /// <inheritdoc/>
    public override double? RoundingFloor => _iterate.RoundingFloor;

    /// <inheritdoc/>
    public override bool CanDiverge => false;

    /// <inheritdoc/>
    public override bool Start()
    {
        _kinks?.Start(_iterate);
        _iterate.Start();
        TrustRegionStep.Start(_iterate);
        Publish();
        return IsFinite();
    }

    /// <inheritdoc/>
    public override StepOutcome Step()
    {
        _iterate.Begin();

        // The gradient of rounded kinks is another one than that at which training stops.
        _iterate.Target = _kinks is null ? Target : 0;
        StepOutcome? outcome = null;
        for (int i = 0; outcome is null && !HasEnded(i); i++) outcome = _phases[i].Take(_iterate);
        GradientEvaluations += _iterate.GradientEvaluations;
        HessianProducts += _iterate.HessianProducts;
        if (outcome is not null) Publish();
        return outcome ?? StepOutcome.Moved;
    }

    /// <summary>Whether normal steps alone, which leave a gradient along orbits of nearly equal networks, have come to what was asked for.</summary>
    private bool HasEnded(int phases)
    {
        if (HasAll is null || phases == 0 || phases < _phases.Length - 1 || _kinks is not null) return false;
        Publish();
        if (!HasAll()) return false;
        _iterate.Phase = "normal steps";
        return true;
    }

    /// <inheritdoc/>
    internal override bool LeavesTheEnd()
    {
        if (_kinks is null) return false;
        _iterate.Begin();
        bool isLeft = _kinks.LeavesTheEnd(_iterate);
        GradientEvaluations += _iterate.GradientEvaluations;
        if (isLeft) Publish();
        return isLeft;
    }

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        WriteVector(writer, _iterate.Current.Network.Parameters);
        _iterate.Memory.Save(writer);
        _reduction.Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        ReadVector(reader, _iterate.Current.Network.Parameters);
        _iterate.Memory.Load(reader);
        _reduction.Load(reader);
    }

    /// <summary>Writes the full parameters and evaluates the full objective there.</summary>
    private void Publish()
    {
        _reduction.Extend(_iterate.Current.Network, Network);
        Evaluate();
        if (_subgradient is not null) GradientSize = _subgradient.Measure(Network, Gradient, _kinks!.Width);
        else if (GradientSize.Relative > LeastBalance && GradientSize.Norm <= Objective.RoundingOfGradient) GradientSize = GradientSize with { Relative = 0 };
    }
}
