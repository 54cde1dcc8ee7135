using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Reduces a matrix by orthogonal transformations from both sides to an upper band, with nearly all work in matrix products
/// (Grosser and Lang 1999, the first of two stages): QR of b columns, LQ of the b rows that remain right of them, and so on.
/// </summary>
internal static unsafe class BandReduction
{
    /// <summary>Above this ratio of sides a triangle by QR first takes less work.</summary>
    private const double TallRatio = 1.6;

    /// <summary>Overwrites A, m×n with m ≥ n, and gives the n×n band matrix with the same singular values.</summary>
    public static BandMatrix Reduce(Matrix a, int bandwidth)
    {
        int m = a.Rows, n = a.Columns;
        var reflector = new BlockReflector(bandwidth, m);
        fixed (double* start = a.AsSpan())
        {
            var entries = new Operand(start, n, 1);
            if (m > TallRatio * n)
            {
                Triangularize(entries, m, n, bandwidth, reflector);
                m = n;
            }
            return Reduce(entries, m, n, bandwidth, reflector);
        }
    }

    /// <summary>QR alone: R on and above the diagonal of the first n rows, and zeros below.</summary>
    private static void Triangularize(Operand a, int m, int n, int bandwidth, BlockReflector reflector)
    {
        for (int k = 0; k < n; k += bandwidth)
        {
            int width = Math.Min(bandwidth, n - k);
            reflector.Reduce(Transposed(a.From(k, k)), width, m - k);
            reflector.ApplyLeft(a.From(k, k + width), n - k - width);
            for (int i = 0; i < n - k; i++)
                for (int j = 0; j < width; j++)
                    *a.From(k + i, k + j).Start = i <= j ? reflector.Triangle(j, i) : 0;
        }
    }

    private static BandMatrix Reduce(Operand a, int m, int n, int bandwidth, BlockReflector reflector)
    {
        var band = new BandMatrix(n, bandwidth);
        for (int k = 0; k < n; k += bandwidth)
        {
            int width = Math.Min(bandwidth, n - k), right = n - k - width;
            reflector.Reduce(Transposed(a.From(k, k)), width, m - k);
            for (int j = 0; j < width; j++)
                for (int i = 0; i <= j; i++)
                    band[k + i, k + j] = reflector.Triangle(j, i);
            if (right == 0) break;
            reflector.ApplyLeft(a.From(k, k + width), right);
            reflector.Reduce(a.From(k, k + width), width, right);
            for (int i = 0; i < width; i++)
                for (int j = 0; j <= Math.Min(i, right - 1); j++)
                    band[k + i, k + width + j] = reflector.Triangle(i, j);
            reflector.ApplyRight(a.From(k + width, k + width), m - k - width);
        }
        return band;
    }

    private static Operand Transposed(Operand a) => new(a.Start, a.ColumnStride, a.RowStride);
}
