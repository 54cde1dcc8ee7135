using System.Diagnostics;

namespace RankCollapse.Benchmarks;

/// <summary>Both clocks of this process; processor time is that of all its threads, compilation included.</summary>
internal static class OwnClock
{
    public static Seconds Now() => new(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency, Environment.CpuUsage.TotalTime.TotalSeconds);
}
