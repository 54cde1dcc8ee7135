using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Certificates;

namespace RankCollapse.Models.Compression;

/// <summary>
/// Bounds of ‖f'(X) − f(X)‖_F for a network f' with other weights W'_l and biases b'_l: with c_l = sup|σ_l'|,
/// δ_l ≤ c_l·(‖W'_l‖_2·δ_{l−1} + ‖(W'_l − W_l)·Z^{l−1} + (b'_l − b_l)·1ᵀ‖_F), δ_0 = 0, and δ_{l−1} once more where a layer has a skip.
/// </summary>
/// <remarks>
/// From W'_l·Z'^{l−1} − W_l·Z^{l−1} = W'_l·(Z'^{l−1} − Z^{l−1}) + (W'_l − W_l)·Z^{l−1}. Theorem 3.4 bounds ‖W'_l − W_l‖_F for the best W'_l of rank K,
/// and with it the last term by that bound times ‖Z^{l−1}‖_2. What rounding may add to products is added to both.
/// </remarks>
internal static class OutputChange
{
    /// <summary>Computes both bounds.</summary>
    /// <param name="network">f.</param>
    /// <param name="changed">f'.</param>
    /// <param name="features">Z^0 … Z^L of f.</param>
    /// <param name="certificate">Theorem 3.4; null leaves the second bound out.</param>
    /// <returns>With the changes as computed, and with Theorem 3.4's bounds where there are some below ‖W_l‖_F, for layers that changed.</returns>
    public static (double Measured, double? Certified) Bounds(Network network, Network changed, Matrix[] features, LowRankCertificate? certificate)
    {
        double measured = 0, certified = 0;
        for (int l = 1; l <= network.Specification.Depth; l++)
        {
            Matrix weights = network.Weights(l), others = changed.Weights(l);
            Matrix difference = others.Copy();
            TensorPrimitives.Subtract(others.AsSpan(), weights.AsSpan(), difference.AsSpan());
            bool isChanged = difference.AsSpan().IndexOfAnyExcept(0.0) >= 0;
            double slope = network.Specification.ActivationOf(l).DerivativeBounds.First;
            double norm = SingularValueDecomposition.SingularValues(others)[0];
            double weightNorm = Reduction.Norm(weights.AsSpan()), featureNorm = Reduction.Norm(features[l - 1].AsSpan());
            double rounding = 2 * Tolerances.Decomposition(weights.Rows, weights.Columns) * weightNorm * featureNorm;
            double own = isChanged ? Reduction.Norm(Change(difference, network.Bias(l), changed.Bias(l), features[l - 1]).AsSpan()) : 0;
            LayerCertificate? layer = certificate?.Layers[l - 1];
            double theorem = layer?.Best is { } best ? best.ExactBound + layer.RoundingAllowance : double.PositiveInfinity;
            double bounded = isChanged && theorem < weightNorm ? theorem * SingularValueDecomposition.SingularValues(features[l - 1])[0] : own;
            double skip = network.Specification.HasSkip(l) ? 1 : 0;
            measured = (slope * ((norm * measured) + own)) + (skip * measured) + rounding;
            certified = (slope * ((norm * certified) + bounded)) + (skip * certified) + rounding;
        }
        return (measured, certificate is null ? null : certified);
    }

    private static Matrix Change(Matrix weights, Matrix? bias, Matrix? other, Matrix features)
    {
        Matrix change = Product.Multiply(weights, features);
        for (int i = 0; i < change.Rows && bias is not null; i++) TensorPrimitives.Add(change.Row(i), other![i, 0] - bias[i, 0], change.Row(i));
        return change;
    }
}
