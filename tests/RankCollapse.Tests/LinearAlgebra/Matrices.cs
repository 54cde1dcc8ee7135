using CsCheck;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

/// <summary>Generators of matrices from their structure: entries, angles of plane rotations, singular values; instances shrink with these.</summary>
internal static class Matrices
{
    /// <summary>Entries in −1 … 1.</summary>
    internal static Gen<Matrix> OfEntries(int rows, int columns) =>
        Gen.Double[-1, 1].Array[rows * columns].Select(entries => new Matrix(entries, 0, rows, columns));

    /// <summary>So many positive values, descending, spread evenly in their logarithm.</summary>
    internal static Gen<double[]> Spectra(int count, double low, double high) =>
        Gen.Double[Math.Log(low), Math.Log(high)].Array[count].Select(logs => logs.Select(Math.Exp).OrderDescending().ToArray());

    /// <summary>Matrices with orthonormal columns, from the angles of plane rotations and the sign of a column; all angles 0 give columns of I.</summary>
    internal static Gen<Matrix> Orthonormal(int rows, int columns, double low = -Math.PI, double high = Math.PI) =>
        Gen.Select(Gen.Double[low, high].Array[columns * ((2 * rows) - columns - 1) / 2], Gen.Bool).Select((angles, isReflected) =>
        {
            Matrix q = Matrix.Identity(rows, columns);
            if (isReflected) q[0, 0] = -1;
            int next = 0;
            for (int j = columns - 1; j >= 0; j--)
                for (int i = rows - 1; i > j; i--)
                    Rotate(q.Row(j), q.Row(i), angles[next++]);
            return q;
        });

    /// <summary>U·diag(s)·Vᵀ with U, r columns, and V from angles.</summary>
    internal static Gen<Matrix> OfSpectrum(int rows, int columns, Gen<double[]> spectra) =>
        from values in spectra
        from left in Orthonormal(rows, values.Length)
        from right in Orthonormal(columns, values.Length)
        select Compose(left, values, right);

    /// <summary>Matrices of full rank with singular values in an interval.</summary>
    internal static Gen<Matrix> WellConditioned(int rows, int columns, double low = 0.5, double high = 1.5) =>
        OfSpectrum(rows, columns, Spectra(Math.Min(rows, columns), low, high));

    /// <summary>Symmetric matrices with eigenvalues in an interval of positive numbers.</summary>
    internal static Gen<Matrix> PositiveDefinite(int size, double low, double high) =>
        from values in Spectra(size, low, high)
        from vectors in Orthonormal(size, size)
        select Compose(vectors, values, vectors);

    internal static Matrix Compose(Matrix left, double[] values, Matrix right) =>
        Product.MultiplyTransposedRight(Matrix.FromEntries(left.Rows, values.Length, (i, k) => left[i, k] * values[k]), right);

    private static void Rotate(Span<double> first, Span<double> second, double angle)
    {
        (double sine, double cosine) = Math.SinCos(angle);
        for (int k = 0; k < first.Length; k++) (first[k], second[k]) = ((cosine * first[k]) - (sine * second[k]), (sine * first[k]) + (cosine * second[k]));
    }
}
