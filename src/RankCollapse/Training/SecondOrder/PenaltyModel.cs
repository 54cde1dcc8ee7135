using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Λ, the model of the penalties in <see cref="KernelPreconditioner"/>: Λ_l = V ↦ V(λ_l I + m_lμZ^{l−1}Z^{l−1,T}), b ↦ (β + m_lμN)b,
/// with m_l the mean of σ'² in layer l; samples of weights n_i count n_i times.
/// </summary>
internal sealed class PenaltyModel(NetworkSpecification specification)
{
    /// <summary>A layer without any penalty gets this share of the largest λ, so that Λ stays invertible.</summary>
    private const double LeastShare = 1e-3;

    /// <summary>Without any penalty on parameters the preconditioner bounds them by this share of the data curvature.</summary>
    private const double LeastShareOfData = 1e-5;

    /// <summary>The least shift of μZZᵀ relative to its largest diagonal entry: its null space is then still told from rounding.</summary>
    private const double LeastShift = 1e-10;

    private readonly Matrix[] _inverses = new Matrix[specification.Depth + 1];
    private readonly double[] _biasInverses = new double[specification.Depth + 1];

    /// <summary>(λ_l I + m_lμZ^{l−1}Z^{l−1,T})^{-1}, n_{l−1}×n_{l−1}.</summary>
    public Matrix Inverse(int layer) => _inverses[layer];

    /// <summary>1/(β + m_lμN).</summary>
    public double BiasInverse(int layer) => _biasInverses[layer];

    /// <summary>Builds Λ at the point of the objective's last evaluation.</summary>
    public void Build(Objective point)
    {
        ObjectiveCoefficients factors = point.Coefficients;
        double largestPenalty = factors.WeightFactors.Max();
        double least = largestPenalty > 0 ? LeastShare * largestPenalty : LeastShareOfData * factors.DataFactor;
        double samples = SampleWeights.TotalOf(point.SampleWeights, point.Data.SampleCount);
        for (int l = 1; l <= specification.Depth; l++)
        {
            Matrix slopes = point.Slopes[l];
            double own = factors.FeatureFactor * SampleWeights.SumOfSquares(point.SampleWeights, slopes) / (slopes.Rows * samples);
            Matrix penalty = Product.OuterGram(SampleWeights.Root(point.SampleWeights, point.Features[l - 1]));
            TensorPrimitives.Multiply(penalty.AsSpan(), own, penalty.AsSpan());
            double largest = 0;
            for (int i = 0; i < penalty.Rows; i++) largest = Math.Max(largest, penalty[i, i]);
            double lambda = factors.WeightFactorOf(l), shift = Math.Max(lambda, Math.Max(LeastShift * largest, lambda > 0 || own > 0 ? 0 : least));
            for (int i = 0; i < penalty.Rows; i++) penalty[i, i] += shift;
            if (!BlockedCholesky.TryFactor(penalty))
                throw new ComputationFailedException($"Layer {l}: the features before it hold values that are not finite.");
            _inverses[l] = BlockedCholesky.Inverse(penalty);
            _biasInverses[l] = 1 / Math.Max(factors.BiasFactor + (own * samples), least);
        }
    }

    /// <summary>result = Λ^{-1}·v.</summary>
    public void Solve(Network v, Network result)
    {
        for (int l = 1; l <= specification.Depth; l++)
        {
            Product.Multiply(v.Weights(l), _inverses[l], result.Weights(l));
            if (v.Bias(l) is { } bias) TensorPrimitives.Multiply(bias.AsSpan(), _biasInverses[l], result.Bias(l)!.AsSpan());
        }
    }
}
