using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Experiments;

/// <summary>
/// A figure of the paper: a list of trainings, which any engine of sweeps can make, and how data, pictures and verdicts follow from their results.
/// </summary>
public abstract class Experiment
{
    /// <summary>The name on the command line and the folder's, such as <c>fig5</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Other names that stand for it on the command line.</summary>
    public virtual IReadOnlyList<string> OtherNames => [];

    /// <summary>The heading.</summary>
    public abstract string Title { get; }

    /// <summary>Where it is in the paper, such as <c>Figure 5, Appendix D.2</c>.</summary>
    public abstract string Source { get; }

    /// <summary>What the paper claims about it, in our words.</summary>
    public abstract string Claim { get; }

    /// <summary>What is kept of each training.</summary>
    public virtual KeptFiles Keep => KeptFiles.Metrics;

    /// <summary>What is recorded of trainings beside their metrics; null for nothing.</summary>
    public virtual TrialRecording? Recording => null;

    /// <summary>The trainings, which do not depend on each other; their keys and settings differ.</summary>
    public abstract IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings);

    /// <summary>The settings as a reader wants to see them, by name.</summary>
    public abstract IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings);

    /// <summary>Data, pictures and verdicts; depends on the results alone, and not on how long they took.</summary>
    /// <param name="settings">What the trainings were made from.</param>
    /// <param name="results">The results by the trainings' keys; all are there.</param>
    /// <param name="parallel">How many cores to take for what is computed from them, and what stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public abstract ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel);

    /// <summary>Computes something for each of some things, several at a time, in order.</summary>
    private protected static TResult[] Each<T, TResult>(IReadOnlyList<T> all, ParallelOptions parallel, Func<T, TResult> compute)
    {
        var results = new TResult[all.Count];
        try
        {
            Parallel.For(0, all.Count, parallel, i => results[i] = compute(all[i]));
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return results;
    }
}
