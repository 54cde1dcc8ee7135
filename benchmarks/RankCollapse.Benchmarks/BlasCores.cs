using System.Runtime.Intrinsics.X86;

namespace RankCollapse.Benchmarks;

/// <summary>The OpenBLAS kernels to compare with: its own choice and, where the processor has AVX-512, those of Skylake-X, which older versions do not choose on newer processors.</summary>
internal static class BlasCores
{
    public static IReadOnlyList<string?> All { get; } = Avx512F.IsSupported ? [null, "SKYLAKEX"] : [null];

    public static string NameOf(string? core) => core ?? "default";
}
