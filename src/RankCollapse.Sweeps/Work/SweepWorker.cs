using System.Diagnostics;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Work;

/// <summary>What a worker did.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Done">Trials whose results it stored.</param>
/// <param name="Failed">Attempts that failed.</param>
public sealed record WorkerReport(string Name, int Done, int Failed);

/// <summary>
/// Takes one trial after the other from a sweep's folder until none is left. Any number of workers, on any number of machines that
/// share the folder, may do so at a time; a worker that is killed loses no more than the attempt at hand.
/// </summary>
public sealed class SweepWorker : IDisposable
{
    private const double SecondsBetweenLooks = 0.5;

    private readonly SweepFolder _folder;
    private readonly WorkerOptions _options;
    private readonly string _name;
    private readonly TrialQueue _queue;
    private readonly LeaseBook _leases;
    private readonly DeadWorkers _dead;
    private readonly ShardWriter _shards;
    private readonly DataGuard _data = new();
    private readonly Patience _patience;
    private readonly CancellationTokenSource _stop;
    private readonly HeartbeatFile _heartbeat;
    private readonly WorkerPulse _pulse;
    private int _done;
    private int _failed;

    private SweepWorker(SweepFolder folder, WorkerOptions options, CancellationToken cancellation)
    {
        _folder = folder;
        _options = options;
        _name = options.Name ?? NewName();
        _queue = new TrialQueue(folder, Math.Clamp(options.Share, 0, 1));
        SweepLimits limits = _queue.Plan.Limits;
        _leases = new LeaseBook(folder);
        _dead = new DeadWorkers(folder, limits.LeaseSeconds);
        _shards = new ShardWriter(folder, _name);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _patience = new Patience(options.PatienceSeconds, message => options.Warning?.Invoke(message), _stop.Token);
        _heartbeat = _patience.Until(() => new HeartbeatFile(folder, _name, options.Task));
        _pulse = new WorkerPulse(folder, limits, _heartbeat, _stop, () => _patience.IsWaiting, OnHang);
    }

    /// <summary>Works until no trial is left, the sweep is cancelled, or a request to stop.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="options">How to work.</param>
    /// <param name="cancellation">Stops after the epoch at hand, with a checkpoint of the trial.</param>
    /// <exception cref="InvalidInputException">The plan cannot be read.</exception>
    /// <exception cref="ComputationFailedException">Nothing could be written for too long.</exception>
    public static WorkerReport Run(SweepFolder folder, WorkerOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        using IDisposable saving = Cancellation.Saving();
        using var worker = new SweepWorker(folder, options ?? new WorkerOptions(), cancellation);
        return worker.Run();
    }

    /// <summary>A name that no other worker has had: host, process, and chance.</summary>
    public static string NewName()
    {
        string host = string.Concat(Environment.MachineName.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-').Take(40));
        return $"{host}-{Environment.ProcessId}-{Convert.ToHexStringLower(Sha256.RandomBytes(5))}";
    }

    /// <summary>Ends the heartbeat.</summary>
    public void Dispose()
    {
        _pulse.Dispose();
        _heartbeat.Dispose();
        _stop.Dispose();
    }

    private WorkerReport Run()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (_queue.Next() is { } trial) Take(trial);
                else if (!FindMore()) break;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped while it waited for space.
        }
        finally
        {
            _shards.TryFlush();
        }
        return new WorkerReport(_name, _done, _failed);
    }

    /// <summary>Looks for trials that are pending, also those of dead workers; waits while others have what is left.</summary>
    /// <returns>Whether to go on.</returns>
    private bool FindMore()
    {
        _patience.Until(_dead.Return);
        SweepStatus status = _queue.Look();
        if (status.Counts[TrialState.Pending] > 0) return true;
        if (status.Counts[TrialState.Leased] == 0 || _options.LeavesEarly) return false;
        _shards.TryFlush();
        do _stop.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(SecondsBetweenLooks));
        while (!_queue.IsLookDue && !_stop.IsCancellationRequested);
        return true;
    }

    private void Take(Trial trial)
    {
        if (_folder.HasResult(trial.Id)) return;
        FailureCount failures = FailureLog.Count(_folder, trial.Id);
        if (failures.IsFinal(_queue.Plan.Limits)) return;
        int attempt = failures.Attempts + 1;
        if (!_patience.Until(() => _leases.TryClaim(trial.Id, _name, attempt))) return;
        try
        {
            // Another worker may have ended it between the look and the claim.
            if (!_folder.HasResult(trial.Id) && FailureLog.Count(_folder, trial.Id) == failures) Work(trial, attempt);
        }
        finally
        {
            _leases.Release(trial.Id, _name);
        }
        _options.Ended?.Invoke();
    }

    private void Work(Trial trial, int attempt)
    {
        using var timeLimit = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, timeLimit.Token);
        _pulse.Begin(trial, timeLimit);
        var options = new TrainingRunOptions { Progress = _pulse.Update };
        AttemptOutcome outcome = _options.Attempt is { } make
            ? make(trial, options, either.Token)
            : TrialTraining.Attempt(
                _folder, trial, options, either.Token, () => _data.Require(_queue.Plan, trial.Configuration.Data), RecordingOf(_queue.Plan.Limits));
        double seconds = _pulse.End(isFinished: outcome.Result is not null);
        if (outcome.Result is { } result)
        {
            Store(trial, attempt, result, outcome.Recording, seconds);
            _done++;
        }
        else if (outcome.Failure is { } kind) Fail(trial, attempt, kind, outcome.Reason!);
        else if (timeLimit.IsCancellationRequested)
            Fail(trial, attempt, FailureKind.TimeLimit, $"It was stopped after {seconds:0.0} s; a trial may take {_queue.Plan.Limits.TrialSeconds} s.");
    }

    /// <summary>What the plan asks to be recorded; null for nothing.</summary>
    private Func<TrialRecording>? RecordingOf(SweepLimits limits) =>
        limits.Recording is not { } name ? null : () => _options.Recordings.FirstOrDefault(one => one.Name == name)
        ?? throw new InvalidInputException($"The sweep asks for the recording '{ErrorText.Printable(name)}', which this program does not know.");

    private void Store(Trial trial, int attempt, TrainingRunResult result, SafetensorsWriter? recording, double seconds)
    {
        Run run = result.Run;
        var manifest = new ResultManifest
        {
            Trial = trial.Id,
            Status = EnumNames.Of(run.Summary.Status),
            Reason = result.Advice?.Text,
            Attempt = attempt,
            Worker = _name,
            Host = _heartbeat.Host,
            Ended = DateTimeOffset.UtcNow,
            Seconds = seconds,
            Files = new Dictionary<string, ResultFile>(),
            Checksum = "",
        };
        _patience.Until(() => ResultWriter.Store(_folder, _queue.Plan.Limits, manifest, run, recording));
        _shards.Add(manifest, run, _queue.Plan.Limits.Keep);
        TrialTraining.RemoveCheckpoints(_folder, trial.Id);
    }

    private void Fail(Trial trial, int attempt, FailureKind kind, string reason)
    {
        _failed++;
        var failure = new TrialFailure { Trial = trial.Id, Attempt = attempt, Kind = kind, Reason = reason, Worker = _name, At = DateTimeOffset.UtcNow };
        _patience.Until(() => FailureLog.Add(_folder, failure));
        if (kind != FailureKind.Error) TrialTraining.RemoveCheckpoints(_folder, trial.Id);
    }

    /// <summary>Ends this process, the only way to end a thread that does not listen, once what happened is stored.</summary>
    private void OnHang(Trial trial, double seconds)
    {
        int attempt = _leases.Read(trial.Id)?.Attempt ?? 1;
        try
        {
            Fail(trial, attempt, FailureKind.TimeLimit, $"It did not stop when its time of {_queue.Plan.Limits.TrialSeconds} s was used up, and was "
                + $"killed after {seconds:0.0} s.");
            _leases.Release(trial.Id, _name);
        }
        catch (Exception e) when (e is RankCollapseException or IOException or OperationCanceledException)
        {
            // Nothing can be written: the trial comes back as one whose worker was lost.
        }
        if (_options.Die is { } die) die();
        else Process.GetCurrentProcess().Kill();
    }
}
