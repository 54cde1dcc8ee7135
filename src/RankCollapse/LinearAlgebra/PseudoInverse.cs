using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>A⁺ with what decided it: V_r·diag(1/s_1, …, 1/s_r)·U_rᵀ, where r counts the s_i above the cut-off times s_1.</summary>
public sealed class PseudoInverse
{
    private readonly Matrix _rows;

    private PseudoInverse(Matrix inverse, double relativeCutoff, int rank, double[] singularValues, Matrix rows)
    {
        _rows = rows;
        Inverse = inverse;
        RelativeCutoff = relativeCutoff;
        Rank = rank;
        SingularValues = singularValues;
    }

    /// <summary>A⁺, n×m for A m×n.</summary>
    public Matrix Inverse { get; }

    /// <summary>Singular values at or below this fraction of s_1 were taken as 0.</summary>
    public double RelativeCutoff { get; }

    /// <summary>r, how many singular values were inverted.</summary>
    public int Rank { get; }

    /// <summary>s_i(A), descending, all min(m, n) of them.</summary>
    public double[] SingularValues { get; }

    /// <summary>‖B − B·A⁺A‖/‖B‖, by orthonormal rows that span those of A: A⁺ itself would enlarge rounding by the condition of A. 0 where B = 0.</summary>
    /// <param name="b">B, with as many columns as A.</param>
    internal double RelativeResidual(Matrix b)
    {
        Matrix outside = b.Copy();
        if (Rank > 0)
        {
            Matrix projected = Product.Multiply(Product.MultiplyTransposedRight(b, _rows), _rows);
            TensorPrimitives.Subtract(outside.AsSpan(), projected.AsSpan(), outside.AsSpan());
        }
        double norm = Frobenius.Norm(b);
        return norm == 0 ? 0 : Frobenius.Norm(outside) / norm;
    }

    /// <summary>Computes A⁺; the pseudo-inverse of 0 is 0.</summary>
    /// <param name="a">A, m×n; unchanged.</param>
    /// <param name="relativeCutoff">In [0, 1); null takes <see cref="Tolerances.PseudoInverseCutoff"/>.</param>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite, or the cut-off lies outside [0, 1).</exception>
    public static PseudoInverse Compute(Matrix a, double? relativeCutoff = null)
    {
        ArgumentNullException.ThrowIfNull(a);
        double cutoff = relativeCutoff ?? Tolerances.PseudoInverseCutoff(a.Rows, a.Columns);
        Require.RelativeTolerance(cutoff);
        SingularValueDecomposition svd = SingularValueDecomposition.Thin(a);
        int rank = NumericalRank.Of(svd.Values, cutoff);
        return new PseudoInverse(Of(svd, rank), cutoff, rank, svd.Values, svd.RightTransposed.Block(0, 0, rank, svd.RightTransposed.Columns));
    }

    /// <summary>V_r·diag(1/s_1, …, 1/s_r)·U_rᵀ of a decomposition.</summary>
    internal static Matrix Of(SingularValueDecomposition svd, int rank)
    {
        if (rank == 0) return new Matrix(svd.RightTransposed.Columns, svd.Left.Rows);
        Matrix right = svd.RightTransposed.Block(0, 0, rank, svd.RightTransposed.Columns);
        for (int i = 0; i < rank; i++) TensorPrimitives.Divide(right.Row(i), svd.Values[i], right.Row(i));
        Matrix left = svd.Left.Block(0, 0, svd.Left.Rows, rank);
        return Product.MultiplyTransposedLeft(right, left.Transpose());
    }
}
