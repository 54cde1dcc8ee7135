using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Λ, the model of the penalties in <see cref="KernelPreconditioner"/>: Λ_l = V ↦ V(λ_l I + m_lμZ^{l−1}Z^{l−1,T}), b ↦ (β + m_lμN)b,
/// with m_l the mean of σ'² in layer l; samples of weights n_i count n_i times.
/// </summary>
internal sealed class PenaltyModel
{
    /// <summary>A layer without any penalty gets this share of the largest λ, so that Λ stays invertible.</summary>
    private const double LeastShare = 1e-3;

    /// <summary>Without any penalty on parameters the preconditioner bounds them by this share of the data curvature.</summary>
    private const double LeastShareOfData = 1e-5;

    /// <summary>The least shift of μZZᵀ relative to its largest diagonal entry: its null space is then still told from rounding.</summary>
    private const double LeastShift = 1e-10;

    private readonly NetworkSpecification _specification;

    /// <summary>For each layer (λ_l I + m_lμZ^{l−1}Z^{l−1,T})^{-1}.</summary>
    private readonly Matrix[] _inverses;
    private readonly double[] _biasInverses;

    /// <summary>For each layer (λ_l I + m_lμZ^{l−1}Z^{l−1,T})^{-1}Z^{l−1}, n_{l−1}×N.</summary>
    private readonly Matrix[] _features;

    /// <summary>Of all layers in turn: the matrix that is inverted, and its inverse factor.</summary>
    private readonly double[] _penalty;
    private readonly double[] _scratch;

    /// <summary>Reserves the memory for all points.</summary>
    public PenaltyModel(NetworkSpecification specification, int samples)
    {
        _specification = specification;
        int[] inputs = [specification.InputDimension, .. specification.Widths.SkipLast(1)];
        _inverses = [new Matrix(0, 0), .. inputs.Select(n => new Matrix(n, n))];
        _features = [new Matrix(0, samples), .. inputs.Select(n => new Matrix(n, samples))];
        _biasInverses = new double[_inverses.Length];
        int widest = inputs.Max();
        _penalty = new double[widest * widest];
        _scratch = new double[widest * widest];
    }

    /// <summary>Builds Λ at the point of the objective's last evaluation.</summary>
    public void Build(Objective point)
    {
        ObjectiveCoefficients factors = point.Coefficients;
        double largestPenalty = factors.WeightFactors.Max();
        double least = largestPenalty > 0 ? LeastShare * largestPenalty : LeastShareOfData * factors.DataFactor;
        double samples = SampleWeights.TotalOf(point.SampleWeights, point.Data.SampleCount);
        for (int l = 1; l <= _specification.Depth; l++)
        {
            Matrix slopes = point.Slopes[l];
            double own = factors.FeatureFactor * SampleWeights.SumOfSquares(point.SampleWeights, slopes) / (slopes.Rows * samples);
            int size = _inverses[l].Rows;
            var penalty = new Matrix(_penalty, 0, size, size);
            Product.OuterGram(SampleWeights.Root(point.SampleWeights, point.Features[l - 1]), penalty);
            TensorPrimitives.Multiply(penalty.AsSpan(), own, penalty.AsSpan());
            double largest = 0;
            for (int i = 0; i < penalty.Rows; i++) largest = Math.Max(largest, penalty[i, i]);
            double lambda = factors.WeightFactorOf(l), shift = Math.Max(lambda, Math.Max(LeastShift * largest, lambda > 0 || own > 0 ? 0 : least));
            for (int i = 0; i < penalty.Rows; i++) penalty[i, i] += shift;
            if (!BlockedCholesky.TryFactor(penalty))
                throw new ComputationFailedException($"Layer {l}: the features before it hold values that are not finite.");
            BlockedCholesky.Inverse(penalty, _inverses[l], new Matrix(_scratch, 0, size, size));
            Product.Multiply(_inverses[l], point.Features[l - 1], _features[l]);
            _biasInverses[l] = 1 / Math.Max(factors.BiasFactor + (own * samples), least);
        }
    }

    /// <summary>Writes Z^{l−1,T}(λ_l I + m_lμZ^{l−1}Z^{l−1,T})^{-1}Z^{l−1} and what biases add, N×N: the kernel of layer l between samples.</summary>
    public Matrix OfSamples(int layer, Objective point, Matrix result)
    {
        Product.MultiplyTransposedLeft(point.Features[layer - 1], _features[layer], result);
        if (_specification.HasBias) TensorPrimitives.Add(result.AsSpan(), _biasInverses[layer], result.AsSpan());
        return result;
    }

    /// <summary>result = Λ^{-1}Jᵀ·t for sensitivities t of the outputs, K×N, without a product with Λ^{-1}: Λ^{-1}Z stands in the place of Z.</summary>
    /// <param name="passes">The passes of the problem.</param>
    /// <param name="point">The point at which Λ was built.</param>
    /// <param name="network">Θ there.</param>
    /// <param name="t">K×N.</param>
    /// <param name="result">The product.</param>
    /// <param name="addErrors">As for <see cref="CurvatureOperator.PullBack"/>.</param>
    public void PullBack(CurvatureOperator passes, Objective point, Network network, Matrix t, Network result, Action<int, Matrix>? addErrors = null)
    {
        passes.PullBack(point, network, t, result, addErrors, _features);
        for (int l = 1; l <= _specification.Depth; l++)
        {
            if (result.Bias(l) is { } bias) TensorPrimitives.Multiply(bias.AsSpan(), _biasInverses[l], bias.AsSpan());
        }
    }

    /// <summary>result = Λ^{-1}·v.</summary>
    public void Solve(Network v, Network result)
    {
        for (int l = 1; l <= _specification.Depth; l++)
        {
            Product.Multiply(v.Weights(l), _inverses[l], result.Weights(l));
            if (v.Bias(l) is { } bias) TensorPrimitives.Multiply(bias.AsSpan(), _biasInverses[l], result.Bias(l)!.AsSpan());
        }
    }
}
