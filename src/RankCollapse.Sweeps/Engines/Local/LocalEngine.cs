using System.Diagnostics;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Sweeps.Engines.Local;

/// <summary>Runs a sweep on this machine: worker processes of one core each, started again when one is lost.</summary>
public sealed class LocalEngine
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

    /// <summary>What a worker needs beside its trial.</summary>
    private const double BytesOfAWorker = 150e6;

    private readonly SweepFolder _folder;
    private readonly SweepPlan _plan;
    private readonly LocalEngineOptions _options;
    private readonly DeadWorkers _dead;
    private readonly List<WorkerProcess> _workers = [];
    private readonly HashSet<string> _seen = [];
    private int _lossesInVain;
    private int _endedAtLastLoss = -1;

    private LocalEngine(SweepFolder folder, LocalEngineOptions options)
    {
        _folder = folder;
        _options = options;
        _plan = folder.ReadPlan();
        _dead = new DeadWorkers(folder, _plan.Limits.LeaseSeconds);
    }

    /// <summary>Runs all pending trials.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Stops the workers after their epoch at hand, with checkpoints.</param>
    /// <returns>Where all trials stand at the end.</returns>
    /// <exception cref="ComputationFailedException">Workers end again and again without a trial.</exception>
    public static SweepStatus Run(SweepFolder folder, LocalEngineOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        return new LocalEngine(folder, options).Run(cancellation);
    }

    /// <summary>The number of workers: one for each core, or for as many cores as a trial asks for, as far as the memory goes.</summary>
    /// <exception cref="InvalidInputException">Not even one trial fits into memory.</exception>
    public static int WorkersFor(SweepPlan plan, int? wanted)
    {
        ArgumentNullException.ThrowIfNull(plan);
        double each = plan.Needs.LargestBytes + BytesOfAWorker;
        MemoryBudget.Require(plan.Needs.LargestBytes, "The largest trial", "use smaller widths, fewer layers or fewer samples");
        int byMemory = (int)Math.Clamp(MemoryBudget.Bytes / each, 1, 1e6), byCores = Math.Max(1, Environment.ProcessorCount / plan.Needs.MostThreads);
        return Math.Min(wanted ?? byCores, byMemory);
    }

    private SweepStatus Run(CancellationToken cancellation)
    {
        int count = WorkersFor(_plan, _options.Workers);
        if (_options.Workers > count) _options.Warning?.Invoke($"The memory is enough for {count} workers of the {_options.Workers} that were asked for.");
        _dead.Return();
        SweepStatus status = Report();
        int left = status.Counts[TrialState.Pending] + status.Counts[TrialState.Leased];
        try
        {
            for (int slot = 0; slot < Math.Min(count, left); slot++) _workers.Add(WorkerProcess.Start(_folder, _options, slot, count));
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
        _options.Progress?.Invoke(status);
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
            int returned = _dead.ReturnOf(worker.Name, Reason(code, error));
            SweepStatus status = _folder.ReadStatus(_plan);
            RequireProgress(status, returned, code, error);
            if (!status.HasEnded && !_folder.IsCancelled) _workers.Add(WorkerProcess.Start(_folder, _options, worker.Slot, count));
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
        _dead.Return();
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
        foreach (WorkerProcess worker in _workers) worker.Stop();
        foreach (WorkerProcess worker in _workers)
        {
            // An epoch may take long; a worker that gives no sign of life any more is killed.
            while (!worker.WaitForExit(TimeSpan.FromSeconds(SecondsBetweenReports))) KillSilent();
            if (worker.ExitCode != 0) _dead.ReturnOf(worker.Name, Reason(worker.ExitCode, worker.LastError));
            worker.Dispose();
        }
        _workers.Clear();
    }
}
