using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>Which vectors the kernels use on this processor; results are the same with all.</summary>
/// <remarks>
/// What counts is what the processor has: the runtime reports 512-bit vectors as not accelerated on Skylake-X and its successors, but compiles them all the
/// same. Whether they are faster is not known beforehand: some of those processors have one unit for them, or a lower clock. So multiply–adds of both widths
/// are timed once, for some two milliseconds at the first product: long enough for a processor that slows down while it wakes its wide units.
/// </remarks>
internal static class VectorWidth
{
    private const double WideSeconds = 0.0015, NarrowSeconds = 0.0003;

    /// <summary>Wider vectors that are as fast are taken: they need fewer instructions for everything else.</summary>
    private const double Margin = 0.9;

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
        double wide = PeakMeasurement.FlopsPerSecond<Doubles512>(WideSeconds) / 1e9, narrow = PeakMeasurement.FlopsPerSecond<Doubles256>(NarrowSeconds) / 1e9;
        return (wide >= Margin * narrow ? 512 : 256, $"multiply–adds of 512 bits ran at {wide:F0}, of 256 bits at {narrow:F0} GFLOP/s");
    }
}
