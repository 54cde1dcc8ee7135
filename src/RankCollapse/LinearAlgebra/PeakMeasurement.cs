using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>Measures how many multiply–adds a core really does per second, as the yardstick for every product.</summary>
public static class PeakMeasurement
{
    private const int Accumulators = 12;

    /// <summary>
    /// The peak of one core in floating-point operations per second (an FMA counts as two): the best of several bursts of
    /// independent fused multiply–adds that touch no memory.
    /// </summary>
    /// <param name="seconds">How long to measure.</param>
    public static double FlopsPerSecond(double seconds = 0.3)
    {
        const int Steps = 20_000;
        double best = 0;
        long end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        double flopsOfBurst = 2.0 * Steps * Accumulators * Product.VectorBits / 64;
        do
        {
            long start = Stopwatch.GetTimestamp();
            double sink = Vector512.IsHardwareAccelerated ? Burst<Vector512<double>, Lanes512>(Steps)
                : Vector256.IsHardwareAccelerated ? Burst<Vector256<double>, Lanes256>(Steps)
                : Burst<Vector128<double>, Lanes128>(Steps);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (!double.IsNaN(sink)) best = Math.Max(best, flopsOfBurst / elapsed);
        }
        while (Stopwatch.GetTimestamp() < end);
        return best;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe double Burst<TVector, TLanes>(int steps)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>
    {
        TVector x = TLanes.Broadcast(0.999999), y = TLanes.Broadcast(1e-9);
        TVector c0 = x, c1 = x, c2 = x, c3 = x, c4 = x, c5 = x, c6 = x, c7 = x, c8 = x, c9 = x, c10 = x, c11 = x;
        for (int i = 0; i < steps; i++)
        {
            c0 = TLanes.MultiplyAdd(c0, x, y);
            c1 = TLanes.MultiplyAdd(c1, x, y);
            c2 = TLanes.MultiplyAdd(c2, x, y);
            c3 = TLanes.MultiplyAdd(c3, x, y);
            c4 = TLanes.MultiplyAdd(c4, x, y);
            c5 = TLanes.MultiplyAdd(c5, x, y);
            c6 = TLanes.MultiplyAdd(c6, x, y);
            c7 = TLanes.MultiplyAdd(c7, x, y);
            c8 = TLanes.MultiplyAdd(c8, x, y);
            c9 = TLanes.MultiplyAdd(c9, x, y);
            c10 = TLanes.MultiplyAdd(c10, x, y);
            c11 = TLanes.MultiplyAdd(c11, x, y);
        }
        double* result = stackalloc double[TLanes.Count];
        TVector sum = TLanes.Add(TLanes.Add(TLanes.Add(c0, c1), TLanes.Add(c2, c3)), TLanes.Add(TLanes.Add(c4, c5), TLanes.Add(c6, c7)));
        TLanes.Store(TLanes.Add(sum, TLanes.Add(TLanes.Add(c8, c9), TLanes.Add(c10, c11))), result);
        return result[0];
    }
}
