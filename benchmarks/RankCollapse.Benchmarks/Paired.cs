using System.Diagnostics;

namespace RankCollapse.Benchmarks;

/// <summary>Times two actions in turn, so that a drift of the machine's speed meets both, and reports medians and the median ratio.</summary>
internal static class Paired
{
    public static (double MedianA, double MedianB, double MedianRatio) Time(Action a, Action b, double seconds, int innerRepeats = 1)
    {
        a();
        b();
        var timesA = new List<double>();
        var timesB = new List<double>();
        var ratios = new List<double>();
        long end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end || ratios.Count < 5)
        {
            double ta = Once(a, innerRepeats), tb = Once(b, innerRepeats);
            timesA.Add(ta);
            timesB.Add(tb);
            ratios.Add(ta / tb);
        }
        return (Median(timesA), Median(timesB), Median(ratios));
    }

    public static double Median(List<double> values)
    {
        values.Sort();
        int n = values.Count;
        return n % 2 == 1 ? values[n / 2] : 0.5 * (values[(n / 2) - 1] + values[n / 2]);
    }

    private static double Once(Action action, int repeats)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++) action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }
}
