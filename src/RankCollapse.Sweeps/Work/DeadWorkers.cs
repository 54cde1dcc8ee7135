using RankCollapse.Formats;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Work;

/// <summary>Returns the trials of dead workers and clears away what they left.</summary>
internal sealed class DeadWorkers(SweepFolder folder, double leaseSeconds)
{
    private readonly LeaseBook _leases = new(folder);
    private readonly WorkerWatch _watch = new(folder, leaseSeconds);

    /// <summary>Looks at every worker once.</summary>
    /// <returns>The number of trials that were returned.</returns>
    /// <exception cref="InvalidInputException">The disk is full.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public int Return()
    {
        int returned = 0;
        foreach (Lease lease in _leases.List())
        {
            if (folder.HasResult(lease.Trial))
            {
                // Its worker could not give it back.
                _leases.Break(lease);
                continue;
            }
            // A lease that was torn by a crash names nobody; it is watched like a worker that is never seen.
            string subject = lease.Worker.Length > 0 ? lease.Worker : $"lease-{lease.Trial}";
            if (_watch.IsDead(subject) && Return(lease, "its worker ended without a word: it was killed, or its machine was lost")) returned++;
        }
        foreach (string file in Directory.EnumerateFiles(folder.WorkersPath, "*.json"))
        {
            string worker = Path.GetFileNameWithoutExtension(file);
            if (!WorkerHeartbeat.IsName(worker)) continue;
            if (_watch.IsDead(worker)) Bury(worker);
        }
        return returned;
    }

    /// <summary>Returns the trials of a worker that is known to be dead, and clears away what it left.</summary>
    /// <returns>The number of trials that were returned.</returns>
    public int ReturnOf(string worker, string reason)
    {
        int returned = 0;
        foreach (Lease lease in _leases.List())
        {
            if (lease.Worker == worker && Return(lease, reason)) returned++;
        }
        Bury(worker);
        return returned;
    }

    /// <summary>Looks at every worker once; what cannot be written is left to the next look.</summary>
    public void TryReturn() => Try(Return);

    /// <summary>As <see cref="ReturnOf"/>; what cannot be written is left to the next look.</summary>
    public int TryReturnOf(string worker, string reason) => Try(() => ReturnOf(worker, reason));

    private static int Try(Func<int> look)
    {
        try
        {
            return look();
        }
        catch (Exception e) when (Patience.IsAboutStorage(e))
        {
            return 0;
        }
    }

    /// <summary>Stores the lost attempt before the lease is taken away, so that it counts whenever this process ends.</summary>
    private bool Return(Lease lease, string reason)
    {
        if (lease.Worker.Length > 0 && !folder.HasResult(lease.Trial))
        {
            FailureLog.Add(folder, new TrialFailure
            {
                Trial = lease.Trial,
                Attempt = lease.Attempt,
                Kind = FailureKind.WorkerLost,
                Reason = $"Attempt {lease.Attempt}: {reason}.",
                Worker = lease.Worker,
                At = DateTimeOffset.UtcNow,
            });
        }
        return _leases.Break(lease);
    }

    private void Bury(string worker)
    {
        try
        {
            foreach (string entry in Directory.EnumerateFileSystemEntries(folder.AsidePath, $"*-{worker}*"))
            {
                if (Directory.Exists(entry)) FileSteps.DeleteFolder(entry);
                else FileSteps.Delete(entry);
            }
            FileSteps.Delete(Path.Combine(folder.WorkersPath, worker + ".json"));
            _watch.Forget(worker);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left over does no harm; the next look tries again.
        }
    }
}
