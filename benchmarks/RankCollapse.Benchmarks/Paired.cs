using System.Diagnostics;
using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.Benchmarks;

/// <summary>What two actions timed in turn came to.</summary>
/// <param name="MedianA">Seconds of the first.</param>
/// <param name="MedianB">Seconds of the second.</param>
/// <param name="MedianRatio">The median of first over second.</param>
/// <param name="MedianPeak">Floating-point operations per second that the core could do, measured in turn with both.</param>
internal sealed record PairedTimes(double MedianA, double MedianB, double MedianRatio, double MedianPeak);

/// <summary>Times two actions in turn, so that a drift of the machine's speed meets both, and reports medians and the median ratio.</summary>
internal static class Paired
{
    public static PairedTimes Time(Action a, Action b, double seconds, int innerRepeats = 1, Clock clock = Clock.Wall)
    {
        a();
        b();
        var timesA = new List<double>();
        var timesB = new List<double>();
        var ratios = new List<double>();
        var peaks = new List<double>();
        long end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end || ratios.Count < 5)
        {
            peaks.Add(PeakMeasurement.FlopsPerSecond(0.001));
            double ta = Once(a, innerRepeats, clock), tb = Once(b, innerRepeats, clock);
            timesA.Add(ta);
            timesB.Add(tb);
            ratios.Add(ta / tb);
        }
        return new PairedTimes(Median(timesA), Median(timesB), Median(ratios), Median(peaks));
    }

    public static double Median(List<double> values)
    {
        values.Sort();
        int n = values.Count;
        return n % 2 == 1 ? values[n / 2] : 0.5 * (values[(n / 2) - 1] + values[n / 2]);
    }

    private static double Once(Action action, int repeats, Clock clock)
    {
        Seconds start = OwnClock.Now();
        for (int i = 0; i < repeats; i++) action();
        return (OwnClock.Now() - start).On(clock) / repeats;
    }
}
