using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Singular values without vectors, in managed code: to a band by block reflections (matrix products), to two diagonals by chasing, then bisection.
/// </summary>
/// <remarks>
/// The usual one-stage reduction (LAPACK's dgebrd) spends half of its work in products of the whole matrix with a vector, which wait for memory;
/// here each pass over the matrix serves b columns. All steps are orthogonal transformations: the error of each value is a modest multiple of ε·s_1.
/// Results do not depend on the number of threads.
/// </remarks>
internal static class TwoStageSingularValues
{
    /// <summary>Above this ratio of sides a triangle by QR first takes less work.</summary>
    private const double TallRatio = 1.6;

    /// <summary>The min(m, n) values, descending.</summary>
    /// <param name="a">A, m×n, finite and not empty; unchanged.</param>
    public static double[] Compute(Matrix a)
    {
        int shorter = Math.Min(a.Rows, a.Columns);
        double unit = UnitScale.UnitOf(a);
        Matrix work = Math.Max(a.Rows, a.Columns) > TallRatio * shorter
            ? TallTriangle.Of(a, unit) : UnitScale.Of(a.Rows >= a.Columns ? a : a.Transpose(), out _);
        (double[] diagonal, double[] above) = BandReduction.Reduce(work, Bandwidth(work.Columns)).ToBidiagonal();
        double[] values = BidiagonalValues.Compute(diagonal, above);
        TensorPrimitives.Multiply(values, unit, values);
        return values;
    }

    /// <summary>b: wide enough for products to run fast, narrow enough for the chase, whose work grows with it.</summary>
    private static int Bandwidth(int columns) => columns switch
    {
        < 64 => Math.Max(1, Math.Min(columns, 8)),
        < 1024 => 16,
        _ => 64,
    };
}
