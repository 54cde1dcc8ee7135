using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <content>Blocks of floats whose columns lie together in memory, turned in registers.</content>
internal static unsafe partial class SinglePacking<TDoubles>
{
    private static void PackTransposed(SingleOperand source, int depth, int columns, float* panel, int width)
    {
        for (int j = 0; j < columns;)
        {
            float* from = source.Start + (j * source.ColumnStride), to = panel + j;
            int left = columns - j, p = 0;
            if (source.RowStride == 1 && left >= 8 && Avx.IsSupported)
            {
                left = 8;
                for (; p + 8 <= depth; p += 8) Transpose8x8(from + p, source.ColumnStride, to + ((nint)p * width), width);
            }
            else if (source.RowStride == 1 && left >= 4 && (Sse.IsSupported || AdvSimd.Arm64.IsSupported))
            {
                left = 4;
                for (; p + 4 <= depth; p += 4) Transpose4x4(from + p, source.ColumnStride, to + ((nint)p * width), width);
            }
            else
            {
                left = Math.Min(left, 4);
            }
            for (; p < depth; p++)
            {
                for (int i = 0; i < left; i++) to[((nint)p * width) + i] = from[(p * source.RowStride) + (i * source.ColumnStride)];
            }
            j += left;
        }
    }

    /// <summary>Writes the transpose of a 4×4 block held in four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose4x4(float* from, nint fromStride, float* to, nint toStride)
    {
        Vector128<float> r0 = Vector128.Load(from), r1 = Vector128.Load(from + fromStride);
        Vector128<float> r2 = Vector128.Load(from + (2 * fromStride)), r3 = Vector128.Load(from + (3 * fromStride));
        Vector128<float> t0 = Low(r0, r1), t1 = High(r0, r1), t2 = Low(r2, r3), t3 = High(r2, r3);
        Vector128.Create(t0.GetLower(), t2.GetLower()).Store(to);
        Vector128.Create(t0.GetUpper(), t2.GetUpper()).Store(to + toStride);
        Vector128.Create(t1.GetLower(), t3.GetLower()).Store(to + (2 * toStride));
        Vector128.Create(t1.GetUpper(), t3.GetUpper()).Store(to + (3 * toStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);

    /// <summary>Writes the transpose of an 8×8 block held in eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8x8(float* from, nint fromStride, float* to, nint toStride)
    {
        Vector256<float> r0 = Vector256.Load(from), r1 = Vector256.Load(from + fromStride);
        Vector256<float> r2 = Vector256.Load(from + (2 * fromStride)), r3 = Vector256.Load(from + (3 * fromStride));
        Vector256<float> r4 = Vector256.Load(from + (4 * fromStride)), r5 = Vector256.Load(from + (5 * fromStride));
        Vector256<float> r6 = Vector256.Load(from + (6 * fromStride)), r7 = Vector256.Load(from + (7 * fromStride));

        // Within 128-bit lanes: pairs of rows interleaved, then pairs of those; t0 holds columns 0 and 1, t1 columns 2 and 3, 4 and up in the upper lanes.
        Vector256<float> t0 = Avx.UnpackLow(r0, r1), t1 = Avx.UnpackHigh(r0, r1), t2 = Avx.UnpackLow(r2, r3), t3 = Avx.UnpackHigh(r2, r3);
        Vector256<float> t4 = Avx.UnpackLow(r4, r5), t5 = Avx.UnpackHigh(r4, r5), t6 = Avx.UnpackLow(r6, r7), t7 = Avx.UnpackHigh(r6, r7);
        Vector256<float> u0 = Avx.Shuffle(t0, t2, 0x44), u1 = Avx.Shuffle(t0, t2, 0xEE), u2 = Avx.Shuffle(t1, t3, 0x44), u3 = Avx.Shuffle(t1, t3, 0xEE);
        Vector256<float> u4 = Avx.Shuffle(t4, t6, 0x44), u5 = Avx.Shuffle(t4, t6, 0xEE), u6 = Avx.Shuffle(t5, t7, 0x44), u7 = Avx.Shuffle(t5, t7, 0xEE);
        Avx.Permute2x128(u0, u4, 0x20).Store(to);
        Avx.Permute2x128(u1, u5, 0x20).Store(to + toStride);
        Avx.Permute2x128(u2, u6, 0x20).Store(to + (2 * toStride));
        Avx.Permute2x128(u3, u7, 0x20).Store(to + (3 * toStride));
        Avx.Permute2x128(u0, u4, 0x31).Store(to + (4 * toStride));
        Avx.Permute2x128(u1, u5, 0x31).Store(to + (5 * toStride));
        Avx.Permute2x128(u2, u6, 0x31).Store(to + (6 * toStride));
        Avx.Permute2x128(u3, u7, 0x31).Store(to + (7 * toStride));
    }
}
