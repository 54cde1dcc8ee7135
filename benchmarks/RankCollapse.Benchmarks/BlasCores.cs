using System.Runtime.Intrinsics.X86;

namespace RankCollapse.Benchmarks;

/// <summary>
/// The OpenBLAS kernels to compare with: its own choice and, where the processor has AVX-512, those of Skylake-X, because a version that does not know the
/// processor may choose narrower ones.
/// </summary>
internal static class BlasCores
{
    public static IReadOnlyList<string?> All { get; } = Avx512F.IsSupported ? [null, "SKYLAKEX"] : [null];
}
