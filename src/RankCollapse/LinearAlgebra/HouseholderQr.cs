using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>QR by Householder's reflections, with all passes along rows, as matrices are stored (Golub and Van Loan, Algorithm 5.2.1).</summary>
internal static class HouseholderQr
{
    /// <summary>Q with the given number of columns (at least min(m, n), at most m) and R of min(m, n) rows; A is unchanged.</summary>
    internal static (Matrix Q, Matrix R) Decompose(Matrix a, int columns)
    {
        int count = Math.Min(a.Rows, a.Columns);
        Matrix work = a.Copy();
        Matrix reflectors = Reduce(work);
        var q = Matrix.Identity(a.Rows, columns);
        var projections = new double[columns];
        for (int k = count - 1; k >= 0; k--)
            Reflect(reflectors.Row(k), q, k, k, projections);
        Matrix r = work.Block(0, 0, count, a.Columns);
        return (q, r);
    }

    /// <summary>Overwrites A by R; row k of the result is the k-th vector v with ‖v‖² = 2, whose reflection is I − v·vᵀ (v = 0 for none).</summary>
    private static Matrix Reduce(Matrix a)
    {
        int count = Math.Min(a.Rows, a.Columns);
        var reflectors = new Matrix(count, a.Rows);
        var projections = new double[a.Columns];
        for (int k = 0; k < count; k++)
        {
            Span<double> v = reflectors.Row(k);
            for (int i = k; i < a.Rows; i++) v[i] = a[i, k];
            double largest = Math.Abs(TensorPrimitives.MaxMagnitude<double>(v[k..]));
            if (largest == 0) continue;
            TensorPrimitives.Divide(v[k..], largest, v[k..]);
            double norm = TensorPrimitives.Norm<double>(v[k..]);
            double head = v[k];
            double diagonal = head > 0 ? -norm : norm;
            v[k] = head - diagonal;

            // ‖v‖² = 2·norm·(norm + |head|) before this scaling makes it 2.
            TensorPrimitives.Divide(v[k..], Math.Sqrt(norm * (norm + Math.Abs(head))), v[k..]);
            Reflect(v, a, k, k + 1, projections);
            a[k, k] = diagonal * largest;
            for (int i = k + 1; i < a.Rows; i++) a[i, k] = 0;
        }
        return reflectors;
    }

    /// <summary>Subtracts v·(vᵀ·A) on rows and columns from the given ones.</summary>
    private static void Reflect(ReadOnlySpan<double> v, Matrix a, int firstRow, int firstColumn, double[] projections)
    {
        Span<double> sums = projections.AsSpan(0, a.Columns - firstColumn);
        sums.Clear();
        for (int i = firstRow; i < a.Rows; i++)
        {
            if (v[i] != 0) TensorPrimitives.MultiplyAdd(a.Row(i)[firstColumn..], v[i], sums, sums);
        }
        for (int i = firstRow; i < a.Rows; i++)
        {
            Span<double> row = a.Row(i)[firstColumn..];
            if (v[i] != 0) TensorPrimitives.MultiplyAdd(sums, -v[i], row, row);
        }
    }
}
