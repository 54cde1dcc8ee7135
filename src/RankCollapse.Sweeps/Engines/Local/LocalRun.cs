using System.Diagnostics;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Sweeps.Engines.Local;

/// <summary>A sweep on its way with worker processes of this machine.</summary>
internal sealed class LocalRun
{
    private const double SecondsBetweenLooks = 0.1;
    private const double SecondsBetweenReports = 1;

    /// <summary>Reading all names for a report takes at most this share of the time of a core.</summary>
    private const double ShareOfReports = 0.02;

    /// <summary>Workers that may end in a row by themselves without any trial having ended or failed.</summary>
    private const int MostLossesInVain = 5;

    /// <summary>The same of workers that are killed, which may happen to one that has not begun a trial yet.</summary>
    private const int MostKillsInVain = 30;

    /// <summary>Exit codes above it are signals.</summary>
    private const int Signalled = 128;

    private readonly SweepFolder _folder;
    private readonly SweepPlan _plan;
    private readonly EngineRequest _request;
    private readonly DeadWorkers _dead;
    private readonly List<WorkerProcess> _workers = [];
    private readonly HashSet<string> _seen = [];
    private int _lossesInVain;
    private int _endedAtLastLoss = -1;

    /// <summary>Prepares a run.</summary>
    public LocalRun(SweepFolder folder, SweepPlan plan, EngineRequest request)
    {
        _folder = folder;
        _request = request;
        _plan = plan;
        _dead = new DeadWorkers(folder, _plan.Limits.LeaseSeconds);
    }

    /// <summary>Runs all pending trials with at most so many workers.</summary>
    /// <returns>Where all trials stand at the end.</returns>
    /// <exception cref="ComputationFailedException">Workers end again and again without a trial.</exception>
    public SweepStatus Run(int count, CancellationToken cancellation)
    {
        _dead.Return();
        SweepStatus status = Report();
        int left = status.Counts[TrialState.Pending] + status.Counts[TrialState.Leased];
        try
        {
            for (int slot = 0; slot < Math.Min(count, left); slot++) _workers.Add(WorkerProcess.Start(_folder, _request, slot, count));
            long reported = Stopwatch.GetTimestamp();
            double reportEvery = SecondsBetweenReports;
            while (_workers.Count > 0 && !cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(SecondsBetweenLooks)))
            {
                ReplaceEnded(count);
                if (Stopwatch.GetElapsedTime(reported).TotalSeconds < reportEvery) continue;
                reported = Stopwatch.GetTimestamp();
                KillSilent();
                Report();
                reportEvery = Math.Max(SecondsBetweenReports, Stopwatch.GetElapsedTime(reported).TotalSeconds / ShareOfReports);
                reported = Stopwatch.GetTimestamp();
            }
        }
        finally
        {
            StopAll();
        }
        return Report();
    }

    private SweepStatus Report()
    {
        SweepStatus status = _folder.ReadStatus(_plan);
        _request.Progress?.Invoke(status);
        return status;
    }

    /// <summary>Returns the trials of workers that were lost, and starts others in their place while something is left to do.</summary>
    private void ReplaceEnded(int count)
    {
        foreach (WorkerProcess worker in _workers.Where(worker => worker.HasEnded).ToArray())
        {
            _workers.Remove(worker);
            int code = worker.ExitCode;
            string error = worker.LastError;
            worker.Dispose();
            if (code == 0) continue;
            int returned = _dead.TryReturnOf(worker.Name, Reason(code, error));
            SweepStatus status = _folder.ReadStatus(_plan);
            RequireProgress(status, returned, code, error);
            if (!status.HasEnded && !_folder.IsCancelled) _workers.Add(WorkerProcess.Start(_folder, _request, worker.Slot, count));
        }
    }

    private static string Reason(int code, string error)
    {
        return code > Signalled
            ? $"its worker was killed by signal {code - Signalled}{(code == Signalled + 9 ? ", by somebody or for want of memory" : "")}"
            : $"its worker ended with exit code {code}{(error.Length > 0 ? $": {ErrorText.Printable(error)}" : "")}";
    }

    /// <summary>A trial that kills its worker fails for good after some attempts; a worker that ends without one would be started for ever.</summary>
    private void RequireProgress(SweepStatus status, int returned, int code, string error)
    {
        int ended = status.Counts[TrialState.Done] + status.FailedAttempts;
        _lossesInVain = returned > 0 || ended != _endedAtLastLoss ? 0 : _lossesInVain + 1;
        _endedAtLastLoss = ended;
        if (_lossesInVain >= (code > Signalled ? MostKillsInVain : MostLossesInVain))
            throw new ComputationFailedException($"{_lossesInVain} workers in a row ended without a trial: {Reason(code, error)}; what was done is kept.");
    }

    /// <summary>Kills workers of this engine that give no sign of life, such as ones that were stopped by a signal.</summary>
    private void KillSilent()
    {
        _dead.TryReturn();
        HashSet<string> alive = [.. _folder.ReadWorkers().Select(worker => worker.Worker)];
        foreach (WorkerProcess worker in _workers)
        {
            // The heartbeat of a dead worker is removed with it; a young worker has none yet.
            bool hadHeartbeat = _seen.Contains(worker.Name);
            if (alive.Contains(worker.Name)) _seen.Add(worker.Name);
            else if (hadHeartbeat && !worker.HasEnded && !worker.WaitForExit(TimeSpan.FromSeconds(1))) worker.Kill();
        }
    }

    private void StopAll()
    {
        // One that is still starting has nothing to save, and would hear of it late.
        HashSet<string> begun = [.. _folder.ReadWorkers().Select(worker => worker.Worker)];
        foreach (WorkerProcess worker in _workers)
        {
            if (begun.Contains(worker.Name) || worker.HasEnded) worker.Stop();
            else worker.Kill();
        }
        foreach (WorkerProcess worker in _workers)
        {
            // An epoch may take long; a worker that gives no sign of life any more is killed.
            while (!worker.WaitForExit(TimeSpan.FromSeconds(SecondsBetweenReports))) KillSilent();
            if (worker.ExitCode != 0) _dead.TryReturnOf(worker.Name, Reason(worker.ExitCode, worker.LastError));
            worker.Dispose();
        }
        _workers.Clear();
    }
}
