using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
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
    private readonly long _seed;
    private readonly int _size;
    private readonly int[] _order;
    private readonly Objective _batch;
    private readonly Objective? _last;
    private long _epoch = -1;

    /// <summary>Reserves the memory of a batch, and of the last one where it is smaller.</summary>
    /// <param name="whole">J, on all samples, without sample weights.</param>
    /// <param name="size">B, at most N.</param>
    /// <param name="dropsLast">Whether the N mod B samples that are left at the end of an epoch are not used in it.</param>
    /// <param name="decaysApart">Whether the penalties of weights and biases are left out, for solvers that decay weights apart from the gradient.</param>
    /// <param name="seed">The seed of the order.</param>
    /// <exception cref="InvalidInputException">There are fewer samples than B.</exception>
    public SampleBatches(Objective whole, int size, bool dropsLast, bool decaysApart, long seed)
    {
        int samples = whole.Data.SampleCount;
        if (size < 1 || size > samples)
        {
            throw new InvalidInputException($"batch-size is {size}, but there are {samples} samples; it must lie between 1 and {samples}.")
            {
                Settings = ["batch-size"],
            };
        }
        _whole = whole;
        _seed = seed;
        _size = size;
        DecaysApart = decaysApart;
        int rest = dropsLast ? 0 : samples % size;
        Count = (samples / size) + (rest > 0 ? 1 : 0);
        _order = [.. Enumerable.Range(0, samples)];
        _batch = Part(size);
        _last = rest > 0 ? Part(rest) : null;
    }

    /// <summary>The number of batches in an epoch.</summary>
    public long Count { get; }

    /// <summary>Whether the penalties of weights and biases are left out.</summary>
    public bool DecaysApart { get; }

    /// <summary>Evaluates the objective of a batch and its gradient.</summary>
    /// <param name="step">The number of batches before this one, from the first epoch on.</param>
    /// <param name="network">Θ.</param>
    /// <param name="gradient">∇J_B, shaped like the network.</param>
    /// <returns>J_B with its parts, and the gradient's size.</returns>
    public (ObjectiveValue Value, GradientSize Gradient) ValueAndGradient(long step, Network network, Network gradient)
    {
        (long epoch, long number) = Math.DivRem(step, Count);
        if (epoch != _epoch) Draw(epoch);
        Objective part = number == Count - 1 && _last is not null ? _last : _batch;
        Gather((int)number * _size, part.Data, part.InputsTransposed);
        ObjectiveValue value = part.ValueAndGradient(network, gradient);
        double share = (double)_whole.Data.SampleCount / part.Data.SampleCount;
        return (value with { DataLoss = share * value.DataLoss }, part.GradientSize);
    }

    /// <summary>The order of an epoch; with a single batch it would change rounding alone, and is that of the data.</summary>
    private void Draw(long epoch)
    {
        _epoch = epoch;
        if (Count == 1 && _size == _order.Length) return;
        for (int i = 0; i < _order.Length; i++) _order[i] = i;
        new RandomStream(_seed, RandomPurpose.Batches, unchecked((int)epoch)).Shuffle<int>(_order);
    }

    private Objective Part(int samples)
    {
        DataSet all = _whole.Data;
        var part = new DataSet(all.Name, new Matrix(all.InputDimension, samples), new Matrix(all.OutputDimension, samples), []);
        Gather(0, part, new Matrix(samples, all.InputDimension));
        double share = (double)all.SampleCount / samples;
        ObjectiveCoefficients whole = _whole.Coefficients;
        var coefficients = new ObjectiveCoefficients(
            share * whole.DataFactor,
            DecaysApart ? [.. whole.WeightFactors.Select(_ => 0.0)] : whole.WeightFactors,
            DecaysApart ? 0 : whole.BiasFactor,
            share * whole.FeatureFactor);
        return new Objective(_whole.Specification, part, _whole.Settings, keepsCurvature: false, coefficients);
    }

    /// <summary>Copies samples of the order, from a place on, out of Xᵀ, where each lies together in memory.</summary>
    private void Gather(int from, DataSet part, Matrix transposed)
    {
        Matrix targets = _whole.Data.Targets;
        for (int i = 0; i < part.SampleCount; i++)
        {
            int sample = _order[from + i];
            _whole.InputsTransposed.Row(sample).CopyTo(transposed.Row(i));
            for (int k = 0; k < targets.Rows; k++) part.Targets[k, i] = targets[k, sample];
        }
        _whole.InputsTransposed.TransposeTo(_order.AsSpan(from, part.SampleCount), part.Inputs);
    }
}
