using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Training;

namespace RankCollapse.Sweeps.Work;

/// <summary>What an attempt at a trial came to: a run, or a failure; neither when it was interrupted.</summary>
/// <param name="Result">The run.</param>
/// <param name="Failure">The kind of failure.</param>
/// <param name="Reason">One line on the failure.</param>
internal sealed record AttemptOutcome(TrainingRunResult? Result, FailureKind? Failure, string? Reason)
{
    /// <summary>What was recorded of it beside its metrics; null for nothing.</summary>
    public SafetensorsWriter? Recording { get; init; }

    /// <summary>Stopped on request; a checkpoint was written.</summary>
    public static AttemptOutcome Interrupted { get; } = new(null, null, null);
}

/// <summary>Trains one trial, from its checkpoint where an earlier attempt left one.</summary>
internal static class TrialTraining
{
    /// <summary>Makes an attempt.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="trial">The trial.</param>
    /// <param name="options">Who wants to hear of its progress.</param>
    /// <param name="cancellation">Stops it after the epoch at hand.</param>
    /// <param name="check">Called before, to refuse the trial; may be null.</param>
    /// <param name="recording">Gives what is recorded of it; null for nothing.</param>
    public static AttemptOutcome Attempt(
        SweepFolder folder, Trial trial, TrainingRunOptions options, CancellationToken cancellation, Action? check = null,
            Func<TrialRecording>? recording = null)
    {
        try
        {
            check?.Invoke();
            if (recording?.Invoke().Begin(trial.Configuration) is { } recorder) return Record(trial, recorder, options, cancellation);
            TrainingRunResult result = Train(folder, trial, options, cancellation);
            return IsInterrupted(result) ? AttemptOutcome.Interrupted : new AttemptOutcome(result, null, null);
        }
        catch (InvalidInputException e)
        {
            return new AttemptOutcome(null, FailureKind.Input, e.Message);
        }
        catch (Exception e)
        {
            // Whatever befell a trial must not take the others with it.
            return new AttemptOutcome(
                null, FailureKind.Error, e is RankCollapseException ? e.Message : $"{e.GetType().Name}: {ErrorText.Printable(e.Message)}");
        }
    }

    /// <summary>Where a trial's checkpoints are; attempts of several workers may share them, because all are states of the same training.</summary>
    public static string CheckpointsOf(SweepFolder folder, string id) => Path.Combine(folder.AsidePath, $"checkpoints-{id}");

    /// <summary>Deletes the checkpoints of a trial that has ended.</summary>
    public static void RemoveCheckpoints(SweepFolder folder, string id)
    {
        try
        {
            if (Directory.Exists(CheckpointsOf(folder, id))) FileSteps.DeleteFolder(CheckpointsOf(folder, id));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left over does no harm.
        }
    }

    private static bool IsInterrupted(TrainingRunResult result) => result.Run.Summary.Status == TrainingStatus.Cancelled;

    /// <summary>Trains from the start, because checkpoints do not hold what was recorded.</summary>
    private static AttemptOutcome Record(Trial trial, TrialRecorder recorder, TrainingRunOptions options, CancellationToken cancellation)
    {
        TrainingRunResult result = TrainingRun.Start(
            trial.Configuration, null, options with { Started = recorder.Start, Recorded = recorder.Record, Stepped = recorder.Step }, cancellation);
        if (IsInterrupted(result)) return AttemptOutcome.Interrupted;
        var kept = new SafetensorsWriter();
        recorder.Write(kept);
        return new AttemptOutcome(result, null, null) { Recording = kept };
    }

    private static TrainingRunResult Train(SweepFolder folder, Trial trial, TrainingRunOptions options, CancellationToken cancellation)
    {
        RunConfiguration configuration = trial.Configuration;
        string checkpoints = CheckpointsOf(folder, trial.Id);
        if (Directory.Exists(checkpoints))
        {
            try
            {
                return TrainingRun.StartOrContinue(configuration, checkpoints, options, cancellation);
            }
            catch (Exception e) when (e is InvalidInputException or IOException)
            {
                // The checkpoints are damaged, or went away at this moment: the training begins again.
                RemoveCheckpoints(folder, trial.Id);
            }
        }
        return TrainingRun.StartOrContinue(configuration, checkpoints, options, cancellation);
    }
}
