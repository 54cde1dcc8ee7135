using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>
/// Mini-batches: the samples in an order drawn anew for every epoch, cut into parts of B, and the objective of a part,
/// J_B(Θ) = (N/B)·(a·D_B + Σ_l (μ/2)‖Z_B^l‖²) + Σ_l (λ_l/2)‖W_l‖² + Σ_l (β/2)‖b_l‖², whose mean over the parts is J in every convention.
/// </summary>
/// <remarks>The order depends on seed and epoch alone. The object owns the memory of its passes, so that a batch allocates nothing.</remarks>
internal sealed class SampleBatches
{
    private readonly Objective _whole;
    private readonly BatchOrder _order;
    private readonly SamplePart _batch;
    private readonly SamplePart? _last;

    /// <summary>Reserves the memory of a batch, and of the last one where it is smaller.</summary>
    /// <param name="whole">J, on all samples, without sample weights.</param>
    /// <param name="size">B, at most N.</param>
    /// <param name="dropsLast">Whether the N mod B samples that are left at the end of an epoch are not used in it.</param>
    /// <param name="decaysApart">Whether the penalties of weights and biases are left out, for solvers that decay weights apart from the gradient.</param>
    /// <param name="seed">The seed of the order.</param>
    /// <exception cref="InvalidInputException">There are fewer samples than B.</exception>
    public SampleBatches(Objective whole, int size, bool dropsLast, bool decaysApart, long seed)
    {
        _order = new BatchOrder(whole.Data.SampleCount, size, dropsLast, seed);
        _whole = whole;
        DecaysApart = decaysApart;
        _batch = Part(size);
        _last = _order.Rest > 0 ? Part(_order.Rest) : null;
    }

    /// <summary>The number of batches in an epoch.</summary>
    public long Count => _order.Count;

    /// <summary>Whether the penalties of weights and biases are left out.</summary>
    public bool DecaysApart { get; }

    /// <summary>Evaluates the objective of a batch and its gradient.</summary>
    /// <param name="step">The number of batches before this one, from the first epoch on.</param>
    /// <param name="network">Θ.</param>
    /// <param name="gradient">∇J_B, shaped like the network.</param>
    /// <returns>J_B with its parts, and the gradient's size.</returns>
    public (ObjectiveValue Value, GradientSize Gradient) ValueAndGradient(long step, Network network, Network gradient)
    {
        ReadOnlySpan<int> samples = _order.Of(step);
        SamplePart part = _last is not null && samples.Length == _order.Rest ? _last : _batch;
        Objective objective = part.Objective;
        part.Take(samples);
        ObjectiveValue value = objective.ValueAndGradient(network, gradient);
        double share = (double)_whole.Data.SampleCount / samples.Length;
        return (value with { DataLoss = share * value.DataLoss }, objective.GradientSize);
    }

    private SamplePart Part(int samples)
    {
        double share = (double)_whole.Data.SampleCount / samples;
        ObjectiveCoefficients whole = _whole.Coefficients;
        return new SamplePart(_whole, samples, new ObjectiveCoefficients(
            share * whole.DataFactor,
            DecaysApart ? [.. whole.WeightFactors.Select(_ => 0.0)] : whole.WeightFactors,
            DecaysApart ? 0 : whole.BiasFactor,
            share * whole.FeatureFactor));
    }
}
