using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>The curve τ ↦ Cay(τΩ) = (I − τΩ/2)⁻¹(I + τΩ/2) in O(N) for a skew Ω; its derivative is Cay(τΩ)·Ω_τ with Ω_τ = (I − τ²Ω²/4)⁻¹Ω.</summary>
/// <remarks>−Ω² = ΩᵀΩ, so that (I − τΩ/2)⁻¹ = (I + τ²ΩᵀΩ/4)⁻¹(I + τΩ/2): one Cholesky decomposition serves both.</remarks>
internal sealed class CayleyStep
{
    private readonly Matrix _skew;
    private readonly double _time;
    private readonly CholeskyDecomposition _factor;

    internal CayleyStep(Matrix skew, double time)
    {
        _skew = skew;
        _time = time;
        Matrix square = Product.Gram(skew);
        TensorPrimitives.Multiply(square.AsSpan(), 0.25 * time * time, square.AsSpan());
        for (int i = 0; i < square.Rows; i++) square[i, i] += 1;
        if (!CholeskyDecomposition.TryDecompose(square, out CholeskyDecomposition? factor, out _))
            throw new ComputationFailedException("A step on the orthogonal group is not finite.");
        _factor = factor;
    }

    /// <summary>Q·Cay(τΩ), brought back to orthogonality by one Newton–Schulz step, Q(3I − QᵀQ)/2.</summary>
    internal Matrix Apply(Matrix q)
    {
        Matrix plus = _skew.Scaled(0.5 * _time);
        for (int i = 0; i < plus.Rows; i++) plus[i, i] += 1;
        Matrix cayley = Product.Multiply(plus, plus);
        _factor.SolveInPlace(cayley);
        return Orthogonalize(Product.Multiply(q, cayley));
    }

    /// <summary>Ω_τ.</summary>
    internal Matrix Generator() => _factor.Solve(_skew);

    /// <summary>The nearest orthogonal matrix up to terms of second order in the error.</summary>
    internal static Matrix Orthogonalize(Matrix q)
    {
        Matrix correction = Product.Gram(q);
        TensorPrimitives.Multiply(correction.AsSpan(), -0.5, correction.AsSpan());
        for (int i = 0; i < correction.Rows; i++) correction[i, i] += 1.5;
        return Product.Multiply(q, correction);
    }
}
