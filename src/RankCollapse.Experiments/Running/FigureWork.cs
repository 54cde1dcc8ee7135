using System.Diagnostics;
using System.Text.Json.Nodes;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Experiments.Running;

/// <summary>
/// One figure on its way: the sweep of its trainings in its folder <c>sweep</c>, and in the end its files. It is an ordinary sweep, that can be watched,
/// worked on from other machines, and asked with SQL.
/// </summary>
internal sealed class FigureWork
{
    private readonly ReproductionSettings _settings;
    private readonly ReproductionOptions _options;
    private readonly string _path;
    private readonly Dictionary<string, FigureTraining> _trainings;
    private readonly HashSet<string> _done;
    private long _startedAt;

    /// <summary>Opens the figure's folder.</summary>
    /// <exception cref="InvalidInputException">The folder cannot be made.</exception>
    public FigureWork(Experiment experiment, ReproductionSettings settings, string path, ReproductionOptions options)
    {
        Experiment = experiment;
        _settings = settings;
        _options = options;
        _path = Path.Combine(path, experiment.Name);
        Trainings = experiment.Trainings(settings);
        _trainings = Trainings.ToDictionary(training => training.Id);
        FigureFolder.Open(_path, settings, experiment, options.Force);
        string sweep = FigureFolder.SweepOf(_path);
        _done = SweepFolder.IsSweep(sweep) ? [.. _trainings.Keys.Where(SweepFolder.Open(sweep).HasResult)] : [];
        DoneBefore = _done.ToHashSet();
    }

    /// <summary>The figure.</summary>
    public Experiment Experiment { get; }

    /// <summary>All trainings.</summary>
    public IReadOnlyList<FigureTraining> Trainings { get; }

    /// <summary>The identities of those that were done when the work began.</summary>
    public IReadOnlySet<string> DoneBefore { get; }

    /// <summary>The figures, once they are written.</summary>
    public IReadOnlyList<Figure> Figures { get; private set; } = [];

    /// <summary>The result, once it is written.</summary>
    public FigureResult? Result { get; private set; }

    /// <summary>Trains what is missing, and writes data, pictures and result.</summary>
    /// <param name="tally">Who counts the trainings.</param>
    /// <param name="cancellation">Stops the engine.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ComputationFailedException">A training failed, or the sweep was cancelled by another command.</exception>
    public void Run(ReproductionTally tally, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _startedAt = Stopwatch.GetTimestamp();
        Dictionary<string, TrialResult> results = Trainings.Count == 0 ? [] : Train(tally, cancellation);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Cores, CancellationToken = cancellation };
        ExperimentOutcome outcome = Experiment.Conclude(_settings, results, parallel);
        foreach ((string name, DataTable table) in outcome.Tables) table.Write(_path, name);
        Figures =
        [
            .. outcome.Figures.Select(figure => figure.Finding.Length > 0 ? figure : figure with { Finding = ClaimVerdict.Findings(outcome.Verdicts) }),
        ];
        foreach (Figure figure in Figures) FigureFiles.Write(figure, Path.Combine(_path, figure.Name));
        Result = ToResult(outcome, [.. results.Values]);
        Result.Write(_path);
    }

    private Dictionary<string, TrialResult> Train(ReproductionTally tally, CancellationToken cancellation)
    {
        const int Rounds = 2;
        var folder = SweepFolder.Create(FigureFolder.SweepOf(_path));
        var limits = new SweepLimits { Keep = Experiment.Keep, Recording = Experiment.Recording?.Name };
        var plan = SweepPlan.Of(
            Experiment.Name, [.. Trainings.OrderByDescending(training => training.ExpectedSeconds).Select(training => training.Configuration)], limits);
        folder.Adopt(plan);
        folder.ForgiveFailures(plan);
        string damage = "";
        for (int round = 0; round < Rounds; round++)
        {
            SweepStatus status = SweepEngines.Run(_options.Engine, folder, Request(folder, plan, tally), cancellation);
            Follow(folder, plan, status, tally);
            if (status.Counts[TrialState.Done] < plan.Trials.Count) throw WhyNot(folder, plan, status, cancellation);
            try
            {
                return Trainings.ToDictionary(training => training.Key, training => folder.ReadResult(training.Id));
            }
            catch (InvalidInputException e)
            {
                // What was damaged on the way is put aside and made again in the next round.
                damage = e.Message;
            }
        }
        throw new ComputationFailedException($"Results of {Experiment.Name} were damaged while its sweep ran: {damage}");
    }

    private EngineRequest Request(SweepFolder folder, SweepPlan plan, ReproductionTally tally)
    {
        // What was asked of an engine before is kept while nothing else is asked.
        EngineSettings asked = _options.Asked.IsEmpty ? _options.Engine.AskedBefore(folder) : _options.Asked;
        bool takesWorkers = _options.Engine.Options.Any(option => option.Name == WorkerCount.Name);
        return new EngineRequest
        {
            Command = _options.Command,
            Asked = takesWorkers ? asked.With(_options.Engine.Ask(new JsonObject { [WorkerCount.Name] = _options.Cores })) : asked,
            Recordings = Experiment.Recording is { } recording ? [recording] : [],
            Progress = status => Follow(folder, plan, status, tally),
            Warning = _options.Warning,
        };
    }

    private void Follow(SweepFolder folder, SweepPlan plan, SweepStatus status, ReproductionTally tally)
    {
        foreach (Trial trial in plan.Trials)
        {
            if (_done.Contains(trial.Id)) continue;
            FigureTraining training = _trainings[trial.Id];
            TrialState state = status.States[trial.Number];
            if (state == TrialState.Leased) tally.Begin(this, training);
            else if (state == TrialState.Done && _done.Add(trial.Id)) tally.End(this, training, SecondsOf(folder, trial.Id));
            else tally.End(this, training, seconds: null);
        }
        tally.Tell();
    }

    private static double SecondsOf(SweepFolder folder, string id)
    {
        try
        {
            return folder.ReadManifest(id).Seconds;
        }
        catch (InvalidInputException)
        {
            // It is damaged, which is seen when it is read.
            return 0;
        }
    }

    private Exception WhyNot(SweepFolder folder, SweepPlan plan, SweepStatus status, CancellationToken cancellation)
    {
        string name = Experiment.Name, goOn = $"see rankcollapse sweep status {folder.Path}; the same command tries again";
        if (cancellation.IsCancellationRequested)
        {
            if (SweepEngines.ActiveJobsOf(folder).Any())
                _options.Warning?.Invoke(
                    $"The tasks of {name} on the cluster go on; the same command finds them again, and rankcollapse sweep cancel {folder.Path} ends them.");
            return new OperationCanceledException(cancellation);
        }
        if (plan.Trials.FirstOrDefault(trial => status.States[trial.Number] == TrialState.Failed) is { } failed)
        {
            string reason = folder.ReadFailures(failed.Id) is [.., var last] ? last.Reason : "for a reason that is lost";
            return new ComputationFailedException(
                $"{status.Counts[TrialState.Failed]} of {plan.Trials.Count} trainings of {name} failed, one of them so: {reason.TrimEnd('.')}; {goOn}.");
        }
        return new ComputationFailedException(
            $"The sweep of {name} was stopped by another command with {status.Counts[TrialState.Done]} of {plan.Trials.Count} trainings done; {goOn}.");
    }

    private FigureResult ToResult(ExperimentOutcome outcome, IReadOnlyList<TrialResult> results) => new()
    {
        Name = Experiment.Name,
        Title = Experiment.Title,
        Source = Experiment.Source,
        Claim = Experiment.Claim,
        Verdicts = outcome.Verdicts,
        Notes = outcome.Notes,
        Pictures = [.. outcome.Figures.Select(figure => new FigurePicture(figure.Name, figure.Title, figure.Reading))],
        Data = [.. outcome.Tables.Select(
            t => new FigureData(t.Key, t.Value.Description, t.Value.Columns.ToDictionary(c => c.Name, c => c.Meaning), t.Value.RowCount))],
        Settings = Experiment.Describe(_settings),
        IsQuick = _settings.IsQuick,
        Seed = _settings.Seed,
        TrainingCount = Trainings.Count,
        Statuses = results.GroupBy(r => r.Manifest.Status).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count()),
        TrainingSeconds = results.Sum(r => Math.Max(r.Manifest.Seconds, r.Summary.Seconds)),
        Seconds = Stopwatch.GetElapsedTime(_startedAt).TotalSeconds,
        Threads = _options.Cores,
        IsOnCluster = _options.Engine.WorksElsewhere && Trainings.Count > 0,
        Command = $"rankcollapse reproduce {Experiment.Name}{(_settings.IsQuick ? " --quick" : "")}{(_settings.Seed == 0 ? "" : $" --seed {_settings.Seed}")}",
        Version = TrainingRun.ProgramVersion,
        Charts = ChartJson.Of(outcome.Figures),
    };
}
