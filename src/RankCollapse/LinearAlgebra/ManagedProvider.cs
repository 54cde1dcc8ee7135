using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Decompositions in managed code: a two-stage reduction for singular values alone; Math.NET Numerics for singular vectors and eigenvalues;
/// Householder's QR and Cholesky row by row.
/// </summary>
/// <remarks>
/// Entries are scaled by a power of two so that the largest is near 1: squares then neither overflow nor vanish.
/// Tall and wide matrices are reduced to a triangle by QR first, which also spares the square outer factor.
/// </remarks>
internal sealed class ManagedProvider : IDecompositionProvider
{
    private ManagedProvider()
    {
    }

    /// <inheritdoc/>
    public string Description => "managed (Math.NET Numerics)";

    internal static ManagedProvider Instance { get; } = new();

    /// <inheritdoc/>
    public double[] SingularValues(Matrix a) => TwoStageSingularValues.Compute(a);

    /// <inheritdoc/>
    public (Matrix Left, double[] Values, Matrix RightTransposed) SingularValueDecomposition(Matrix a, bool full)
    {
        int m = a.Rows, n = a.Columns;
        if (m < n)
        {
            (Matrix left, double[] values, Matrix right) = SingularValueDecomposition(a.Transpose(), full);
            return (right.Transpose(), values, left.Transpose());
        }
        Matrix square = Scaled(a, out double scale);
        HouseholderQr? tall = null;
        if (m > n)
        {
            tall = new HouseholderQr(square);
            square = tall.R;
        }
        return Decompose(square, scale, tall, m, full ? m : n);
    }

    /// <inheritdoc/>
    public double[] SymmetricEigenvalues(Matrix a)
    {
        var tridiagonal = new Tridiagonalization(Scaled(a, out double scale));
        double[] values = tridiagonal.Diagonal;
        TridiagonalEigen.Values(values, tridiagonal.Beside);
        Array.Sort(values);
        TensorPrimitives.Multiply(values, scale, values);
        return values;
    }

    /// <inheritdoc/>
    public (double[] Values, Matrix VectorRows) SymmetricEigendecomposition(Matrix a)
    {
        var tridiagonal = new Tridiagonalization(Scaled(a, out double scale));
        (double[] values, Matrix rows) = TridiagonalEigen.Decompose(tridiagonal.Diagonal, tridiagonal.Beside);
        tridiagonal.Apply(rows);
        int[] order = [.. Enumerable.Range(0, a.Rows)];
        Array.Sort(values, order);
        TensorPrimitives.Multiply(values, scale, values);
        var sorted = new Matrix(a.Rows, a.Rows);
        for (int i = 0; i < a.Rows; i++) rows.Row(order[i]).CopyTo(sorted.Row(i));
        return (values, sorted);
    }

    /// <inheritdoc/>
    public (Matrix Q, Matrix R) ThinQr(Matrix a)
    {
        var qr = new HouseholderQr(Scaled(a, out double scale));
        var q = Matrix.Identity(a.Rows, Math.Min(a.Rows, a.Columns));
        qr.Apply(q);
        TensorPrimitives.Multiply(qr.R.AsSpan(), scale, qr.R.AsSpan());
        return (q, qr.R);
    }

    /// <inheritdoc/>
    public int Cholesky(Matrix a)
    {
        for (int i = 0; i < a.Rows; i++)
        {
            Span<double> row = a.Row(i);
            for (int j = 0; j < i; j++)
            {
                Span<double> earlier = a.Row(j);
                row[j] = (row[j] - TensorPrimitives.Dot(row[..j], earlier[..j])) / earlier[j];
            }
            double pivot = row[i] - (i == 0 ? 0 : TensorPrimitives.SumOfSquares(row[..i]));
            if (!(pivot > 0)) return i + 1;
            row[i] = Math.Sqrt(pivot);
            row[(i + 1)..].Clear();
        }
        return 0;
    }

    private static unsafe (Matrix Left, double[] Values, Matrix RightTransposed) Decompose(
        Matrix square, double scale, HouseholderQr? tall, int rows, int columns)
    {
        int n = square.Rows;
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
        TensorPrimitives.Multiply(values, scale, values);
        var right = new Matrix(n, n);
        for (int i = 0; i < n; i++) rightRows.Row(order[i])[..n].CopyTo(right.Row(i));
        var left = Matrix.Identity(rows, columns);
        const int Block = 16;
        for (int k0 = 0; k0 < n; k0 += Block)
            for (int i = 0; i < n; i++)
                for (int k = k0; k < Math.Min(k0 + Block, n); k++)
                    left[i, k] = leftRows[order[k], i];
        tall?.Apply(left);
        return (left, values, right);
    }

    /// <summary>A copy in units of a power of two, so that the largest entry is near 1: squares then neither overflow nor vanish.</summary>
    private static Matrix Scaled(Matrix a, out double scale)
    {
        double largest = Math.Abs(TensorPrimitives.MaxMagnitude<double>(a.AsSpan()));
        scale = largest == 0 ? 1 : Math.ScaleB(1, Math.Clamp(Math.ILogB(largest), -1000, 1000));
        var result = new Matrix(a.Rows, a.Columns);
        TensorPrimitives.Divide(a.AsSpan(), scale, result.AsSpan());
        return result;
    }
}
