using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Theory.Rivals;

/// <summary>
/// The ranks of the learnt map that Jacot (2023) compares deep networks with: the Jacobian rank max_x rank Jf(x), over samples, and from above the bottleneck
/// rank, the least k with f = h∘g through k dimensions, by the narrowest layer.
/// </summary>
/// <remarks>
/// A feedforward map passes through the range of each W_l, so that rank Jf(x) ≤ rank_BN(f) ≤ min_l rank W_l; with skips only first and last layer are such
/// bottlenecks. Ranks within a share ε leave singular values out whose norm is at most ε of that of all, by which no rank is more than that of rounding.
/// </remarks>
/// <param name="Samples">The samples x at which Jacobians were taken, spread evenly.</param>
/// <param name="SingularValues">The singular values of Jf(x), min(K, d) for each of the samples, descending.</param>
/// <param name="WeightSingularValues">Those of W_l for the layers that all of the map passes through.</param>
/// <param name="MeanSquare">Σ‖W_l‖²/L, which for homogeneous activations tends to the bottleneck rank in deep networks of least norm.</param>
public sealed record JacobianRank(
    IReadOnlyList<int> Samples, IReadOnlyList<double[]> SingularValues, IReadOnlyList<double[]> WeightSingularValues, double MeanSquare)
{
    /// <summary>The largest rank of a Jacobian within a share ε of its norm.</summary>
    public int RankWithin(double tolerance) => SingularValues.Max(values => RankTolerance.Of(values, tolerance));

    /// <summary>The least rank within a share ε of its norm of a layer that all of the map passes through.</summary>
    public int BottleneckWithin(double tolerance) => WeightSingularValues.Min(values => RankTolerance.Of(values, tolerance));

    /// <summary>Measures a network.</summary>
    /// <param name="network">Θ.</param>
    /// <param name="data">The samples.</param>
    /// <param name="most">The most samples to take Jacobians at.</param>
    public static JacobianRank Measure(Network network, DataSet data, int most = 64)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        NetworkSpecification specification = network.Specification;
        int depth = specification.Depth, count = Math.Min(most, data.SampleCount);
        int[] samples = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * data.SampleCount / count))];
        int[] through = specification.Architecture == Architecture.Residual ? [1, depth] : [.. Enumerable.Range(1, depth)];
        double squares = Enumerable.Range(1, depth).Sum(l => Reduction.SumOfSquares(network.Weights(l).AsSpan()));
        return new JacobianRank(
            samples,
            [.. Jacobians(network, data.Inputs, samples).Select(SingularValueDecomposition.SingularValues)],
            [.. through.Select(l => SingularValueDecomposition.SingularValues(network.Weights(l)))],
            squares / depth);
    }

    /// <summary>Jf(x)ᵀ, d×K, for each of some samples, by one pass back from all outputs.</summary>
    internal static IEnumerable<Matrix> Jacobians(Network network, Matrix inputs, IReadOnlyList<int> samples)
    {
        NetworkSpecification specification = network.Specification;
        int depth = specification.Depth, outputs = specification.OutputDimension;
        Matrix z = Matrix.FromEntries(inputs.Rows, samples.Count, (i, j) => inputs[i, samples[j]]);
        var slopes = new Matrix[depth + 1];
        for (int l = 1; l <= depth; l++)
        {
            Matrix p = Product.Multiply(network.Weights(l), z);
            if (network.Bias(l) is { } bias)
            {
                for (int i = 0; i < p.Rows; i++) TensorPrimitives.Add(p.Row(i), bias[i, 0], p.Row(i));
            }
            slopes[l] = new Matrix(p.Rows, p.Columns);
            specification.ActivationOf(l).ValueAndFirst(p.AsSpan(), p.AsSpan(), slopes[l].AsSpan());
            if (specification.HasSkip(l)) TensorPrimitives.Add(p.AsSpan(), z.AsSpan(), p.AsSpan());
            z = p;
        }
        // Column jK + k starts as the k-th unit vector of sample j.
        Matrix sensitivity = Matrix.FromEntries(outputs, samples.Count * outputs, (i, j) => i == j % outputs ? 1 : 0);
        for (int l = depth; l >= 1; l--)
        {
            Matrix slope = slopes[l], from = sensitivity;
            Matrix error = Matrix.FromEntries(from.Rows, from.Columns, (i, j) => from[i, j] * slope[i, j / outputs]);
            sensitivity = Product.MultiplyTransposedLeft(network.Weights(l), error);
            if (specification.HasSkip(l)) TensorPrimitives.Add(sensitivity.AsSpan(), from.AsSpan(), sensitivity.AsSpan());
        }
        Matrix all = sensitivity;
        return Enumerable.Range(0, samples.Count).Select(j => all.Block(0, j * outputs, all.Rows, outputs));
    }
}
