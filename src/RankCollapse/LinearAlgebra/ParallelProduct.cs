using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>One large product on several threads: the result is cut into bands along its longer side, one task each.</summary>
internal static class ParallelProduct
{
    /// <summary>Bands per thread, so that a thread that is held up does not keep the others waiting.</summary>
    private const int BandsPerThread = 2;

    public static void Run(Operand a, Operand b, Operand c, int rows, int columns, int depth, bool accumulate, int threads)
    {
        bool byRows = rows >= columns;
        int length = byRows ? rows : columns;
        int bands = Math.Max(1, Math.Min(threads * BandsPerThread, length / 48));
        Parallel.For(0, bands, new ParallelOptions { MaxDegreeOfParallelism = threads }, band =>
        {
            int start = Boundary(band), end = Boundary(band + 1);
            if (byRows) Product.RunPart(a.From(start, 0), b, c.From(start, 0), end - start, columns, depth, accumulate, ProductPart.All);
            else Product.RunPart(a, b.From(0, start), c.From(0, start), rows, end - start, depth, accumulate, ProductPart.All);
        });

        // Multiples of 24, the least common multiple of every tile's sides.
        int Boundary(int band) => band == bands ? length : (int)((long)length * band / bands / 24 * 24);
    }
}
