using RankCollapse.Sweeps;
using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Specification;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Experiments;

/// <summary>
/// The trials of a figure as a sweep in its folder <c>sweep</c>, for any engine: a cluster, this machine, or one after the other. It is an ordinary
/// sweep, that can be watched, worked on from other machines, and asked with SQL.
/// </summary>
/// <param name="work">The figure.</param>
/// <param name="tally">Who counts its cells.</param>
internal sealed class FigureSweep(FigureWork work, ReproductionTally tally)
{
    private readonly HashSet<ExperimentCell> _damaged = [];
    private readonly Dictionary<string, ExperimentCell> _cells = work.Cells.Where(cell => cell.Trial is not null)
        .ToDictionary(cell => TrialIdentity.Of(TrialIdentity.Resolve(cell.Trial!.Configuration)));

    /// <summary>Whether trials of a figure are missing.</summary>
    public static bool IsOf(FigureWork work) => work.Missing.Any(cell => cell.Trial is not null);

    /// <summary>Trains what is missing, and stores each result with the figure as it comes.</summary>
    /// <param name="engine">What trains.</param>
    /// <param name="warning">Called with a sentence about what is odd; may be null.</param>
    /// <param name="cancellation">Stops the engine.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ComputationFailedException">A training failed, or the sweep was cancelled by another command.</exception>
    public void Run(SweepEngine engine, Action<string>? warning, CancellationToken cancellation)
    {
        const int Rounds = 2;
        cancellation.ThrowIfCancellationRequested();
        work.Begin();
        var folder = SweepFolder.Create(work.SweepPath);
        SweepPlan plan = Adopt(folder, engine);
        folder.ForgiveFailures(plan);
        SweepStatus status = folder.ReadStatus(plan);
        for (int round = 0; round < Rounds; round++)
        {
            status = engine.Run(folder, status => Follow(folder, plan, status), warning, cancellation);
            _damaged.Clear();
            Follow(folder, plan, status);
            // What was damaged on the way is put aside and made again in the next round.
            if (_damaged.Count == 0 || cancellation.IsCancellationRequested) break;
        }
        if (!_cells.Values.Any(work.IsMissing)) return;
        if (cancellation.IsCancellationRequested && SlurmArrays.Read(folder).Any(array => !array.HasEnded))
            warning?.Invoke($"The tasks of {work.Experiment.Name} on the cluster go on; the same command finds them again, and rankcollapse sweep cancel {folder.Path} ends them.");
        cancellation.ThrowIfCancellationRequested();
        throw new ComputationFailedException(WhyNot(folder, plan, status));
    }

    /// <summary>Plans the trials that are missing or have a result in the sweep, the longest first; others are stored with the figure already.</summary>
    private SweepPlan Adopt(SweepFolder folder, SweepEngine engine)
    {
        ExperimentCell[] planned = [.. _cells.Where(trial => work.IsMissing(trial.Value) || folder.HasResult(trial.Key)).Select(trial => trial.Value).OrderByDescending(cell => cell.ExpectedSeconds)];
        KeptFiles keep = planned.Any(cell => cell.Trial!.NeedsMetrics) ? KeptFiles.Metrics : KeptFiles.Summary;
        // What was asked of a cluster is kept while its tasks may have to be cancelled or go on.
        SlurmOptions? slurm = engine.Slurm ?? (SlurmArrays.Read(folder).Count > 0 ? SlurmOptions.ReadFrom(folder.SpecificationPath) : null);
        byte[] specification = TrainingList.ToSpecification(work.Experiment.Name, [.. planned.Select(cell => cell.Trial!.Configuration)], keep, slurm);
        SweepPlan plan = SweepSpecification.Parse(specification, $"{work.Experiment.Name}.json").Plan().Plan;
        folder.Adopt(plan, specification);
        return plan;
    }

    private void Follow(SweepFolder folder, SweepPlan plan, SweepStatus status)
    {
        foreach (Trial trial in plan.Trials)
        {
            ExperimentCell cell = _cells[trial.Id];
            if (!work.IsMissing(cell)) continue;
            TrialState state = status.States[trial.Number];
            if (state == TrialState.Leased) tally.Begin(work, cell);
            else if (state == TrialState.Done) Take(folder, trial, cell);
            else tally.End(work, cell, seconds: null);
        }
        tally.Tell();
    }

    private void Take(SweepFolder folder, Trial trial, ExperimentCell cell)
    {
        if (_damaged.Contains(cell)) return;
        TrialResult result;
        try
        {
            result = folder.ReadResult(trial.Id);
        }
        catch (InvalidInputException)
        {
            _damaged.Add(cell);
            tally.End(work, cell, seconds: null);
            return;
        }
        work.Store(cell, cell.Trial!.Extract(result.Summary, result.Metrics).WithSummary(result.Summary).Timed(Seconds(result)));
        tally.End(work, cell, Seconds(result));
    }

    /// <summary>The last attempt with all around it, or the training in all its attempts, whichever is longer.</summary>
    private static double Seconds(TrialResult result) => Math.Max(result.Manifest.Seconds, result.Summary.Seconds);

    private string WhyNot(SweepFolder folder, SweepPlan plan, SweepStatus status)
    {
        string name = work.Experiment.Name, goOn = $"see rankcollapse sweep status {folder.Path}; the same command tries again";
        if (plan.Trials.FirstOrDefault(trial => status.States[trial.Number] == TrialState.Failed) is { } failed)
        {
            string reason = folder.ReadFailures(failed.Id) is [.., var last] ? last.Reason : "for a reason that is lost";
            return $"{status.Counts[TrialState.Failed]} of {plan.Trials.Count} trainings of {name} failed, one of them so: {reason.TrimEnd('.')}; {goOn}.";
        }
        return _damaged.Count > 0
            ? $"{_damaged.Count} of {plan.Trials.Count} results of {name} were damaged while the sweep ran; {goOn}."
            : $"The sweep of {name} was stopped by another command with {status.Counts[TrialState.Done]} of {plan.Trials.Count} trainings done; {goOn}.";
    }
}
