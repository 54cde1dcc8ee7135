using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace RankCollapse.LinearAlgebra.Vectors;

/// <summary>a·b + c, rounded once on every processor that can, in every vector and scalar alike.</summary>
/// <remarks>
/// <see cref="double.MultiplyAddEstimate"/> and its kin are not used: code that was compiled ahead of time may round twice what the just-in-time compiler
/// rounds once, so that results would depend on when a method is compiled anew.
/// </remarks>
internal static class Fused
{
    /// <summary>Whether products are added without a rounding of their own.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Fma.IsSupported || AdvSimd.Arm64.IsSupported;
    }

    /// <summary>a·b + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MultiplyAdd(double a, double b, double c) => IsSupported ? Math.FusedMultiplyAdd(a, b, c) : (a * b) + c;

    /// <summary>a·b + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float a, float b, float c) => IsSupported ? MathF.FusedMultiplyAdd(a, b, c) : (a * b) + c;
}
