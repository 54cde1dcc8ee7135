using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>Mini-batches in single precision, with parameters and gradient of their own; the same bits on every machine and any number of threads.</summary>
internal sealed class SingleBatches : MiniBatches
{
    private readonly SingleMatrix _inputs;
    private readonly SinglePass[] _passes;
    private readonly SingleParameters _parameters;
    private readonly SingleParameters _gradient;

    /// <summary>Reserves the memory.</summary>
    /// <param name="whole">J, on all samples, without sample weights.</param>
    /// <param name="size">B, at most N.</param>
    /// <param name="dropsLast">Whether the N mod B samples that are left at the end of an epoch are not used in it.</param>
    /// <param name="decaysApart">Whether the penalties of weights and biases are left out.</param>
    /// <param name="seed">The seed of the order.</param>
    /// <exception cref="InvalidInputException">There are fewer samples than B.</exception>
    public SingleBatches(Objective whole, int size, bool dropsLast, bool decaysApart, long seed)
        : base(whole, size, dropsLast, decaysApart, seed)
    {
        Matrix inputs = whole.InputsTransposed;
        _inputs = new SingleMatrix(inputs.Rows, inputs.Columns);
        TensorPrimitives.ConvertTruncating<double, float>(inputs.AsSpan(), _inputs.AsSpan());
        _passes = [.. Sizes.Select(samples => new SinglePass(whole, samples, Coefficients(samples)))];
        _parameters = new SingleParameters(whole.Specification);
        _gradient = new SingleParameters(whole.Specification);
    }

    /// <summary>Θ.</summary>
    public float[] Parameters => _parameters.Values;

    /// <summary>∇J_B of the last batch.</summary>
    public float[] Gradient => _gradient.Values;

    /// <summary>Takes a network's parameters, and rounds the network's own to them.</summary>
    public void TakeFrom(Network network)
    {
        _parameters.TakeFrom(network);
        _parameters.GiveTo(network);
    }

    /// <summary>Gives the parameters to a network, exactly.</summary>
    public void GiveTo(Network network) => _parameters.GiveTo(network);

    /// <summary>W_l ← factor_l·W_l and b_l ← factor·b_l.</summary>
    public void Decay(double rate, ObjectiveCoefficients factors)
    {
        for (int l = 1; l <= Whole.Specification.Depth; l++)
        {
            Span<float> weights = _parameters.Weights(l).AsSpan();
            TensorPrimitives.Multiply(weights, (float)(1 - (rate * factors.WeightFactorOf(l))), weights);
            if (_parameters.Bias(l) is { } bias) TensorPrimitives.Multiply(bias.AsSpan(), (float)(1 - (rate * factors.BiasFactor)), bias.AsSpan());
        }
    }

    /// <inheritdoc/>
    protected override (ObjectiveValue Value, GradientSize Gradient) ValueAndGradient(
        ReadOnlySpan<int> samples, int kind, Network network, Network gradient) =>
        _passes[kind].ValueAndGradient(_inputs, samples, _parameters, _gradient);
}
