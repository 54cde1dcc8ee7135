using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>A = U·diag(s)·Vᵀ with orthonormal columns in U and V and s_1 ≥ s_2 ≥ … ≥ 0.</summary>
/// <remarks>
/// The error of each s_i is a modest multiple of ε·s_1: values below that are noise. Empty matrices have no singular values.
/// </remarks>
public sealed class SingularValueDecomposition
{
    private SingularValueDecomposition(Matrix left, double[] values, Matrix rightTransposed)
    {
        Left = left;
        Values = values;
        RightTransposed = rightTransposed;
    }

    /// <summary>U: m×k for the thin decomposition, k = min(m, n), and m×m for the full one.</summary>
    public Matrix Left { get; }

    /// <summary>s_1 ≥ … ≥ s_k ≥ 0, k = min(m, n).</summary>
    public double[] Values { get; }

    /// <summary>Vᵀ: k×n for the thin decomposition, n×n for the full one.</summary>
    public Matrix RightTransposed { get; }

    /// <summary>The min(m, n) singular values alone, descending.</summary>
    /// <param name="a">A, m×n; unchanged.</param>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    /// <exception cref="ComputationFailedException">The iteration did not converge.</exception>
    public static double[] SingularValues(Matrix a)
    {
        ArgumentNullException.ThrowIfNull(a);
        if (a.Length == 0) return [];
        Require.Finite(a, "singular value decomposition");
        return TwoStageSingularValues.Compute(a);
    }

    /// <summary>The thin decomposition: U m×k, Vᵀ k×n, k = min(m, n).</summary>
    /// <param name="a">A, m×n; unchanged.</param>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    /// <exception cref="ComputationFailedException">The iteration did not converge.</exception>
    public static SingularValueDecomposition Thin(Matrix a) => Decompose(a, full: false);

    /// <summary>The full decomposition: U m×m, Vᵀ n×n.</summary>
    /// <param name="a">A, m×n; unchanged.</param>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    /// <exception cref="ComputationFailedException">The iteration did not converge.</exception>
    public static SingularValueDecomposition Full(Matrix a) => Decompose(a, full: true);

    private static SingularValueDecomposition Decompose(Matrix a, bool full)
    {
        ArgumentNullException.ThrowIfNull(a);
        if (a.Length == 0)
            return full ? new(Matrix.Identity(a.Rows), [], Matrix.Identity(a.Columns)) : new(new Matrix(a.Rows, 0), [], new Matrix(0, a.Columns));
        Require.Finite(a, "singular value decomposition");
        if (a.Rows >= a.Columns) return DecomposeTall(a, full ? a.Rows : a.Columns);
        SingularValueDecomposition transposed = DecomposeTall(a.Transpose(), full ? a.Columns : a.Rows);
        return new SingularValueDecomposition(transposed.RightTransposed.Transpose(), transposed.Values, transposed.Left.Transpose());
    }

    /// <summary>A = Q·R where there are more rows than columns, R = U·B·Vᵀ with two diagonals in B, and the decomposition of B.</summary>
    private static unsafe SingularValueDecomposition DecomposeTall(Matrix a, int leftColumns)
    {
        int n = a.Columns;
        Matrix square = UnitScale.Of(a, out double unit);
        HouseholderQr? tall = null;
        if (a.Rows > n)
        {
            tall = new HouseholderQr(square);
            square = tall.R;
        }
        var bidiagonal = new Bidiagonalization(square);
        (double[] values, Matrix leftRows, Matrix rightRows) = BidiagonalSvd.Decompose(bidiagonal.Diagonal, bidiagonal.Above);
        fixed (double* pl = leftRows.AsSpan(), pr = rightRows.AsSpan())
        {
            bidiagonal.ApplyLeft(new Operand(pl, n, 1), n);
            bidiagonal.ApplyRight(new Operand(pr, n + 1, 1), n);
        }
        int[] order = [.. Enumerable.Range(0, n)];
        Array.Sort(values, order);
        Array.Reverse(values);
        Array.Reverse(order);
        TensorPrimitives.Multiply(values, unit, values);
        var right = new Matrix(n, n);
        for (int i = 0; i < n; i++) rightRows.Row(order[i])[..n].CopyTo(right.Row(i));
        var left = Matrix.Identity(a.Rows, leftColumns);
        leftRows.TransposeTo(order, left);
        tall?.Apply(left);
        return new SingularValueDecomposition(left, values, right);
    }
}
