using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// M = Λ + Jᵀ·BBᵀ·J: the data's Gauss–Newton matrix exactly, in function space, beside a simple model Λ of the penalties.
/// </summary>
/// <remarks>
/// With J the Jacobian of the outputs (KN rows) and BBᵀ the data term's Hessian, Sherman–Morrison–Woodbury gives
/// M^{-1} = Λ^{-1} − Λ^{-1}JᵀB(I + BᵀJΛ^{-1}JᵀB)^{-1}BᵀJΛ^{-1}. Layer by layer Λ_l = V ↦ V(λ_l I + μZ^{l−1}Z^{l−1,T}) is the weight penalty and
/// the layer's own feature penalty, so that the KN×KN matrix is a sum of entrywise products
/// Σ_l (C_lᵀC_l) ∘ (Z^{l−1,T}(λ_l I + μZ^{l−1}Z^{l−1,T})^{-1}Z^{l−1} ⊗ 11ᵀ), the (regularised) neural tangent kernel, with C_l the outputs' sensitivities
/// at layer l. It is factored once and serves many products. Data directions of different layers, which a block-diagonal model leaves coupled,
/// are resolved exactly; what is left has a condition number of the order of 1 + μ‖Z‖²/λ.
/// </remarks>
internal sealed class KernelPreconditioner : IPreconditioner
{
    private readonly NetworkSpecification _specification;
    private readonly CurvatureOperator _passes;
    private readonly Matrix[] _inverses;
    private readonly double[] _biasInverses;
    private readonly Matrix _kernel;
    private readonly Matrix _right;
    private readonly Network _scaled;
    private readonly Network _pulled;
    private readonly int _samples;
    private Objective? _point;
    private Network? _network;
    private Matrix? _roots;

    public KernelPreconditioner(NetworkSpecification specification, int samples)
    {
        _specification = specification;
        _samples = samples;
        _passes = new CurvatureOperator(specification, samples);
        _inverses = new Matrix[specification.Depth + 1];
        _biasInverses = new double[specification.Depth + 1];
        int size = specification.OutputDimension * samples;
        _kernel = new Matrix(size, size);
        _right = new Matrix(specification.OutputDimension, samples);
        _scaled = new Network(specification);
        _pulled = new Network(specification);
    }

    public void Build(Objective point, Network network)
    {
        _point = point;
        _network = network;
        int depth = _specification.Depth, outputs = _specification.OutputDimension, size = outputs * _samples;
        _roots = point.Settings.Loss == Loss.CrossEntropy ? point.Probabilities.Copy() : null;
        ObjectiveCoefficients factors = point.Coefficients;
        _kernel.AsSpan().Clear();
        var gram = new Matrix(size, size);
        Matrix sensitivity = OutputRoots(point, size);
        for (int l = depth; l >= 1; l--)
        {
            MultiplyByBlocks(sensitivity, point.Slopes[l]);
            Matrix errors = sensitivity;
            Product.Gram(errors, gram);
            Matrix features = point.Features[l - 1];
            double own = MeanSquare(point.Slopes[l]);
            _inverses[l] = InverseOfPenalty(features, factors.WeightsOf(l), factors.Features * own, factors);
            Matrix weighted = Product.MultiplyTransposedLeft(features, Product.Multiply(_inverses[l], features));
            if (_specification.HasBias)
            {
                _biasInverses[l] = 1 / Math.Max(factors.Bias + (factors.Features * _samples * own), Floor(factors) * _samples);
                TensorPrimitives.Add(weighted.AsSpan(), _biasInverses[l], weighted.AsSpan());
            }
            AddEntrywise(gram, weighted);
            if (l == 1) break;
            var before = new Matrix(_specification.Width(l - 1), size);
            Product.MultiplyTransposedLeft(network.Weights(l), errors, before);
            sensitivity = before;
            if (_specification.HasSkip(l)) throw new NotSupportedException();
        }
        for (int i = 0; i < size; i++) _kernel[i, i] += 1;
        if (!BlockedCholesky.TryFactor(_kernel))
            throw new ComputationFailedException("The preconditioner's kernel matrix is not positive definite; this should not happen with finite features.");
    }

    public void Solve(Network v, Network result)
    {
        ScaleByPenalty(v, _scaled);
        Matrix change = _passes.OutputChange(_point!, _network!, _scaled);
        ApplyRoot(change, _right);
        BlockedCholesky.Solve(_kernel, _right.AsSpan());
        ApplyRoot(_right, _right);
        _passes.PullBack(_point!, _network!, _right, _pulled);
        ScaleByPenalty(_pulled, result);
        TensorPrimitives.Subtract(_scaled.Parameters, result.Parameters, result.Parameters);
    }

    public void Restore(Matrix outputs, Network result)
    {
        ApplyRoot(outputs, _right);
        BlockedCholesky.Solve(_kernel, _right.AsSpan());
        ApplyRoot(_right, _right);
        _passes.PullBack(_point!, _network!, _right, _pulled);
        ScaleByPenalty(_pulled, result);
    }

    private static double Floor(ObjectiveCoefficients factors) =>
        Math.Max(1e-3 * factors.Weights.Max(), 1e-12 * factors.Data);

    private static double MeanSquare(Matrix slopes) => TensorPrimitives.SumOfSquares<double>(slopes.AsSpan()) / slopes.Length;

    private static Matrix InverseOfPenalty(Matrix features, double lambda, double mu, ObjectiveCoefficients factors)
    {
        Matrix penalty = Product.OuterGram(features);
        TensorPrimitives.Multiply(penalty.AsSpan(), mu, penalty.AsSpan());
        double largest = 0;
        for (int i = 0; i < penalty.Rows; i++) largest = Math.Max(largest, penalty[i, i]);
        double shift = Math.Max(lambda, Math.Max(1e-10 * largest, mu > 0 ? 0 : Floor(factors)));
        for (int i = 0; i < penalty.Rows; i++) penalty[i, i] += shift;
        if (!BlockedCholesky.TryFactor(penalty)) throw new ComputationFailedException("The features hold values that are not finite.");
        return BlockedCholesky.Inverse(penalty);
    }

    private void ScaleByPenalty(Network v, Network result)
    {
        for (int l = 1; l <= _specification.Depth; l++)
        {
            Product.Multiply(v.Weights(l), _inverses[l], result.Weights(l));
            if (v.Bias(l) is { } bias) TensorPrimitives.Multiply(bias.AsSpan(), _biasInverses[l], result.Bias(l)!.AsSpan());
        }
    }

    /// <summary>B as a K × KN matrix: column (k, i) is column k of sample i's root of the data term's Hessian.</summary>
    private Matrix OutputRoots(Objective point, int size)
    {
        int outputs = _specification.OutputDimension;
        var roots = new Matrix(outputs, size);
        double a = point.Coefficients.Data, mu = point.Coefficients.Features;
        for (int k = 0; k < outputs; k++)
            for (int i = 0; i < _samples; i++)
            {
                if (_roots is null)
                {
                    roots[k, (k * _samples) + i] = Math.Sqrt(a + mu);
                    continue;
                }
                for (int m = 0; m < outputs; m++)
                {
                    double pm = _roots[m, i], pk = _roots[k, i];
                    roots[m, (k * _samples) + i] = Math.Sqrt(a * pm) * ((m == k ? 1 : 0) - Math.Sqrt(pm * pk));
                }
            }
        return roots;
    }

    /// <summary>result = Bᵀ·v or B·v sample by sample, up to the asymmetry of B for cross-entropy.</summary>
    private void ApplyRoot(Matrix v, Matrix result)
    {
        ObjectiveCoefficients factors = _point!.Coefficients;
        if (_roots is not null) throw new NotSupportedException();
        TensorPrimitives.Multiply(v.AsSpan(), Math.Sqrt(factors.Data + factors.Features), result.AsSpan());
    }

    /// <summary>Multiplies every block of N columns by the slopes.</summary>
    private void MultiplyByBlocks(Matrix sensitivity, Matrix slopes)
    {
        for (int i = 0; i < sensitivity.Rows; i++)
        {
            ReadOnlySpan<double> slope = slopes.Row(i);
            Span<double> row = sensitivity.Row(i);
            for (int k = 0; k < row.Length; k += _samples) TensorPrimitives.Multiply(row.Slice(k, _samples), slope, row.Slice(k, _samples));
        }
    }

    /// <summary>kernel += gram ∘ (11ᵀ ⊗ weighted), lower triangle.</summary>
    private void AddEntrywise(Matrix gram, Matrix weighted)
    {
        int size = gram.Rows;
        for (int r = 0; r < size; r++)
        {
            ReadOnlySpan<double> factor = weighted.Row(r % _samples);
            ReadOnlySpan<double> source = gram.Row(r);
            Span<double> target = _kernel.Row(r);
            for (int c = 0; c <= r; c += _samples)
                TensorPrimitives.MultiplyAdd(source.Slice(c, _samples), factor, target.Slice(c, _samples), target.Slice(c, _samples));
        }
    }
}
