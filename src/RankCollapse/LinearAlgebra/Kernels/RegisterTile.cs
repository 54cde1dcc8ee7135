using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>
/// Register tiles of the matrix product: up to R rows × three vectors, one accumulator register for each vector of C
/// (the design of Goto and van de Geijn 2008). The unrolled tiles are written by the generator of kernels.
/// </summary>
/// <remarks>
/// A tile of R×3 vectors reads R + 3 values for 3R multiply–adds, so that two loads a cycle keep two multiply–add units busy, and has at least twelve
/// accumulators, more than the eight that two units with a latency of four cycles need.
/// </remarks>
/// <typeparam name="TDoubles">The vectors.</typeparam>
internal static unsafe partial class RegisterTile<TDoubles>
    where TDoubles : struct, IDoubles<TDoubles>
{
    /// <summary>The most vectors side by side in a tile.</summary>
    public const int MaxVectors = 3;

    /// <summary>
    /// Steps of depth before a tile's end at which it asks for its lines of C: before, they would be pushed out of the first-level cache again by factors.
    /// </summary>
    private const int StepsBeforeResult = 48;

    /// <summary>Rows of a full tile: as many as accumulators fit in registers beside three vectors of B, of which AVX-512 has 32 and others 16.</summary>
    public static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TDoubles.Count == Doubles512.Count ? 8 : 4;
    }

    /// <summary>Computes a tile of at most <see cref="Rows"/> rows and <see cref="MaxVectors"/> vectors.</summary>
    public static void Compute(in Tile tile, int rows, int vectors)
    {
        if (tile.PackedA != null) First(tile, rows, vectors);
        else if (tile.PackedB != null) Packing(tile, rows, vectors);
        else if (tile.AheadStep != 0) Fetching(tile, rows, vectors);
        else Packed(tile, rows, vectors);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(double* c, TDoubles value, bool accumulate) => (accumulate ? value + TDoubles.Load(c) : value).Store(c);

    /// <summary>Asks for a line of C, which comes from far away unless the product is small, while the tile is computed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(double* c)
    {
        if (Sse.IsSupported) Sse.Prefetch0(c);
    }
}
