using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>Which vectors the kernels use on this processor; results are the same with all.</summary>
/// <remarks>
/// What counts is what the processor has: the runtime reports 512-bit vectors as not accelerated on Skylake-X and its successors, but compiles them all the
/// same. Where there are two widths, the faster is not known beforehand (some processors have one unit for 512 bits, or a lower clock with them), so the
/// register tile of each is timed once, on panels in the first-level cache.
/// </remarks>
internal static class VectorWidth
{
    private const int Depth = 128;
    private const int Bursts = 12;

    /// <summary>Wider vectors that are as fast are taken: they need fewer instructions for everything else.</summary>
    private const double Margin = 0.95;

    private static readonly Lazy<(int Bits, string Reason)> Choice = new(Choose);

    /// <summary>The widest vectors of doubles that the processor has, in bits.</summary>
    public static int Widest { get; } = Avx512F.IsSupported ? 512 : Avx2.IsSupported || Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>The width that is used, in bits.</summary>
    public static int Bits => Choice.Value.Bits;

    /// <summary>Why, for a person.</summary>
    public static string Reason => Choice.Value.Reason;

    private static (int Bits, string Reason) Choose()
    {
        if (Widest < 512) return (Widest, Widest == 256 ? "AVX2, without AVX-512" : "no wider ones in this processor");
        double wide = TileSpeed<Doubles512>(), narrow = TileSpeed<Doubles256>();
        return (wide >= Margin * narrow ? 512 : 256, $"tiles of 512 bits ran at {wide:F0}, of 256 bits at {narrow:F0} GFLOP/s");
    }

    private static unsafe double TileSpeed<TDoubles>()
        where TDoubles : struct, IDoubles<TDoubles>
    {
        int rows = RegisterTile<TDoubles>.Rows, columns = RegisterTile<TDoubles>.MaxVectors * TDoubles.Count;
        double* memory = PackingBuffer.OfThread.Reserve((nuint)((rows * Depth) + (columns * Depth) + (rows * columns)));
        new Span<double>(memory, (rows + columns) * Depth).Clear();
        Tile tile = default;
        tile.AIsPacked = true;
        tile.A = memory;
        tile.B = memory + (rows * Depth);
        tile.C = tile.B + (columns * Depth);
        tile.BStride = tile.CStride = columns;
        tile.Depth = Depth;
        long best = long.MaxValue;
        for (int burst = 0; burst < Bursts; burst++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < 16; i++) RegisterTile<TDoubles>.Compute(tile, rows, RegisterTile<TDoubles>.MaxVectors);
            best = Math.Min(best, Stopwatch.GetTimestamp() - start);
        }
        return 16 * 2e-9 * rows * columns * Depth * Stopwatch.Frequency / Math.Max(1, best);
    }
}
