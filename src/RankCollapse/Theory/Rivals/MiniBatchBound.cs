using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Certificates;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Theory.Rivals;

/// <summary>
/// The bound of mini-batches (Galanti, Siegel, Gupte and Poggio 2023): after stochastic gradient descent with weight decay the weights are a decayed sum of the
/// gradients of batches, each of rank at most B, so that dist(W_l, rank ≤ Σ_{k ≤ n} B_k) ≤ ‖W_l + Σ_{k ≤ n} c_k·g_k‖ for every n.
/// </summary>
/// <remarks>
/// The batches are the last ones that were trained with, the c_k those of <see cref="DecayedSum"/>, and the g_k are taken at the point itself: the sum has the
/// rank that it is said to have wherever gradients are taken, so that the bound holds at any point, for the matrices as computed, to the rounding of
/// products. Where the weights stand still it is the decay Π(1 − ηλ)·‖W_l‖ of what is older than n batches, and what the gradients changed since.
/// </remarks>
public sealed record MiniBatchBound
{
    /// <summary>B.</summary>
    public required int BatchSize { get; init; }

    /// <summary>N, whose gradients together have at most this rank.</summary>
    public required int SampleCount { get; init; }

    /// <summary>Layers 1 … L.</summary>
    public required IReadOnlyList<LayerBatchBound> Layers { get; init; }

    /// <summary>Whether every bound holds.</summary>
    public bool Holds => Layers.All(layer => layer.Holds);

    /// <summary>Computes the bounds at the point that a training reached.</summary>
    /// <param name="network">Θ.</param>
    /// <param name="data">All samples.</param>
    /// <param name="settings">The objective.</param>
    /// <param name="solver">How it was trained.</param>
    /// <param name="epochs">Epochs that were made.</param>
    /// <returns>The bounds; null where the training was no gradient descent, or had not begun: what Adam divides by has full rank.</returns>
    /// <exception cref="InvalidInputException">There are fewer samples than a batch takes.</exception>
    public static MiniBatchBound? Compute(Network network, DataSet data, ObjectiveSettings settings, SolverSettings solver, long epochs)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(solver);
        if (solver.Entry != GradientDescentSolver.Entry || epochs < 1) return null;
        int size = solver.BatchSize ?? data.SampleCount;
        var order = new BatchOrder(data.SampleCount, size, solver.DropLast, solver.Seed);
        return new MiniBatchBound
        {
            BatchSize = size,
            SampleCount = data.SampleCount,
            Layers = LayerBatchBounds.Compute(network, data, settings, solver, order, epochs * order.Count),
        };
    }
}

/// <summary>The bounds of mini-batches for one layer.</summary>
/// <param name="Layer">l.</param>
/// <param name="Lambda">λ_l.</param>
/// <param name="WeightNorm">‖W_l‖.</param>
/// <param name="Decay">What one step leaves of the weights, 1 − ηλ/(1 − m), by the learning rate that was set.</param>
/// <param name="Bounds">By the number of batches, growing; the last before the rank reaches the layer's width or the samples of an epoch.</param>
public sealed record LayerBatchBound(int Layer, double Lambda, double WeightNorm, double Decay, IReadOnlyList<BatchRankBound> Bounds)
{
    /// <summary>Whether all hold.</summary>
    public bool Holds => Bounds.All(bound => bound.Holds);

    /// <summary>The least rank that the layer has by these bounds but for a share ε of its norm; null where none of them says so.</summary>
    public int? RankWithin(double tolerance) => Bounds.FirstOrDefault(bound => bound.Bound <= tolerance * WeightNorm)?.Rank;

    /// <summary>
    /// B·⌈ln(1/ε)/(−ln(1 − ηλ/(1 − m)))⌉: the rank after whose batches what is older has decayed to a share ε, as the theorem has it before anything is
    /// computed; null where nothing decays.
    /// </summary>
    public double? RankForeseen(double tolerance, int batchSize) =>
        Decay is > 0 and < 1 ? batchSize * Math.Ceiling(Elementary.Log(tolerance) / Elementary.Log(Decay)) : null;
}

/// <summary>The bound of the last n batches for one layer.</summary>
/// <param name="Batches">n.</param>
/// <param name="Rank">Σ B_k, the most that the rank of the sum of their gradients can be.</param>
/// <param name="Distance">dist(W_l, rank ≤ Rank).</param>
/// <param name="Bound">‖W_l + Σ c_k·g_k‖.</param>
/// <param name="Remembered">|α_n|, the part of the weights before these batches that is left.</param>
/// <param name="RoundingAllowance">What rounding may add to the bound.</param>
public sealed record BatchRankBound(int Batches, int Rank, double Distance, double Bound, double Remembered, double RoundingAllowance)
{
    /// <summary>Whether it holds.</summary>
    public bool Holds => Distance <= Bound + RoundingAllowance;
}

/// <summary>Goes back over the last batches, all layers at a time.</summary>
internal static class LayerBatchBounds
{
    /// <summary>Ranks at which the bound is looked at grow at least by this factor.</summary>
    private const double Spacing = 1.05;

    internal static IReadOnlyList<LayerBatchBound> Compute(
        Network network, DataSet data, ObjectiveSettings settings, SolverSettings solver, BatchOrder order, long steps)
    {
        int depth = network.Specification.Depth;
        ObjectiveCoefficients all = settings.Coefficients(depth, data.SampleCount);
        LayerBatchSum[] layers = [.. Enumerable.Range(1, depth).Select(
            l => new LayerBatchSum(l, network.Weights(l), new DecayedSum(solver, steps, order.Count, all.WeightFactorOf(l))))];
        int rank = 0, next = 1, widest = layers.Max(layer => layer.FullRank);
        long most = Math.Min(steps, order.Count);
        for (int n = 1; n <= most; n++)
        {
            ReadOnlySpan<int> samples = order.Of(steps - n);
            rank += samples.Length;
            if (rank >= widest) break;
            double share = (double)data.SampleCount / samples.Length;
            var tail = new NetworkTail(
                network, settings.Loss, all with { DataFactor = share * all.DataFactor, FeatureFactor = share * all.FeatureFactor }, 0);
            TailPass pass = tail.Evaluate(Columns(data.Inputs, samples), Columns(data.Targets, samples));
            bool isLooked = rank >= next || n == most;
            if (isLooked) next = Math.Max(rank + 1, (int)(Spacing * rank));
            foreach (LayerBatchSum layer in layers.Where(layer => rank < layer.FullRank)) layer.Add(pass, rank, isLooked);
        }
        double rate = solver.ToLearningRate().Rate / (1 - solver.Momentum);
        return [.. layers.Select((layer, i) => layer.ToBound(all.WeightFactorOf(i + 1), 1 - (rate * all.WeightFactorOf(i + 1))))];
    }

    private static Matrix Columns(Matrix all, ReadOnlySpan<int> samples)
    {
        var columns = new Matrix(all.Rows, samples.Length);
        for (int r = 0; r < all.Rows; r++)
        {
            ReadOnlySpan<double> from = all.Row(r);
            Span<double> to = columns.Row(r);
            for (int i = 0; i < samples.Length; i++) to[i] = from[samples[i]];
        }
        return columns;
    }
}

/// <summary>W_l + Σ c_k·g_k of one layer while it grows.</summary>
internal sealed class LayerBatchSum
{
    private readonly int _layer;
    private readonly DecayedSum _coefficients;
    private readonly Matrix _sum;
    private readonly double[] _singularValues;
    private readonly double _weightNorm;
    private readonly List<BatchRankBound> _bounds = [];
    private double _allowance;
    private double _sizes;

    internal LayerBatchSum(int layer, Matrix weights, DecayedSum coefficients)
    {
        _layer = layer;
        _coefficients = coefficients;
        _sum = weights.Copy();
        _singularValues = SingularValueDecomposition.SingularValues(weights);
        _weightNorm = Frobenius.Norm(weights);
        _sizes = _weightNorm;
    }

    /// <summary>The rank that no bound is needed for.</summary>
    internal int FullRank => _singularValues.Length;

    internal void Add(TailPass pass, int rank, bool isLooked)
    {
        const int Factors = 4;
        double epsilon = Tolerances.MachineEpsilon, coefficient = _coefficients.Next();
        Matrix errors = pass.Errors[_layer], before = pass.Features[_layer - 1], gradient = pass.Gradient(_layer);
        double size = Math.Abs(coefficient) * Frobenius.Norm(errors) * Frobenius.Norm(before);
        _allowance += (Factors + errors.Columns) * epsilon * size;
        _sizes += size;
        TensorPrimitives.MultiplyAdd(gradient.AsSpan(), coefficient, _sum.AsSpan(), _sum.AsSpan());
        _allowance += epsilon * _sizes;
        if (!isLooked) return;
        double tolerance = (Tolerances.Decomposition(_sum.Rows, _sum.Columns) + (16 * epsilon)) * _weightNorm;
        _bounds.Add(new BatchRankBound(
            _coefficients.Count, rank, Reduction.Norm(_singularValues.AsSpan(rank)), Frobenius.Norm(_sum), Math.Abs(_coefficients.OfWeights),
            _allowance + tolerance));
    }

    internal LayerBatchBound ToBound(double lambda, double decay) => new(_layer, lambda, _weightNorm, decay, _bounds);
}
