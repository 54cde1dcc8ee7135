using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
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
    /// <summary>Takes a trial; false when somebody has it.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public bool TryClaim(string trial, string worker, int attempt)
    {
        string path = PathOf(trial);
        using SafeFileHandle? handle = TryCreate(path);
        if (handle is null) return false;
        try
        {
            RandomAccess.Write(handle, Encoding.UTF8.GetBytes($"{worker}\n{attempt}\n"), 0);
            return true;
        }
        catch (IOException)
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Gives a trial back, unless it was taken away.</summary>
    public void Release(string trial, string worker)
    {
        if (Read(trial)?.Worker != worker) return;
        try
        {
            File.Delete(PathOf(trial));
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
            string[] lines = File.ReadAllText(PathOf(trial)).Split('\n');
            return lines is [var worker, var attempt, ""] && int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? new Lease(trial, worker, number)
                : new Lease(trial, "", 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Takes a lease away from a worker that is dead.</summary>
    /// <returns>Whether it was this call that took it.</returns>
    public bool Break(Lease lease)
    {
        string aside = Path.Combine(folder.AsidePath, $"lease-{lease.Trial}-{Guid.NewGuid():N}");
        try
        {
            File.Move(PathOf(lease.Trial), aside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        bool isTheOne = File.ReadAllText(aside) == $"{lease.Worker}\n{lease.Attempt}\n" || lease.Worker.Length == 0;
        // Between the look and the move the trial may have been given to another worker: that one keeps it.
        if (!isTheOne && !File.Exists(PathOf(lease.Trial))) File.Move(aside, PathOf(lease.Trial), overwrite: true);
        else File.Delete(aside);
        return isTheOne;
    }

    /// <summary>Creates a file that is not there; null when it is.</summary>
    private static SafeFileHandle? TryCreate(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (IOException e) when (IsThere(e) || File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Whether the file was there, though its worker may have deleted it by now: EEXIST, or ERROR_FILE_EXISTS.</summary>
    private static bool IsThere(IOException e) => (e.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? 80 : 17);

    private string PathOf(string trial) => Path.Combine(folder.LeasesPath, trial);
}
