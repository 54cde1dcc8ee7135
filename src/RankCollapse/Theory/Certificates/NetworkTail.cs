using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Certificates;

/// <summary>
/// The layers after layer j as a function of z^j and y, f_j of equation (2): for columns (z, y) the features, and the errors e_l of
/// ℓ(z, y) = a·D(f_j(z), y) + Σ_{m>j}(μ/2)‖z^m‖², so that ∇_{W_l}ℓ = e_l·(z^{l−1})ᵀ.
/// </summary>
/// <remarks>W_l does not act on features before layer l, so that penalties of the layers ≥ l alone enter e_l.</remarks>
internal sealed class NetworkTail
{
    private readonly Network _network;
    private readonly Loss _loss;
    private readonly ObjectiveCoefficients _coefficients;

    internal NetworkTail(Network network, Loss loss, ObjectiveCoefficients coefficients, int start)
    {
        _network = network;
        _loss = loss;
        _coefficients = coefficients;
        Start = start;
    }

    /// <summary>j.</summary>
    internal int Start { get; }

    /// <summary>Evaluates columns.</summary>
    /// <param name="features">z^j, n_j×M.</param>
    /// <param name="targets">y, K×M.</param>
    internal TailPass Evaluate(Matrix features, Matrix targets)
    {
        NetworkSpecification specification = _network.Specification;
        int depth = specification.Depth, count = features.Columns;
        var z = new Matrix[depth + 1];
        var p = new Matrix[depth + 1];
        var slopes = new Matrix[depth + 1];
        var errors = new Matrix[depth + 1];
        var sensitivities = new Matrix[depth + 1];
        z[Start] = features;
        for (int l = Start + 1; l <= depth; l++)
        {
            Matrix pre = Product.Multiply(_network.Weights(l), z[l - 1]);
            if (_network.Bias(l) is { } bias)
            {
                for (int i = 0; i < pre.Rows; i++) TensorPrimitives.Add(pre.Row(i), bias[i, 0], pre.Row(i));
            }
            p[l] = pre;
            z[l] = new Matrix(pre.Rows, count);
            slopes[l] = new Matrix(pre.Rows, count);
            specification.ActivationOf(l).ValueAndFirst(pre.AsSpan(), z[l].AsSpan(), slopes[l].AsSpan());
            if (specification.HasSkip(l)) TensorPrimitives.Add(z[l].AsSpan(), z[l - 1].AsSpan(), z[l].AsSpan());
        }
        Matrix sensitivity = new(specification.OutputDimension, count);
        var probabilities = new Matrix(specification.OutputDimension, _loss == Loss.CrossEntropy ? count : 0);
        DataTerm.Evaluate(_loss, z[depth], targets, _coefficients.DataFactor, sensitivity, probabilities);
        for (int l = depth; l > Start; l--)
        {
            if (_coefficients.FeatureFactor != 0)
                TensorPrimitives.MultiplyAdd(z[l].AsSpan(), _coefficients.FeatureFactor, sensitivity.AsSpan(), sensitivity.AsSpan());
            sensitivities[l] = sensitivity;
            errors[l] = new Matrix(sensitivity.Rows, count);
            TensorPrimitives.Multiply(slopes[l].AsSpan(), sensitivity.AsSpan(), errors[l].AsSpan());
            Matrix before = Product.MultiplyTransposedLeft(_network.Weights(l), errors[l]);
            if (specification.HasSkip(l)) TensorPrimitives.Add(before.AsSpan(), sensitivity.AsSpan(), before.AsSpan());
            sensitivity = before;
        }
        return new TailPass(z, p, sensitivities, errors);
    }
}

/// <summary>What an evaluation left; arrays are indexed by layer, entries before the start are null.</summary>
/// <param name="Features">z^l.</param>
/// <param name="Preactivations">W_l·z^{l−1} + b_l.</param>
/// <param name="Sensitivities">∂ℓ/∂z^l.</param>
/// <param name="Errors">e_l.</param>
internal sealed record TailPass(Matrix[] Features, Matrix[] Preactivations, Matrix[] Sensitivities, Matrix[] Errors)
{
    /// <summary>Σ_i weight_i·e_l,i·(z^{l−1}_i)ᵀ, n_l×n_{l−1}; null weights are 1.</summary>
    internal Matrix Gradient(int layer, double[]? weights = null)
    {
        Matrix errors = Errors[layer];
        if (weights is null) return Product.MultiplyTransposedRight(errors, Features[layer - 1]);
        Matrix weighted = errors.Copy();
        for (int i = 0; i < weighted.Rows; i++) TensorPrimitives.Multiply(weighted.Row(i), weights, weighted.Row(i));
        return Product.MultiplyTransposedRight(weighted, Features[layer - 1]);
    }
}
