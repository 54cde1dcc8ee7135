using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>The determinant of a square matrix as a sign and a logarithm, by elimination with row pivots.</summary>
internal static class Determinant
{
    /// <summary>The sign of det A, 0 for an exactly singular elimination, and ln|det A|.</summary>
    internal static (int Sign, double LogSize) Of(Matrix a)
    {
        Require.Square(a, "determinant");
        Matrix u = a.Copy();
        int n = u.Rows, sign = 1;
        double log = 0;
        int[] row = [.. Enumerable.Range(0, n)];
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            for (int i = k + 1; i < n; i++)
                if (Math.Abs(u[row[i], k]) > Math.Abs(u[row[pivot], k])) pivot = i;
            if (pivot != k)
            {
                (row[k], row[pivot]) = (row[pivot], row[k]);
                sign = -sign;
            }
            double diagonal = u[row[k], k];
            if (diagonal == 0) return (0, double.NegativeInfinity);
            if (diagonal < 0) sign = -sign;
            log += Elementary.Log(Math.Abs(diagonal));
            ReadOnlySpan<double> upper = u.Row(row[k])[(k + 1)..];
            for (int i = k + 1; i < n; i++)
            {
                double factor = -u[row[i], k] / diagonal;
                if (factor == 0) continue;
                Span<double> rest = u.Row(row[i])[(k + 1)..];
                TensorPrimitives.MultiplyAdd(upper, factor, rest, rest);
            }
        }
        return (sign, log);
    }
}
