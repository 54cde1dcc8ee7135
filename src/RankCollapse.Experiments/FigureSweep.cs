using RankCollapse.Sweeps;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Specification;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Experiments;

/// <summary>
/// The trials of a figure as a sweep in its folder <c>sweep</c>, for any engine: a cluster, this machine, or one after the other. It is an ordinary
/// sweep, that can be watched, worked on from other machines, and asked with SQL.
/// </summary>
internal sealed class FigureSweep
{
    private readonly FigureWork _work;
    private readonly ReproductionTally _tally;
    private readonly ExperimentCell[] _cells;
    private readonly HashSet<ExperimentCell> _damaged = [];

    /// <summary>Prepares the sweep of a figure's trials, the longest first.</summary>
    public FigureSweep(FigureWork work, ReproductionTally tally)
    {
        _work = work;
        _tally = tally;
        _cells = [.. work.Cells.Where(cell => cell.Trial is not null).OrderByDescending(cell => cell.ExpectedSeconds)];
    }

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
        cancellation.ThrowIfCancellationRequested();
        _work.Begin();
        KeptFiles keep = _cells.Any(cell => cell.Trial!.NeedsMetrics) ? KeptFiles.Metrics : KeptFiles.Summary;
        byte[] specification = TrainingList.ToSpecification(_work.Experiment.Name, [.. _cells.Select(cell => cell.Trial!.Configuration)], keep, engine.Slurm);
        SweepPlan plan = SweepSpecification.Parse(specification, $"{_work.Experiment.Name}.json").Plan().Plan;
        var folder = SweepFolder.Create(_work.SweepPath);
        folder.Adopt(plan, specification);
        folder.ForgiveFailures(plan);
        Dictionary<string, ExperimentCell> byTrial = _cells.ToDictionary(cell => TrialIdentity.Of(TrialIdentity.Resolve(cell.Trial!.Configuration)));
        SweepStatus status = engine.Run(folder, status => Follow(folder, plan, status, byTrial), warning, cancellation);
        Follow(folder, plan, status, byTrial);
        if (!_cells.Any(_work.IsMissing)) return;
        cancellation.ThrowIfCancellationRequested();
        throw new ComputationFailedException(WhyNot(folder, plan, status));
    }

    private void Follow(SweepFolder folder, SweepPlan plan, SweepStatus status, Dictionary<string, ExperimentCell> byTrial)
    {
        foreach (Trial trial in plan.Trials)
        {
            ExperimentCell cell = byTrial[trial.Id];
            if (!_work.IsMissing(cell)) continue;
            TrialState state = status.States[trial.Number];
            if (state == TrialState.Leased) _tally.Begin(_work, cell);
            else if (state == TrialState.Done) Take(folder, trial, cell);
            else _tally.End(_work, cell, seconds: null);
        }
        _tally.Tell();
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
            // It is put aside and made again when the engine runs the next time.
            _damaged.Add(cell);
            _tally.End(_work, cell, seconds: null);
            return;
        }
        _work.Store(cell, cell.Trial!.Extract(result.Summary, result.Metrics).WithSummary(result.Summary).Timed(result.Manifest.Seconds));
        _tally.End(_work, cell, result.Manifest.Seconds);
    }

    private string WhyNot(SweepFolder folder, SweepPlan plan, SweepStatus status)
    {
        string name = _work.Experiment.Name, goOn = $"see rankcollapse sweep status {folder.Path}; the same command tries again";
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
