using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// A trust-region Newton method for networks with small penalties: it follows the valley of interpolating networks instead of zigzagging in it.
/// </summary>
/// <remarks>
/// One iteration is an epoch: (1) the metric M is built (<see cref="KernelPreconditioner"/>, or <see cref="KroneckerPreconditioner"/> where the outputs are many);
/// (2) far from the valley, chord steps with this one metric bring the outputs near the targets; near it, normal steps bring the residual to the value that balances the penalties; (3) truncated conjugate gradients minimise the
/// quadratic model in the ball ‖p‖_M ≤ Δ, with the Gauss–Newton matrix far from the solution and the Hessian near it, so that directions of negative curvature
/// are followed and saddles left; (4) the outputs' departure from their linear prediction, which is what bends the valley, is taken back by second-order
/// corrections (<see cref="OutputCorrection"/>), and where a straight step disappoints, what rotates features is taken as a rotation
/// (<see cref="RotatedStep"/>); (5) the step is taken only if the objective falls. Inputs are replaced by the R factor of X.
/// The objective never rises beyond rounding. Value and gradient reported are those of the full problem.
/// </remarks>
public sealed class GaussNewtonSolver : Solver
{
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
    };

    /// <summary>The largest kernel matrix, KN rows: 4096² doubles are 128 MiB and take some 0.3 s to factor on one core.</summary>
    private const int LargestKernel = 4096;

    /// <summary>The first radius in the metric M, relative to √J: a step of that length could halve the objective if it were quadratic.</summary>
    private const double FirstRadius = 0.4;

    /// <summary>The Hessian takes over once a step promises less than this share of the objective.</summary>
    private const double HessianShare = 1e-2;

    /// <summary>The same where the metric is a rough one: the Gauss–Newton matrix stays useful for longer.</summary>
    private const double HessianShareOfLargeProblems = 1e-4;

    private const double InnerTolerance = 0.1;

    /// <summary>Curvature relative to the metric's that rounding alone can make.</summary>
    private const double LeastCurvature = 1e-11;

    /// <summary>Curvature relative to the metric's that is ignored however large the gradient is.</summary>
    private const double LargestFlatCurvature = 1e-7;

    private const int MostInnerProducts = 400;
    private const int MostNormalSteps = 3;

    /// <summary>Chord steps are worth while as long as they halve the objective.</summary>
    private const double ChordGain = 0.5;

    /// <summary>A straight step that gains this share of what it promised is taken without looking for a better curve.</summary>
    private const double StraightEnough = 0.9;

    /// <summary>So many steps without a smaller objective or gradient mean that rounding has the last word.</summary>
    private const int MostIdleSteps = 40;

    /// <summary>After so many idle steps directions of hardly any curvature are no longer ignored: what is left of the gradient may lie in them.</summary>
    private const int IdleStepsBeforeDigging = 4;

    /// <summary>Below this share of the objective a step's decrease is found from gradients, because values no longer resolve it.</summary>
    private const double GradientShare = 2e-12;

    /// <summary>Relative rounding of an objective's value that differences cannot resolve.</summary>
    private const double Rounding = 1e-14;

    private readonly InputReduction _reduction;
    private readonly TruncatedConjugateGradients _inner;
    private readonly CurvatureOperator _curvature;
    private readonly IPreconditioner _metric;
    private readonly TrustRegion _region = new(double.NaN);
    private readonly Network _step;
    private readonly Network _correction;
    private readonly OutputCorrection _outputs;
    private readonly Matrix _departure;
    private readonly double[] _straight;
    private readonly RotatedStep _rotated;
    private readonly Action<Network, Network> _multiply;
    private Network _reduced;
    private Network _trial;
    private Network _reducedGradient;
    private Network _trialGradient;
    private Objective _point;
    private Objective _other;

    /// <summary>Takes the place of the point at which the metric was built once a step leads away from it, because the metric goes on reading that one.</summary>
    private Objective? _spare;
    private Network? _spareNetwork;
    private bool _metricIsElsewhere;

    private ObjectiveValue _value;
    private ObjectiveValue _trialValue;
    private bool _usesHessian;
    private bool _chordsAreOver;
    private bool _metricIsCurrent;
    private double _leastGradient = double.PositiveInfinity;
    private int _idleSteps;
    private string _phase = "";

    /// <summary>Prepares the solver.</summary>
    public GaussNewtonSolver(Objective objective, Network network)
        : base(objective, network)
    {
        bool keepsOutside = objective.Coefficients.WeightFactorOf(1) == 0;
        _reduction = InputReduction.Create(network, objective.Data, keepsOutside);
        NetworkSpecification specification = _reduction.Specification;
        int samples = objective.Data.SampleCount, outputs = specification.OutputDimension;
        _point = new Objective(specification, _reduction.Data, objective.Settings, keepsCurvature: true, objective.Coefficients, objective.SampleWeights);
        _other = new Objective(specification, _reduction.Data, objective.Settings, keepsCurvature: true, objective.Coefficients, objective.SampleWeights);
        _inner = new TruncatedConjugateGradients(specification);
        _curvature = new CurvatureOperator(specification, samples);
        _metric = (long)outputs * samples <= LargestKernel
            ? new KernelPreconditioner(specification, objective.Settings.Loss, samples)
            : new KroneckerPreconditioner(specification, samples);
        _reduced = new Network(specification);
        _trial = new Network(specification);
        _reducedGradient = new Network(specification);
        _trialGradient = new Network(specification);
        if (_metric.ResolvesOutputs)
        {
            _spare = new Objective(specification, _reduction.Data, objective.Settings, keepsCurvature: true, objective.Coefficients, objective.SampleWeights);
            _spareNetwork = new Network(specification);
        }
        _step = new Network(specification);
        _correction = new Network(specification);
        _outputs = new OutputCorrection(specification, samples);
        _departure = new Matrix(outputs, samples);
        _straight = new double[_step.Parameters.Length];
        _rotated = new RotatedStep(specification);
        _multiply = (v, result) =>
        {
            HessianProducts++;
            _curvature.Apply(_point, _reduced, v, result, _usesHessian);
        };
        _reduction.Restrict(network, _reduced);
    }

    /// <inheritdoc/>
    public override string Phase => _phase;

    /// <inheritdoc/>
    internal override bool CanDiverge => false;

    /// <inheritdoc/>
    public override bool Start()
    {
        _value = _point.ValueAndGradient(_reduced, _reducedGradient);
        if (double.IsNaN(_region.Radius)) _region.Reset(Math.Max(FirstRadius * Math.Sqrt(_value.Total), double.Epsilon));
        Publish();
        return IsFinite();
    }

    /// <inheritdoc/>
    public override StepOutcome Step()
    {
        double valueBefore = _value.Total;
        if (!_metricIsCurrent)
        {
            _metric.Build(_point, _reduced);
            _metricIsCurrent = true;
            _metricIsElsewhere = false;
        }
        if (TakeChordSteps())
        {
            Publish();
            return StepOutcome.Moved;
        }
        if (_usesHessian && _metric.ResolvesOutputs) TakeNormalSteps();
        double relative = _point.GradientSize.Relative;
        double tolerance = Math.Min(InnerTolerance, Math.Sqrt(relative)), flat = _idleSteps < IdleStepsBeforeDigging ? Math.Clamp(relative, LeastCurvature, LargestFlatCurvature) : LeastCurvature;
        InnerOutcome outcome = _inner.Solve(_reducedGradient, _multiply, _metric, _region.Radius, tolerance, flat, MostInnerProducts, _step);
        _phase = $"{(_usesHessian ? "Newton" : "Gauss–Newton")}, {_inner.Products} products, {Describe(outcome)}";
        TryStep();
        if (_inner.PredictedDecrease < (_metric.ResolvesOutputs ? HessianShare : HessianShareOfLargeProblems) * _value.Total) _usesHessian = true;
        Publish();
        bool improves = _value.Total < valueBefore * (1 - Rounding) || _point.GradientSize.Norm < 0.9 * _leastGradient;
        _leastGradient = Math.Min(_leastGradient, _point.GradientSize.Norm);
        _idleSteps = improves ? 0 : _idleSteps + 1;
        return _idleSteps < MostIdleSteps ? StepOutcome.Moved : StepOutcome.Stalled;
    }

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        WriteVector(writer, _reduced.Parameters);
        writer.Write(_region.Radius);
        writer.Write(_usesHessian);
        writer.Write(_chordsAreOver);
        writer.Write(_idleSteps);
        writer.Write(_leastGradient);
        _reduction.Save(writer);
    }

    /// <inheritdoc/>
    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        ReadVector(reader, _reduced.Parameters);
        _region.Reset(reader.ReadDouble());
        _usesHessian = reader.ReadBoolean();
        _chordsAreOver = reader.ReadBoolean();
        _idleSteps = reader.ReadInt32();
        _leastGradient = reader.ReadDouble();
        _reduction.Load(reader);
        _metricIsCurrent = false;
    }

    private static string Describe(InnerOutcome outcome) => outcome switch
    {
        InnerOutcome.Solved => "solved",
        InnerOutcome.Boundary => "at the trust region's boundary",
        InnerOutcome.NegativeCurvature => "along negative curvature",
        _ => "at the limit of products",
    };

    /// <summary>
    /// While the data make up most of the objective: walks towards the outputs of the Gauss–Newton step with the metric kept, which costs a fifteenth of a new one.
    /// </summary>
    /// <returns>Whether the objective fell enough to build a new metric there.</returns>
    private bool TakeChordSteps()
    {
        if (!IsFar || _chordsAreOver) return false;
        _chordsAreOver = !(_point.Coefficients.DataFactor * _value.DataLoss > ChordGain * _value.Total);
        if (_chordsAreOver) return false;
        _metric.Solve(_reducedGradient, _step);
        HessianProducts++;
        TensorPrimitives.Subtract(_point.Features[^1].AsSpan(), _curvature.OutputChange(_point, _reduced, _step).AsSpan(), _outputs.Target.AsSpan());
        ObjectiveValue value = _outputs.Approach(_metric, _point, _reduced, _value, _other, _trial, out int steps);
        _chordsAreOver = !(value.Total < ChordGain * _value.Total);
        if (_chordsAreOver) return false;
        Accept(gradientIsKnown: false);
        _phase = $"{steps} chord steps";
        return true;
    }

    /// <summary>
    /// Moves the residual to where it balances the penalties: −M^{-1}∇J says how the outputs should change, and the least change of the weights that
    /// does so is taken as long as objective and gradient fall.
    /// </summary>
    private void TakeNormalSteps()
    {
        for (int i = 0; i < MostNormalSteps; i++)
        {
            double before = _point.GradientSize.Norm;
            _metric.Solve(_reducedGradient, _step);
            HessianProducts++;
            _curvature.OutputChange(_point, _reduced, _step).CopyTo(_departure);
            _metric.Restore(_departure, _correction);
            TensorPrimitives.Subtract(_reduced.Parameters, _correction.Parameters, _trial.Parameters);
            ObjectiveValue value = _other.ValueWithSlopes(_trial);
            if (!(value.Total <= _value.Total * (1 + Rounding))) return;
            _trialValue = _other.Backward(_trial, _trialGradient);
            GradientEvaluations++;
            if (!(_other.GradientSize.Norm < before)) return;
            Accept(gradientIsKnown: true);
            if (_point.GradientSize.Norm > 0.3 * before) return;
        }
    }

    /// <summary>Tries the step along a straight line and, where that disappoints, along the orbit of rotations that it is tangent to.</summary>
    private void TryStep()
    {
        if (_inner.Products == 0) return;
        double predicted = _inner.PredictedDecrease;
        TensorPrimitives.Add(_curvature.OutputChange(_point, _reduced, _step).AsSpan(), _point.Features[^1].AsSpan(), _outputs.Target.AsSpan());
        HessianProducts++;
        TensorPrimitives.Add(_reduced.Parameters, _step.Parameters, _trial.Parameters);
        double ratio = Try(predicted);
        if (ratio < StraightEnough && _usesHessian && _metric.ResolvesOutputs)
        {
            _trial.Parameters.CopyTo(_straight, 0);
            _rotated.Write(_reduced, _step, _trial);
            double rotatedRatio = Try(predicted);
            if (rotatedRatio > ratio)
            {
                ratio = rotatedRatio;
            }
            else if (TrustRegion.Accepts(ratio))
            {
                _straight.CopyTo(_trial.Parameters, 0);
                _other.ValueWithSlopes(_trial);
                if (IsSmall(predicted)) _trialValue = _other.Backward(_trial, _trialGradient);
            }
        }
        _region.Update(ratio, _inner.StepNorm, gently: IsFar);
        if (TrustRegion.Accepts(ratio)) Accept(gradientIsKnown: IsSmall(predicted));
    }

    /// <summary>Whether the valley is still far and the metric knows the way there.</summary>
    private bool IsFar => !_usesHessian && _metric.ResolvesOutputs;

    private bool IsSmall(double predicted) => predicted < GradientShare * Math.Abs(_value.Total);

    /// <summary>Corrects the trial point and evaluates it.</summary>
    /// <returns>The actual decrease over the predicted one; −∞ where the objective rises.</returns>
    private double Try(double predicted)
    {
        double residual = Math.Sqrt(2 * Math.Max(0, _value.DataLoss));
        ObjectiveValue value = _outputs.Correct(_metric, _other, _trial, _other.ValueWithSlopes(_trial), residual, predicted, isFar: IsFar);
        bool rises = !(value.Total <= _value.Total * (1 + Rounding));
        double decrease = rises ? double.NegativeInfinity : IsSmall(predicted) ? DecreaseByGradients() : _value.Total - value.Total;
        return decrease / predicted;
    }

    /// <summary>
    /// The decrease from the current point to the trial point by the trapezoidal rule, −½(∇J₀ + ∇J₁)·(Θ₁ − Θ₀): exact to third order in the step, and
    /// free of the cancellation that hides small differences of values.
    /// </summary>
    private double DecreaseByGradients()
    {
        _trialValue = _other.Backward(_trial, _trialGradient);
        GradientEvaluations++;
        double decrease = 0;
        double[] from = _reduced.Parameters, to = _trial.Parameters, before = _reducedGradient.Parameters, after = _trialGradient.Parameters;
        for (int i = 0; i < from.Length; i++) decrease -= 0.5 * (before[i] + after[i]) * (to[i] - from[i]);
        return decrease;
    }

    private void Accept(bool gradientIsKnown)
    {
        (_reduced, _trial) = (_trial, _reduced);
        (_point, _other) = (_other, _point);
        if (!_metricIsElsewhere && _spare is not null)
        {
            (_other, _spare) = (_spare, _other);
            (_trial, _spareNetwork) = (_spareNetwork!, _trial);
            _metricIsElsewhere = true;
        }
        (_reducedGradient, _trialGradient) = (_trialGradient, _reducedGradient);
        if (!gradientIsKnown)
        {
            _trialValue = _point.Backward(_reduced, _reducedGradient);
            GradientEvaluations++;
        }
        _value = _trialValue;
        _metricIsCurrent = false;
    }

    /// <summary>Writes the full parameters and evaluates the full objective there.</summary>
    private void Publish()
    {
        _reduction.Extend(_reduced, Network);
        Evaluate();
    }
}
