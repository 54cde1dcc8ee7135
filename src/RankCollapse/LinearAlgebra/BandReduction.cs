using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Reduces a matrix by orthogonal transformations from both sides to an upper band, with nearly all work in matrix products
/// (Grosser and Lang 1999, the first of two stages): QR of b columns, LQ of the b rows that remain right of them, and so on.
/// </summary>
internal static unsafe class BandReduction
{
    /// <summary>Overwrites A, m×n with m ≥ n, and gives the n×n band matrix with the same singular values.</summary>
    public static BandMatrix Reduce(Matrix a, int bandwidth)
    {
        int m = a.Rows, n = a.Columns;
        var reflector = new BlockReflector(bandwidth, m);
        fixed (double* start = a.AsSpan())
            return Reduce(new Operand(start, n, 1), m, n, bandwidth, reflector);
    }

    private static BandMatrix Reduce(Operand a, int m, int n, int bandwidth, BlockReflector reflector)
    {
        var band = new BandMatrix(n, bandwidth);
        for (int k = 0; k < n; k += bandwidth)
        {
            int width = Math.Min(bandwidth, n - k), right = n - k - width;
            reflector.Reduce(a.From(k, k).Transposed, width, m - k);
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
}
