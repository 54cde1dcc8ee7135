using System.Diagnostics;

namespace RankCollapse.Tests;

/// <summary>Waits for what other threads do.</summary>
internal static class Waiting
{
    /// <summary>Waits until something has happened while work goes on; fails after two minutes, and where the work ends before.</summary>
    public static async Task Until(Func<bool> condition, Task work)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (work.IsCompleted) await work;
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(2), "It did not happen within two minutes.");
            Assert.False(work.IsCompleted, "The work ended before.");
            await Task.Delay(20);
        }
    }
}
