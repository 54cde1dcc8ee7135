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
    public static AttemptOutcome Attempt(SweepFolder folder, Trial trial, TrainingRunOptions options, CancellationToken cancellation, Action? check = null)
    {
        try
        {
            check?.Invoke();
            TrainingRunResult result = Train(folder, trial, options, cancellation);
            return result.Run.Summary.Status == TrainingStatus.Cancelled ? AttemptOutcome.Interrupted : new AttemptOutcome(result, null, null);
        }
        catch (InvalidInputException e)
        {
            return new AttemptOutcome(null, FailureKind.Input, e.Message);
        }
        catch (Exception e)
        {
            // Whatever befell a trial must not take the others with it.
            return new AttemptOutcome(null, FailureKind.Error, e is RankCollapseException ? e.Message : $"{e.GetType().Name}: {ErrorText.Printable(e.Message)}");
        }
    }

    /// <summary>Where a trial's checkpoints are; attempts of several workers may share them, because all are states of the same training.</summary>
    public static string CheckpointsOf(SweepFolder folder, string id) => Path.Combine(folder.AsidePath, $"checkpoints-{id}");

    /// <summary>Deletes the checkpoints of a trial that has ended.</summary>
    public static void RemoveCheckpoints(SweepFolder folder, string id)
    {
        try
        {
            if (Directory.Exists(CheckpointsOf(folder, id))) Directory.Delete(CheckpointsOf(folder, id), recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left over does no harm.
        }
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
