using System.Runtime.CompilerServices;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra.Kernels;

internal static unsafe partial class RegisterTile<TDoubles>
    where TDoubles : struct, IDoubles<TDoubles>
{
    internal static int Env(string n, int d) => int.TryParse(Environment.GetEnvironmentVariable(n), out int x) ? x : d;

    /// <summary>The most vectors side by side in a tile.</summary>
    public static readonly int MaxVectors = TDoubles.Count == 8 ? Env("T512V", 3) : Env("T256V", 3);

    public static readonly int Rows = TDoubles.Count == 8 ? Env("T512R", 8) : Env("T256R", 4);

    public static readonly int PackBFrom = Env("PACKB", 16);
    public static readonly int PackAFrom = Env("PACKA", 48);

    /// <summary>Rows of a direct tile.</summary>
    public static int DirectRows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TDoubles.Count == 8 ? 8 : 4;
    }

    /// <summary>Computes a tile.</summary>
    public static void Compute(in Tile tile, bool packed, int rows, int vectors)
    {
        if (tile.PackedB != null) Packing(tile, rows, vectors);
        else if (packed) Packed(tile, rows, vectors);
        else Direct(tile, rows, vectors);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(double* c)
    {
        if (System.Runtime.Intrinsics.X86.Sse.IsSupported) System.Runtime.Intrinsics.X86.Sse.Prefetch0(c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(double* c, TDoubles value, bool accumulate) => (accumulate ? value + TDoubles.Load(c) : value).Store(c);
}
