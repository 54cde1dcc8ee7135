using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Certificates;

/// <summary>
/// The columns Q of a centroid gradient of rank at most K, and the rows V of QᵀW: what lies outside both is all that keeps W from rank K, because
/// W − W·V·Vᵀ = (I − Q·Qᵀ)·W·(I − V·Vᵀ) and W·V·Vᵀ has rank at most K.
/// </summary>
internal sealed class CentroidSubspaces
{
    private readonly Matrix _columns;
    private readonly Matrix _rows;

    /// <param name="errors">Columns that span those of the centroid gradient, n_l×K.</param>
    /// <param name="weights">W_l, n_l×n_{l−1}.</param>
    internal CentroidSubspaces(Matrix errors, Matrix weights)
    {
        _columns = QrDecomposition.Decompose(errors).Q;
        _rows = QrDecomposition.Decompose(Product.MultiplyTransposedLeft(weights, _columns)).Q;
    }

    /// <summary>‖(I − Q·Qᵀ)·A·(I − V·Vᵀ)‖_F.</summary>
    internal double NormOutside(Matrix a)
    {
        Matrix rest = a.Copy();
        Subtract(rest, Product.Multiply(_columns, Product.MultiplyTransposedLeft(_columns, rest)));
        Subtract(rest, Product.MultiplyTransposedRight(Product.Multiply(rest, _rows), _rows));
        return Frobenius.Norm(rest);
    }

    private static void Subtract(Matrix a, Matrix b) => TensorPrimitives.Subtract(a.AsSpan(), b.AsSpan(), a.AsSpan());
}
