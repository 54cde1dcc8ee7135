using System.Globalization;
using System.Text;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Work;

/// <summary>Who has a trial.</summary>
/// <param name="Trial">The trial's identity.</param>
/// <param name="Worker">The worker's name; empty when the lease is not whole.</param>
/// <param name="Attempt">The attempt, from 1.</param>
internal sealed record Lease(string Trial, string Worker, int Attempt);

/// <summary>
/// Leases of trials: a file that only one can create. A lease saves work, it does not guard results: those of a trial that two workers
/// make are equal, and only the first is kept.
/// </summary>
internal sealed class LeaseBook(SweepFolder folder)
{
    private const long LargestFile = 1 << 12;

    /// <summary>Takes a trial; false when somebody has it.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public bool TryClaim(string trial, string worker, int attempt) =>
        AtomicFile.TryCreate(PathOf(trial), Encoding.UTF8.GetBytes($"{worker}\n{attempt}\n"));

    /// <summary>Gives a trial back, unless it was taken away.</summary>
    public void Release(string trial, string worker)
    {
        if (Read(trial)?.Worker != worker) return;
        try
        {
            FileSteps.Delete(PathOf(trial));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is taken away when the worker has ended.
        }
    }

    /// <summary>All leases.</summary>
    public IReadOnlyList<Lease> List() => [.. SweepStatus.Names(folder.LeasesPath, recurse: false).Select(Read).OfType<Lease>()];

    /// <summary>The lease of a trial; null when there is none.</summary>
    public Lease? Read(string trial)
    {
        try
        {
            if (InputFile.TryReadSmall(PathOf(trial), LargestFile) is not { } content) return null;
            string[] lines = Encoding.UTF8.GetString(content).Split('\n');
            return lines is [var worker, var attempt, ""] && WorkerHeartbeat.IsName(worker)
                && int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? new Lease(trial, worker, number)
                : new Lease(trial, "", 0);
        }
        catch (InvalidInputException)
        {
            return new Lease(trial, "", 0);
        }
    }

    /// <summary>Takes a lease away from a worker that is dead.</summary>
    /// <returns>Whether it was this call that took it.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public bool Break(Lease lease)
    {
        string aside = Path.Combine(folder.AsidePath, $"lease-{lease.Trial}-{Guid.NewGuid():N}");
        try
        {
            FileSteps.Rename(PathOf(lease.Trial), aside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !File.Exists(PathOf(lease.Trial)))
        {
            // Another one took it.
            return false;
        }
        bool isTheOne = lease.Worker.Length == 0
            || Encoding.UTF8.GetString(InputFile.TryReadSmall(aside, LargestFile) ?? []) == $"{lease.Worker}\n{lease.Attempt}\n";
        // Between the look and the move the trial may have been given to another worker: that one keeps it.
        if (!isTheOne && !File.Exists(PathOf(lease.Trial))) FileSteps.Rename(aside, PathOf(lease.Trial), replace: true);
        else FileSteps.Delete(aside);
        return isTheOne;
    }

    private string PathOf(string trial) => Path.Combine(folder.LeasesPath, trial);
}
