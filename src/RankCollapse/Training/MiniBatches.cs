using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>
/// Mini-batches: the samples in an order drawn anew for every epoch, cut into parts of B, and the objective of a part,
/// J_B(Θ) = (N/B)·(a·D_B + Σ_l (μ/2)‖Z_B^l‖²) + Σ_l (λ_l/2)‖W_l‖² + Σ_l (β/2)‖b_l‖², whose mean over the parts is J in every convention.
/// </summary>
/// <remarks>The order depends on seed and epoch alone. The object owns the memory of its passes, so that a batch allocates next to nothing.</remarks>
internal abstract class MiniBatches
{
    /// <summary>So many entries are worth more than one thread in a pass that does little with each.</summary>
    public const int WorthThreads = 1 << 19;

    private readonly BatchOrder _order;
    private readonly int _size;

    /// <summary>Prepares the order of the samples.</summary>
    /// <param name="whole">J, on all samples, without sample weights.</param>
    /// <param name="size">B, at most N.</param>
    /// <param name="dropsLast">Whether the N mod B samples that are left at the end of an epoch are not used in it.</param>
    /// <param name="decaysApart">Whether the penalties of weights and biases are left out, for solvers that decay weights apart from the gradient.</param>
    /// <param name="seed">The seed of the order.</param>
    /// <exception cref="InvalidInputException">There are fewer samples than B.</exception>
    protected MiniBatches(Objective whole, int size, bool dropsLast, bool decaysApart, long seed)
    {
        _order = new BatchOrder(whole.Data.SampleCount, size, dropsLast, seed);
        _size = size;
        Whole = whole;
        DecaysApart = decaysApart;
    }

    /// <summary>The number of batches in an epoch.</summary>
    public long Count => _order.Count;

    /// <summary>Whether the penalties of weights and biases are left out.</summary>
    public bool DecaysApart { get; }

    /// <summary>J, on all samples.</summary>
    protected Objective Whole { get; }

    /// <summary>The numbers of samples in a batch: B, and that of the last one where it is smaller.</summary>
    protected IEnumerable<int> Sizes => _order.Rest > 0 ? [_size, _order.Rest] : [_size];

    /// <summary>Evaluates the objective of a batch and its gradient.</summary>
    /// <param name="step">The number of batches before this one, from the first epoch on.</param>
    /// <param name="network">Θ.</param>
    /// <param name="gradient">∇J_B, shaped like the network.</param>
    /// <returns>J_B with its parts, and the gradient's size.</returns>
    public (ObjectiveValue Value, GradientSize Gradient) ValueAndGradient(long step, Network network, Network gradient)
    {
        ReadOnlySpan<int> samples = _order.Of(step);
        (ObjectiveValue value, GradientSize size) = ValueAndGradient(samples, samples.Length == _size ? 0 : 1, network, gradient);
        return (value with { DataLoss = (double)Whole.Data.SampleCount / samples.Length * value.DataLoss }, size);
    }

    /// <summary>Evaluates the objective of some samples.</summary>
    /// <param name="samples">Their numbers.</param>
    /// <param name="kind">Which of <see cref="Sizes"/> they have.</param>
    /// <param name="network">Θ.</param>
    /// <param name="gradient">Where the gradient goes.</param>
    protected abstract (ObjectiveValue Value, GradientSize Gradient) ValueAndGradient(
        ReadOnlySpan<int> samples, int kind, Network network, Network gradient);

    /// <summary>The factors of a batch's objective.</summary>
    /// <param name="samples">Its size.</param>
    protected ObjectiveCoefficients Coefficients(int samples)
    {
        double share = (double)Whole.Data.SampleCount / samples;
        ObjectiveCoefficients whole = Whole.Coefficients;
        return new ObjectiveCoefficients(
            share * whole.DataFactor,
            DecaysApart ? [.. whole.WeightFactors.Select(_ => 0.0)] : whole.WeightFactors,
            DecaysApart ? 0 : whole.BiasFactor,
            share * whole.FeatureFactor);
    }

    /// <summary>Runs over so many entries on all threads of products, where there are many; each part begins on a cache line.</summary>
    public static void OverEntries(int length, Action<int, int> body)
    {
        // What is captured would be allocated with every call, where the method is one.
        if (Product.MaxThreads == 1 || length < WorthThreads) body(0, length);
        else OnThreads(length, Product.MaxThreads, body);
    }

    private static void OnThreads(int length, int threads, Action<int, int> body)
    {
        const int Line = 64;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, part => body(Boundary(part), Boundary(part + 1) - Boundary(part)));

        int Boundary(int part) => part == threads ? length : (int)((long)length * part / threads / Line * Line);
    }

    /// <summary>Runs over layers on all threads of products, where they have many parameters.</summary>
    public static void OverLayers(int depth, int parameters, Action<int> body)
    {
        int threads = Product.MaxThreads;
        if (threads > 1 && parameters >= WorthThreads)
        {
            Parallel.For(1, depth + 1, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
            return;
        }
        for (int l = 1; l <= depth; l++) body(l);
    }
}
