using System.Numerics;
using System.Runtime.InteropServices;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Products as if summed with twice the digits and rounded once (the dot product Dot2 of Ogita, Rump and Oishi 2005), at about twenty times the cost.
/// </summary>
internal static class CompensatedProduct
{
    /// <summary>AᵀB, m×n.</summary>
    /// <param name="a">A, k×m.</param>
    /// <param name="b">B, k×n.</param>
    /// <remarks>Entries are off by one rounding plus k²·2^−106 of Σ|a||b|.</remarks>
    /// <exception cref="ShapeMismatchException">A and B have different numbers of rows.</exception>
    public static Matrix MultiplyTransposedLeft(Matrix a, Matrix b)
    {
        if (a.Rows != b.Rows) throw new ShapeMismatchException($"Aᵀ is {a.Columns}×{a.Rows} but B has {b.Rows} rows.");
        var result = new Matrix(a.Columns, b.Columns);
        var low = new double[b.Columns];
        for (int i = 0; i < a.Columns; i++)
        {
            Array.Clear(low);
            Span<double> high = result.Row(i);
            for (int k = 0; k < a.Rows; k++) Accumulate(a[k, i], b.Row(k), high, low);
            for (int j = 0; j < high.Length; j++) high[j] += low[j];
        }
        return result;
    }

    /// <summary>(high, low) += factor·values, entry by entry.</summary>
    private static void Accumulate(double factor, ReadOnlySpan<double> values, Span<double> high, Span<double> low)
    {
        ReadOnlySpan<Vector<double>> wide = MemoryMarshal.Cast<double, Vector<double>>(values);
        Span<Vector<double>> wideHigh = MemoryMarshal.Cast<double, Vector<double>>(high), wideLow = MemoryMarshal.Cast<double, Vector<double>>(low);
        var factors = new Vector<double>(factor);
        for (int j = 0; j < wide.Length; j++)
        {
            Vector<double> product = factors * wide[j], sum = wideHigh[j] + product, part = sum - wideHigh[j];
            Vector<double> rest = (wideHigh[j] - (sum - part)) + (product - part);
            wideLow[j] += rest + Vector.FusedMultiplyAdd(factors, wide[j], -product);
            wideHigh[j] = sum;
        }
        for (int j = wide.Length * Vector<double>.Count; j < values.Length; j++)
        {
            double product = factor * values[j], sum = high[j] + product, part = sum - high[j];
            low[j] += (high[j] - (sum - part)) + (product - part) + Math.FusedMultiplyAdd(factor, values[j], -product);
            high[j] = sum;
        }
    }
}
