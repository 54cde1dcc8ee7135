using System.Security.Cryptography;
using System.Text;
using RankCollapse.Runs;

namespace RankCollapse.Experiments;

/// <summary>One independent piece of an experiment's work, such as a training; runs on one thread.</summary>
/// <param name="Key">Its name within the experiment, fit for a file: letters, digits, dots, minus and underscore.</param>
/// <param name="Settings">Everything that its result depends on, as text; results of other settings are never mixed in.</param>
/// <param name="ExpectedSeconds">About how long it takes on one core, for the order of work and the time left.</param>
/// <param name="Run">Computes the result; equal settings give equal results. Throws <see cref="OperationCanceledException"/> when it was stopped.</param>
public sealed record ExperimentCell(string Key, string Settings, double ExpectedSeconds, Func<CancellationToken, CellResult> Run)
{
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
            if (result.Run.Summary.Status == RunStatus.Cancelled) throw new OperationCanceledException(cancellation);
            return extract(result).WithSummary(result.Run.Summary);
        });
    }

    /// <summary>A cell that trains one network on one thread in its own way, such as one that keeps what happens on the way.</summary>
    /// <param name="key">The key.</param>
    /// <param name="configuration">The training's settings.</param>
    /// <param name="expectedSeconds">About how long it takes.</param>
    /// <param name="kind">What <paramref name="train"/> does and keeps, in a word that changes with it.</param>
    /// <param name="train">Trains with the settings, for one thread, that it is given.</param>
    public static ExperimentCell Watched(string key, RunConfiguration configuration, double expectedSeconds, string kind, Func<RunConfiguration, CancellationToken, CellResult> train)
    {
        RunConfiguration single = configuration with { Threads = 1 };
        return new ExperimentCell(key, SettingsOf(kind, single), expectedSeconds, cancellation => train(single, cancellation));
    }

    /// <summary>A digest of key, settings and the versions of program and results.</summary>
    public string Fingerprint =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{TrainingRun.ProgramVersion}\nresults-{TrainingRun.ResultVersion}\n{Key}\n{Settings}")))[..32];

    private static string SettingsOf(string kind, RunConfiguration configuration) => $"{kind}\n{Encoding.UTF8.GetString(configuration.ToJson())}";
}
