using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.Solving;

/// <summary>
/// A solver that moves along gradients: of all samples, one step an epoch, or of mini-batches, one step a batch. With batches, value and gradient of all
/// samples are known where they are measured; in between, the value is the mean over the batches of the epoch so far.
/// </summary>
internal abstract class FirstOrderSolver : Solver
{
    private readonly LearningRate _rate;
    private readonly MiniBatches? _batches;
    private readonly Action<int, int> _updatePart;
    private bool _isMeasured = true;
    private ObjectiveValue _sum;
    private long _summed;

    /// <summary>Prepares the solver.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="network">The start.</param>
    /// <param name="rate">η.</param>
    /// <param name="batches">The mini-batches; null for all samples in every step.</param>
    protected FirstOrderSolver(Objective objective, Network network, LearningRate rate, MiniBatches? batches)
        : base(objective, network)
    {
        ArgumentNullException.ThrowIfNull(rate);
        _rate = rate;
        _batches = batches;
        _updatePart = Update;
    }

    /// <inheritdoc/>
    public sealed override bool IsMeasured => _isMeasured;

    /// <inheritdoc/>
    public sealed override long StepsPerEpoch => _batches?.Count ?? 1;

    /// <inheritdoc/>
    public sealed override bool IsInsideEpoch => Steps % StepsPerEpoch != 0;

    /// <summary>Steps done, the one at hand included.</summary>
    protected long Steps { get; private set; }

    /// <summary>Parameters and gradient in single precision; null where training is in double.</summary>
    protected SingleBatches? Singles => _batches as SingleBatches;

    /// <summary>Moves the parameters along <see cref="Solver.Gradient"/>, or those in single precision along theirs.</summary>
    /// <param name="rate">η of this step.</param>
    protected abstract void Update(double rate);

    /// <summary>Moves a part of them.</summary>
    /// <param name="start">The first entry.</param>
    /// <param name="count">The number of entries.</param>
    protected abstract void Update(int start, int count);

    /// <summary>Moves all of them, on the threads of products where they are many.</summary>
    protected void OverParameters() => MiniBatches.OverEntries(Network.Parameters.Length, _updatePart);

    /// <inheritdoc/>
    public sealed override StepOutcome Step()
    {
        double rate = _rate.At(Steps, StepsPerEpoch);
        if (_batches is null)
        {
            Steps++;
            Update(rate);
            Evaluate();
            return IsFinite() ? StepOutcome.Moved : StepOutcome.NonFinite;
        }
        bool begins = !IsInsideEpoch;
        (ObjectiveValue value, GradientSize) = _batches.ValueAndGradient(Steps, Network, Gradient);
        _sum = begins ? value : new ObjectiveValue(
            _sum.Total + value.Total, _sum.DataLoss + value.DataLoss, _sum.WeightPenalty + value.WeightPenalty, _sum.FeaturePenalty + value.FeaturePenalty);
        _summed = begins ? 1 : _summed + 1;
        Value = new ObjectiveValue(_sum.Total / _summed, _sum.DataLoss / _summed, _sum.WeightPenalty / _summed, _sum.FeaturePenalty / _summed);
        _isMeasured = false;
        Steps++;
        if (!double.IsFinite(value.Total) || !double.IsFinite(GradientSize.Norm)) return StepOutcome.NonFinite;
        if (Singles is { DecaysApart: true } singles) singles.Decay(rate, Objective.Coefficients);
        else if (_batches.DecaysApart) Decay(rate);
        Update(rate);
        if (IsInsideEpoch) return StepOutcome.Moved;
        GradientEvaluations++;
        Singles?.GiveTo(Network);
        return double.IsFinite(Reduction.Norm(Network.Parameters)) ? StepOutcome.Moved : StepOutcome.NonFinite;
    }

    /// <inheritdoc/>
    public sealed override bool Start()
    {
        Singles?.TakeFrom(Network);
        if (RecordsGradient || !Objective.IsInParts) return base.Start();
        _isMeasured = false;
        MeasureForRecord();
        GradientEvaluations++;
        return double.IsFinite(Value.Total);
    }

    /// <inheritdoc/>
    internal sealed override void MeasureForRecord()
    {
        if (RecordsGradient || !Objective.IsInParts)
        {
            Measure();
            return;
        }
        if (_isMeasured) return;
        Singles?.GiveTo(Network);
        Value = Objective.Value(Network);
        GradientSize = new GradientSize(double.NaN, double.NaN);
    }

    /// <inheritdoc/>
    public sealed override void Measure()
    {
        if (_isMeasured) return;
        Singles?.GiveTo(Network);
        Evaluate();
        // What is measured is not trained with, and an interrupted run counts as many gradients as one that was not.
        GradientEvaluations--;
        _isMeasured = true;
    }

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        if (IsInsideEpoch) Singles?.GiveTo(Network);
        base.Save(writer);
        writer.Write(Steps);
    }

    /// <inheritdoc/>
    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        Steps = reader.ReadInt64();
        // A resumed run must not ask here what an undisturbed one asks only where it records.
        _isMeasured = _batches is null;
        (_sum, _summed) = (default, 0);
    }

    /// <summary>Writes a vector of the solver's.</summary>
    protected static void WriteState(BinaryWriter writer, StateVector state) => WriteVector(writer, state.ToDoubles());

    /// <summary>Reads a vector of the solver's.</summary>
    protected static void ReadState(BinaryReader reader, StateVector state)
    {
        double[] values = state.ToDoubles();
        ReadVector(reader, values);
        state.Take(values);
    }

    /// <summary>W_l ← (1 − ηλ_l)W_l and b_l ← (1 − ηβ)b_l.</summary>
    private void Decay(double rate)
    {
        ObjectiveCoefficients factors = Objective.Coefficients;
        for (int l = 1; l <= Network.Specification.Depth; l++)
        {
            Span<double> weights = Network.Weights(l).AsSpan();
            TensorPrimitives.Multiply(weights, 1 - (rate * factors.WeightFactorOf(l)), weights);
            if (Network.Bias(l) is not { } bias) continue;
            TensorPrimitives.Multiply(bias.AsSpan(), 1 - (rate * factors.BiasFactor), bias.AsSpan());
        }
    }
}
