using System.Security.Cryptography;
using System.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Training;

namespace RankCollapse.Experiments;

/// <summary>One independent piece of an experiment's work, such as a training; runs on one thread.</summary>
/// <param name="Key">Its name within the experiment, fit for a file: letters, digits, dots, minus and underscore.</param>
/// <param name="Settings">Everything that its result depends on, as text; results of other settings are never mixed in.</param>
/// <param name="ExpectedSeconds">About how long it takes on one core, for the order of work and the time left.</param>
/// <param name="Run">Computes the result; equal settings give equal results. Throws <see cref="OperationCanceledException"/> when it was stopped.</param>
public sealed record ExperimentCell(string Key, string Settings, double ExpectedSeconds, Func<CancellationToken, CellResult> Run)
{
    /// <summary>The training, where the result follows from what a sweep keeps of it; null where it takes more, and the cell is computed in this process.</summary>
    public CellTrial? Trial { get; init; }

    /// <summary>A cell that trains one network in memory, on one thread, and keeps what <paramref name="extract"/> takes from it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="configuration">The training's settings.</param>
    /// <param name="expectedSeconds">About how long it takes.</param>
    /// <param name="extract">What is kept of the run; its status, gradient and objective are kept in any case.</param>
    /// <param name="kind">What <paramref name="extract"/> keeps, in a word that changes with it.</param>
    public static ExperimentCell Training(string key, RunConfiguration configuration, double expectedSeconds, Func<TrainingRunResult, CellResult> extract, string kind)
    {
        RunConfiguration single = configuration with { Threads = 1 };
        return new ExperimentCell(key, SettingsOf(kind, single), expectedSeconds, cancellation =>
        {
            TrainingRunResult result = TrainingRun.Start(single, path: null, options: null, cancellation);
            if (result.Run.Summary.Status == TrainingStatus.Cancelled) throw new OperationCanceledException(cancellation);
            return extract(result).WithSummary(result.Run.Summary);
        });
    }

    /// <summary>A cell that follows from what a trial of a sweep keeps, so that any engine may train it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="trial">The training, and what follows from it; one thread is used.</param>
    /// <param name="expectedSeconds">About how long it takes.</param>
    /// <param name="kind">What the trial's extraction keeps, in a word that changes with it.</param>
    public static ExperimentCell OfTrial(string key, CellTrial trial, double expectedSeconds, string kind)
    {
        ArgumentNullException.ThrowIfNull(trial);
        CellTrial single = trial with { Configuration = trial.Configuration with { Threads = 1 } };
        return Training(key, single.Configuration, expectedSeconds, result => single.Extract(result.Run.Summary, result.Run.Metrics), kind) with { Trial = single };
    }

    /// <summary>A digest of key, settings and the versions of program and results.</summary>
    public string Fingerprint =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{TrainingRun.ProgramVersion}\nresults-{TrainingRun.ResultVersion}\n{Key}\n{Settings}")))[..32];

    /// <summary>What a training's result depends on; a setting that is off does not count, so that one that a later version adds changes nothing.</summary>
    /// <param name="kind">What is kept of it.</param>
    /// <param name="configuration">Its settings.</param>
    internal static string SettingsOf(string kind, RunConfiguration configuration) => $"{kind}\n{TrialIdentity.Of(TrialIdentity.Resolve(configuration))}";
}

/// <summary>A training that any engine of sweeps can make, and the cell that follows from it.</summary>
/// <param name="Configuration">The training's settings.</param>
/// <param name="NeedsMetrics">Whether what was recorded on the way is needed, beside the final state.</param>
/// <param name="Extract">What is kept, from the final state and what was recorded; status, gradient and objective are kept in any case.</param>
public sealed record CellTrial(RunConfiguration Configuration, bool NeedsMetrics, Func<RunSummary, IReadOnlyList<MetricRecord>, CellResult> Extract);
