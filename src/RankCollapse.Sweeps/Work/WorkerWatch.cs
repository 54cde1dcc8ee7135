using System.Diagnostics;
using System.Text;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Work;

/// <summary>
/// Tells which workers are dead: those whose process is gone, where it can be seen, and those whose heartbeat did not change for
/// the length of a lease. Only this process's own monotonic clock counts, so that clocks that differ or jump do no harm.
/// </summary>
internal sealed class WorkerWatch(SweepFolder folder, double leaseSeconds, Func<TimeSpan>? clock = null)
{
    /// <summary>A gap between two looks counts as at most this share of a lease: an observer that was asleep itself has seen nothing.</summary>
    private const double MostShareOfALook = 0.25;

    private readonly Dictionary<string, Sighting> _sightings = [];
    private readonly Func<TimeSpan> _clock = clock ?? (() => Stopwatch.GetElapsedTime(0));

    /// <summary>Looks at a worker.</summary>
    /// <param name="worker">Its name, or any other text for a lease that names none.</param>
    /// <returns>Whether it is dead.</returns>
    public bool IsDead(string worker)
    {
        string path = Path.Combine(folder.WorkersPath, worker + ".json");
        string content = ReadOrEmpty(path);
        if (WorkerHeartbeat.Read(path) is { } heartbeat && heartbeat.Machine == LocalProcess.Machine)
        {
            // On the same machine there is no doubt about a process that is gone.
            if (LocalProcess.StartOf(heartbeat.Process) != heartbeat.ProcessStart) return true;
        }
        TimeSpan now = _clock();
        if (!_sightings.TryGetValue(worker, out Sighting? last) || last.Content != content)
        {
            _sightings[worker] = new Sighting(content, now, 0);
            return false;
        }
        double silent = last.SilentSeconds + Math.Min((now - last.At).TotalSeconds, MostShareOfALook * leaseSeconds);
        _sightings[worker] = last with { At = now, SilentSeconds = silent };
        return silent >= leaseSeconds;
    }

    /// <summary>Forgets a worker that is dealt with.</summary>
    public void Forget(string worker) => _sightings.Remove(worker);

    private static string ReadOrEmpty(string path)
    {
        const long MostBytes = 1 << 16;
        try
        {
            return Encoding.UTF8.GetString(InputFile.TryReadSmall(path, MostBytes) ?? []);
        }
        catch (InvalidInputException)
        {
            return "";
        }
    }

    private sealed record Sighting(string Content, TimeSpan At, double SilentSeconds);
}
