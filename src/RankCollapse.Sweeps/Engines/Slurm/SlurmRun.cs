using RankCollapse.Formats;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Sweeps.Engines.Slurm;

/// <summary>
/// A sweep on its way on Slurm: arrays whose tasks are workers on the sweep's folder. What the queue says decides only whether more tasks
/// are submitted; what is done is decided by the folder. So tasks that are lost, run twice or go on unseen do no harm.
/// </summary>
internal sealed class SlurmRun
{
    private const double LongestPause = 120;
    private const int MostArraysInVain = 3;

    /// <summary>Looks in a row at which Slurm does not know a token before it counts as never submitted.</summary>
    private const int LooksForALostToken = 2;

    private readonly SweepFolder _folder;
    private readonly SweepPlan _plan;
    private readonly SlurmOptions _options;
    private readonly EngineRequest _listener;
    private readonly SlurmClient _slurm;
    private readonly DeadWorkers _dead;
    private readonly Dictionary<string, int> _looksWithoutToken = [];
    private readonly HashSet<string> _warned = [];
    private readonly CancellationToken _cancellation;
    private int _arraysInVain;
    private string? _reachedAtLastArray;
    private bool _isReachable = true;

    /// <summary>Prepares a run.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="options">What is asked of Slurm.</param>
    /// <param name="listener">Who wants to hear of it.</param>
    /// <param name="cancellation">Ends the watching; tasks go on, and are found again when the sweep is resumed.</param>
    public SlurmRun(SweepFolder folder, SlurmOptions options, EngineRequest listener, CancellationToken cancellation)
    {
        _folder = folder;
        _options = options;
        _slurm = new SlurmClient(options.Bin, cancellation);
        _listener = listener;
        _cancellation = cancellation;
        _plan = folder.ReadPlan();
        _dead = new DeadWorkers(folder, _plan.Limits.LeaseSeconds);
    }

    /// <summary>Submits arrays until every trial is done or failed, or the sweep is cancelled.</summary>
    /// <returns>Where all trials stand at the end.</returns>
    /// <exception cref="InvalidInputException">Slurm's commands are not there, or it refuses the array.</exception>
    /// <exception cref="ComputationFailedException">Array after array ends without a trial.</exception>
    public SweepStatus Run()
    {
        double pause = _options.PollSeconds;
        while (true)
        {
            _isReachable = true;
            int active = SlurmArrays.Read(_folder).Where(array => !array.HasEnded).Sum(Look);
            _dead.TryReturn();
            SweepStatus status = _folder.ReadStatus(_plan);
            _listener.Progress?.Invoke(status);
            if (status.HasEnded || _folder.IsCancelled || _cancellation.IsCancellationRequested)
            {
                if (status.HasEnded) EndArrays();
                return status;
            }
            if (_isReachable) SubmitMissing(status, active);
            pause = _isReachable ? _options.PollSeconds : Math.Min(2 * pause, LongestPause);
            if (!_isReachable) Warn("unreachable", $"Slurm cannot be reached; asking again in {pause:0} s. Tasks that run are not affected.");
            else _warned.Remove("unreachable");
            _cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(pause));
        }
    }

    /// <summary>Looks how an array stands, and writes it down.</summary>
    /// <returns>The number of its tasks that may still work.</returns>
    private int Look(SlurmArray array)
    {
        (SlurmAnswer answer, IReadOnlyList<SlurmTask> tasks) = _slurm.TasksNamed(array.Token);
        if (answer != SlurmAnswer.Known)
        {
            // Whatever it says, it does not say that the array is gone: that is an answer without tasks.
            _isReachable = false;
            return array.Tasks;
        }
        // Asked by its name: a controller that lost the array may have given its number to another job.
        if (tasks.Count == 0) return Forget(array);
        _looksWithoutToken.Remove(array.Token);
        SlurmTask[] active = [.. tasks.Where(task => task.IsActive)];
        string[] stuck = [.. active.Where(task => task.State == "PENDING" && !IsOrdinary(task.Reason)).Select(task => task.Reason).Distinct()];
        string[] jobs = [.. tasks.Select(task => task.Job).Distinct()];
        if (jobs.Length > 1)
            Warn($"twice-{array.Token}", $"The array {array.Token} is there as the jobs {string.Join(", ", jobs)}; both work on the same folder, which "
                + "does no harm.");
        var now = array with
        {
            Job = jobs[0],
            HasEnded = active.Length == 0,
            State = string.Join(", ", tasks.GroupBy(task => task.State).Select(group => $"{group.Count()} {group.Key}")),
            WaitsFor = stuck.Length > 0 ? string.Join(", ", stuck) : null,
        };
        foreach (string reason in stuck)
            Warn($"stuck-{array.Token}-{reason}", $"Tasks of Slurm job {jobs[0]} wait for {reason}; if that does not pass, check the sweep's options for "
                + "Slurm.");
        if (now == array) return active.Length;
        SlurmArrays.Write(_folder, now with { Ends = SlurmTaskEnd.Merge(array.Ends, jobs.SelectMany(_slurm.EndsOf)) });
        return active.Length;
    }

    /// <summary>Slurm does not know the array: it has ended and was forgotten, or was lost, or never came to be.</summary>
    private int Forget(SlurmArray array)
    {
        int looks = _looksWithoutToken[array.Token] = _looksWithoutToken.GetValueOrDefault(array.Token) + 1;
        if (array.Job is null && looks < LooksForALostToken) return array.Tasks;
        SlurmArrays.Write(_folder, array with { HasEnded = true, State = array.Job is null ? "never arrived" : "ended, or was lost", WaitsFor = null });
        return 0;
    }

    private void SubmitMissing(SweepStatus status, int active)
    {
        int pending = status.Counts[TrialState.Pending];
        if (pending == 0 || active >= Math.Min(_options.Tasks, pending + status.Counts[TrialState.Leased])) return;
        string reached = Reached(status);
        if (active == 0)
        {
            _arraysInVain = reached == _reachedAtLastArray ? _arraysInVain + 1 : 0;
            if (_arraysInVain >= MostArraysInVain) throw InVain();
        }
        (SlurmAnswer answer, int size, string message) = _slurm.MaxArraySize();
        if (answer != SlurmAnswer.Known)
        {
            if (answer == SlurmAnswer.Refused) throw new InvalidInputException($"Slurm does not show its configuration: {message}; choose another engine.");
            _isReachable = false;
            return;
        }
        int wanted = Math.Min(_options.Tasks, pending) - active, tasks = Math.Min(wanted, size);
        if (tasks <= 0) return;
        _reachedAtLastArray = reached;
        Submit(tasks);
    }

    /// <summary>
    /// Submits an array whose token is on the disk before. Where Slurm's answer is lost the token is looked for before anything else is submitted.
    /// </summary>
    private void Submit(int tasks)
    {
        string token = $"rankcollapse-{DateTime.UtcNow:yyyyMMddHHmmssfffffff}-{Convert.ToHexStringLower(Sha256.RandomBytes(4))}";
        var array = new SlurmArray { Token = token, Tasks = tasks };
        SlurmArrays.Write(_folder, array);
        IReadOnlyList<string> arguments = SlurmScript.Write(_folder, _plan, _options, token, tasks);
        (SlurmAnswer answer, string job, string message) = _slurm.Submit(arguments);
        switch (answer)
        {
            case SlurmAnswer.Known:
                SlurmArrays.Write(_folder, array with { Job = job });
                break;
            case SlurmAnswer.Unknown:
                _isReachable = false;
                break;
            default:
                SlurmArrays.Write(_folder, array with { HasEnded = true, State = "refused" });
                throw new InvalidInputException($"Slurm refuses the array: {message}; change the sweep's options for Slurm.");
        }
    }

    /// <summary>What trials have come to, and the epochs that the checkpoints of others have: a trial may take several tasks.</summary>
    private string Reached(SweepStatus status)
    {
        IEnumerable<string> checkpoints = Directory.EnumerateDirectories(_folder.AsidePath, "checkpoints-*").Order(StringComparer.Ordinal)
            .SelectMany(path => Directory.EnumerateFiles(path).Order(StringComparer.Ordinal).TakeLast(1)
                .Select(file => $"{Path.GetFileName(path)} {Path.GetFileName(file).Split('-', 2)[^1]}"));
        return $"{status.Counts[TrialState.Done]} {status.FailedAttempts} {string.Join(' ', checkpoints)}";
    }

    /// <summary>Takes tasks out of the queue that would find nothing to do, and writes down how the arrays ended.</summary>
    private void EndArrays()
    {
        const int Looks = 8;
        for (int look = 0; look < Looks; look++)
        {
            SlurmArray[] left = [.. SlurmArrays.Read(_folder).Where(array => !array.HasEnded)];
            if (left.Length == 0) return;
            foreach (SlurmArray array in left)
            {
                if (look == 0 && array.Job is { } job) _slurm.CancelPending(job);
                Look(array);
            }
            if (_cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(Math.Min(1, _options.PollSeconds)))) return;
        }
    }

    private ComputationFailedException InVain()
    {
        IReadOnlyList<SlurmArray> arrays = SlurmArrays.Read(_folder);
        SlurmArray? last = arrays.Count > 0 ? arrays[^1] : null;
        string line = last is null ? "" : SlurmScript.LastLineOf(_folder, last.Token) is { } said ? $" ({said})" : "";
        return new ComputationFailedException($"{MostArraysInVain} arrays in a row ended without a trial; the last: "
            + $"{last?.State ?? "unknown"}{(last is not null && SlurmTaskEnd.InWords(last.Ends) is { } ends ? $", {ends}" : "")}{line}; see the logs in "
            + $"{SlurmArrays.PathOf(_folder)}.");
    }

    private void Warn(string key, string message)
    {
        if (_warned.Add(key)) _listener.Warning?.Invoke(message);
    }

    /// <summary>Reasons to wait that pass by themselves.</summary>
    private static bool IsOrdinary(string reason) =>
        reason is "None" or "Priority" or "Resources" or "BeginTime" or "Cleaning"
            or "JobArrayTaskLimit" or "Dependency" or "Prolog" or "Reservation" or "(null)" or ""
        || reason.EndsWith("MaxJobsLimit", StringComparison.Ordinal) || reason.EndsWith("MaxCpuPerUserLimit", StringComparison.Ordinal);
}
