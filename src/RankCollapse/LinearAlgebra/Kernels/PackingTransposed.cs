using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <content>Blocks whose columns lie together in memory, turned in registers.</content>
internal static unsafe partial class Packing<TDoubles>
    where TDoubles : struct, IDoubles<TDoubles>
{
    private static void PackTransposed(Operand source, int depth, int columns, double* panel, int width)
    {
        int j = 0;
        if (source.RowStride == 1)
        {
            for (; j < columns;)
            {
                double* from = source.Start + (j * source.ColumnStride);
                double* to = panel + j;
                int left = columns - j, p = 0;
                if (left >= 8 && Avx512F.IsSupported)
                {
                    for (; p + 8 <= depth; p += 8) Transpose8x8(from + p, source.ColumnStride, to + ((nint)p * width), width);
                    left = 8;
                }
                else if (left >= 4 && Avx.IsSupported)
                {
                    for (; p + 4 <= depth; p += 4) Transpose4x4(from + p, source.ColumnStride, to + ((nint)p * width), width);
                    left = 4;
                }
                else if (left >= 2)
                {
                    for (; p + 2 <= depth; p += 2) Transpose2x2(from + p, source.ColumnStride, to + ((nint)p * width), width);
                    left = 2;
                }
                for (; p < depth; p++)
                {
                    for (int i = 0; i < left; i++) to[((nint)p * width) + i] = from[p + (i * source.ColumnStride)];
                }
                j += left;
            }
        }
        for (; j < columns; j++)
        {
            double* from = source.Start + (j * source.ColumnStride);
            double* to = panel + j;
            for (int p = 0; p < depth; p++) to[(nint)p * width] = from[p * source.RowStride];
        }
    }

    /// <summary>Writes the transpose of a 2×2 block held in two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose2x2(double* from, nint fromStride, double* to, nint toStride)
    {
        Vector128<double> r0 = Vector128.Load(from), r1 = Vector128.Load(from + fromStride);
        if (Sse2.IsSupported)
        {
            Sse2.UnpackLow(r0, r1).Store(to);
            Sse2.UnpackHigh(r0, r1).Store(to + toStride);
        }
        else if (AdvSimd.Arm64.IsSupported)
        {
            AdvSimd.Arm64.ZipLow(r0, r1).Store(to);
            AdvSimd.Arm64.ZipHigh(r0, r1).Store(to + toStride);
        }
        else
        {
            Vector128.Create(r0[0], r1[0]).Store(to);
            Vector128.Create(r0[1], r1[1]).Store(to + toStride);
        }
    }

    /// <summary>Writes the transpose of a 4×4 block held in four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose4x4(double* from, nint fromStride, double* to, nint toStride)
    {
        Vector256<double> r0 = Vector256.Load(from), r1 = Vector256.Load(from + fromStride);
        Vector256<double> r2 = Vector256.Load(from + (2 * fromStride)), r3 = Vector256.Load(from + (3 * fromStride));

        // Pairs of rows interleaved within 128-bit lanes, then lanes gathered.
        Vector256<double> t0 = Avx.UnpackLow(r0, r1), t1 = Avx.UnpackHigh(r0, r1);
        Vector256<double> t2 = Avx.UnpackLow(r2, r3), t3 = Avx.UnpackHigh(r2, r3);
        Avx.Permute2x128(t0, t2, 0x20).Store(to);
        Avx.Permute2x128(t1, t3, 0x20).Store(to + toStride);
        Avx.Permute2x128(t0, t2, 0x31).Store(to + (2 * toStride));
        Avx.Permute2x128(t1, t3, 0x31).Store(to + (3 * toStride));
    }

    /// <summary>Writes the transpose of an 8×8 block held in eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8x8(double* from, nint fromStride, double* to, nint toStride)
    {
        Vector512<double> r0 = Vector512.Load(from);
        Vector512<double> r1 = Vector512.Load(from + fromStride);
        Vector512<double> r2 = Vector512.Load(from + (2 * fromStride));
        Vector512<double> r3 = Vector512.Load(from + (3 * fromStride));
        Vector512<double> r4 = Vector512.Load(from + (4 * fromStride));
        Vector512<double> r5 = Vector512.Load(from + (5 * fromStride));
        Vector512<double> r6 = Vector512.Load(from + (6 * fromStride));
        Vector512<double> r7 = Vector512.Load(from + (7 * fromStride));

        // Pairs of rows interleaved within 128-bit lanes: t0 holds columns 0, 2, 4, 6 of rows 0 and 1, t1 columns 1, 3, 5, 7.
        Vector512<double> t0 = Avx512F.UnpackLow(r0, r1);
        Vector512<double> t1 = Avx512F.UnpackHigh(r0, r1);
        Vector512<double> t2 = Avx512F.UnpackLow(r2, r3);
        Vector512<double> t3 = Avx512F.UnpackHigh(r2, r3);
        Vector512<double> t4 = Avx512F.UnpackLow(r4, r5);
        Vector512<double> t5 = Avx512F.UnpackHigh(r4, r5);
        Vector512<double> t6 = Avx512F.UnpackLow(r6, r7);
        Vector512<double> t7 = Avx512F.UnpackHigh(r6, r7);

        // 128-bit lanes gathered: first lanes 0 and 2 (0x88) or 1 and 3 (0xDD) of two vectors, then again of the results.
        Vector512<double> u0 = Avx512F.Shuffle4x128(t0, t2, 0x88);
        Vector512<double> u1 = Avx512F.Shuffle4x128(t1, t3, 0x88);
        Vector512<double> u2 = Avx512F.Shuffle4x128(t0, t2, 0xDD);
        Vector512<double> u3 = Avx512F.Shuffle4x128(t1, t3, 0xDD);
        Vector512<double> u4 = Avx512F.Shuffle4x128(t4, t6, 0x88);
        Vector512<double> u5 = Avx512F.Shuffle4x128(t5, t7, 0x88);
        Vector512<double> u6 = Avx512F.Shuffle4x128(t4, t6, 0xDD);
        Vector512<double> u7 = Avx512F.Shuffle4x128(t5, t7, 0xDD);
        Avx512F.Shuffle4x128(u0, u4, 0x88).Store(to);
        Avx512F.Shuffle4x128(u1, u5, 0x88).Store(to + toStride);
        Avx512F.Shuffle4x128(u2, u6, 0x88).Store(to + (2 * toStride));
        Avx512F.Shuffle4x128(u3, u7, 0x88).Store(to + (3 * toStride));
        Avx512F.Shuffle4x128(u0, u4, 0xDD).Store(to + (4 * toStride));
        Avx512F.Shuffle4x128(u1, u5, 0xDD).Store(to + (5 * toStride));
        Avx512F.Shuffle4x128(u2, u6, 0xDD).Store(to + (6 * toStride));
        Avx512F.Shuffle4x128(u3, u7, 0xDD).Store(to + (7 * toStride));
    }
}
