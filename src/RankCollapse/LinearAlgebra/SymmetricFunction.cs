using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>Functions of symmetric matrices, V·diag(f(λ))·Vᵀ.</summary>
internal static class SymmetricFunction
{
    /// <summary>f(A), exactly symmetric.</summary>
    internal static Matrix Apply(Matrix a, Func<double, double> f)
    {
        SymmetricEigendecomposition eigen = SymmetricEigendecomposition.Decompose(a);
        Matrix scaled = eigen.Vectors.Transpose();
        for (int i = 0; i < scaled.Rows; i++) TensorPrimitives.Multiply(scaled.Row(i), f(eigen.Values[i]), scaled.Row(i));
        Matrix result = Product.Multiply(eigen.Vectors, scaled);
        for (int i = 0; i < result.Rows; i++)
            for (int j = 0; j < i; j++)
                result[i, j] = result[j, i] = 0.5 * (result[i, j] + result[j, i]);
        return result;
    }
}
