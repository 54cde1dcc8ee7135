using System.Diagnostics;
using System.Runtime.CompilerServices;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>Measures how many multiply–adds a core really does per second, as the yardstick for every product.</summary>
public static class PeakMeasurement
{
    private const int Accumulators = 12;

    /// <summary>
    /// The peak of one core in floating-point operations per second (an FMA counts as two): the best of several bursts of
    /// independent fused multiply–adds of the widest vectors that touch no memory.
    /// </summary>
    /// <param name="seconds">How long to measure.</param>
    public static double FlopsPerSecond(double seconds = 0.3) => VectorWidth.Widest switch
    {
        512 => FlopsPerSecond<Doubles512>(seconds),
        256 => FlopsPerSecond<Doubles256>(seconds),
        _ => FlopsPerSecond<Doubles128>(seconds),
    };

    /// <summary>The same with vectors of a given width.</summary>
    internal static double FlopsPerSecond<TDoubles>(double seconds)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        const int Steps = 20_000;
        _ = Burst<TDoubles>(1); // Compiles it.
        double best = 0;
        long end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        double flopsOfBurst = 2.0 * Steps * Accumulators * TDoubles.Count;
        do
        {
            long start = Stopwatch.GetTimestamp();
            double sink = Burst<TDoubles>(Steps);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (!double.IsNaN(sink)) best = Math.Max(best, flopsOfBurst / elapsed);
        }
        while (Stopwatch.GetTimestamp() < end);
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Burst<TDoubles>(int steps)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        TDoubles x = TDoubles.All(0.999999), y = TDoubles.All(1e-9);
        TDoubles c0 = x, c1 = x, c2 = x, c3 = x, c4 = x, c5 = x, c6 = x, c7 = x, c8 = x, c9 = x, c10 = x, c11 = x;
        for (int i = 0; i < steps; i++)
        {
            c0 = TDoubles.MultiplyAdd(c0, x, y);
            c1 = TDoubles.MultiplyAdd(c1, x, y);
            c2 = TDoubles.MultiplyAdd(c2, x, y);
            c3 = TDoubles.MultiplyAdd(c3, x, y);
            c4 = TDoubles.MultiplyAdd(c4, x, y);
            c5 = TDoubles.MultiplyAdd(c5, x, y);
            c6 = TDoubles.MultiplyAdd(c6, x, y);
            c7 = TDoubles.MultiplyAdd(c7, x, y);
            c8 = TDoubles.MultiplyAdd(c8, x, y);
            c9 = TDoubles.MultiplyAdd(c9, x, y);
            c10 = TDoubles.MultiplyAdd(c10, x, y);
            c11 = TDoubles.MultiplyAdd(c11, x, y);
        }
        return TDoubles.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }
}
