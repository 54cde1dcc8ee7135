using System.ComponentModel;
using System.Diagnostics;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Tests.Sweeps.Engines.Local;

/// <summary>Kills workers of a sweep at random moments, with a signal that they cannot catch.</summary>
internal sealed class WorkerKiller(SweepFolder folder, int seed, int mostMilliseconds)
{
    private readonly Random _random = new(seed);

    /// <summary>How many were killed.</summary>
    public int Kills { get; private set; }

    /// <summary>Kills until so many are dead or the sweep has ended.</summary>
    public async Task KillAsync(int count, Task sweep)
    {
        while (Kills < count && !sweep.IsCompleted)
        {
            await Task.Delay(_random.Next(mostMilliseconds));
            WorkerHeartbeat[] workers = [.. folder.ReadWorkers()];
            if (workers.Length > 0 && Kill(workers[_random.Next(workers.Length)].Process)) Kills++;
        }
    }

    /// <summary>Kills a process; false when it has ended before.</summary>
    public static bool Kill(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            found.Kill();
            return found.WaitForExit(TimeSpan.FromSeconds(10));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }
}
