using System.Runtime.CompilerServices;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>
/// Register tiles of the matrix product: R rows × up to three vectors, one accumulator register for each vector of C
/// (the design of Goto and van de Geijn 2008). The unrolled tiles are written by the generator of kernels.
/// </summary>
/// <typeparam name="TDoubles">The vectors.</typeparam>
internal static unsafe partial class RegisterTile<TDoubles>
    where TDoubles : struct, IDoubles<TDoubles>
{
    /// <summary>The most vectors side by side in a tile.</summary>
    public const int MaxVectors = 3;

    /// <summary>Rows of a full tile: as many as accumulators fit in registers beside three vectors of B, of which AVX-512 has 32 and others 16.</summary>
    public static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TDoubles.Count == 8 ? 8 : 4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(double* c, TDoubles value, bool accumulate) => (accumulate ? value + TDoubles.Load(c) : value).Store(c);
}
