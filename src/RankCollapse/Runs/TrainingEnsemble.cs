using System.Diagnostics;
using RankCollapse.Formats;

namespace RankCollapse.Runs;

/// <summary>Trains the same settings from many seeds: one thread a member, all cores busy, one run folder each and a summary over all.</summary>
public static class TrainingEnsemble
{
    /// <summary>The file of the summary in the ensemble's folder.</summary>
    public const string SummaryFile = "ensemble.json";

    /// <summary>The largest number of members, to catch mistyped ranges.</summary>
    private const long MostMembers = 1_000_000;

    /// <summary>Trains all members; one that fails is reported and does not stop the others.</summary>
    /// <param name="configuration">The settings; <see cref="RunConfiguration.Seed"/> and <see cref="RunConfiguration.Threads"/> are set for each member.</param>
    /// <param name="firstSeed">The first seed.</param>
    /// <param name="lastSeed">The last seed, included.</param>
    /// <param name="path">The ensemble's folder; member s is trained in <c>seed-s</c> below it.</param>
    /// <param name="options">What is asked beyond the settings.</param>
    /// <param name="cancellation">Stops all members after their epoch at hand; they can be resumed.</param>
    /// <exception cref="InvalidInputException">Settings, seeds or folder cannot be used; nothing was written then.</exception>
    public static EnsembleSummary Start(RunConfiguration configuration, long firstSeed, long lastSeed, string path, EnsembleOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new EnsembleOptions();
        if (lastSeed < firstSeed || lastSeed - firstSeed >= MostMembers)
            throw new InvalidInputException($"The seeds are {firstSeed}..{lastSeed}; the last must not be below the first, and at most {MostMembers} are trained at once.");
        configuration.Validate();
        string summaryPath = Path.Combine(path, SummaryFile);
        if (!options.Resume && !options.Force && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            string problem = $"The folder {path} is not empty; choose another one (out), go on with its members (resume) or replace them (force).";
            throw new InvalidInputException(problem) { Settings = ["out", "resume", "force"] };
        }

        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"The folder {path} cannot be made: {e.Message}; choose another one (out).", e) { Settings = ["out"] };
        }

        int count = (int)(lastSeed - firstSeed + 1), workers = Math.Min(count, configuration.Threads ?? Environment.ProcessorCount);
        var members = new EnsembleMember[count];
        var summaries = new RunSummary?[count];
        var watch = Stopwatch.StartNew();
        int done = 0;
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = workers }, i =>
        {
            long seed = firstSeed + i;
            string folder = $"seed-{seed}";
            (members[i], summaries[i]) = Train(configuration with { Seed = seed, Threads = 1 }, folder, Path.Combine(path, folder), options, cancellation);
            int number = Interlocked.Increment(ref done);
            if (options.Finished is { } finished)
            {
                lock (members) finished(members[i], number, count);
            }
        });
        EnsembleSummary summary = EnsembleSummary.Of(configuration with { Version = TrainingRun.ProgramVersion }, watch.Elapsed.TotalSeconds, members, [.. summaries.OfType<RunSummary>()]);
        AtomicFile.Write(summaryPath, stream => stream.Write(summary.ToJson()));
        return summary;
    }

    private static (EnsembleMember Member, RunSummary? Summary) Train(RunConfiguration configuration, string folder, string path, EnsembleOptions options, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return (new EnsembleMember(configuration.Seed, folder, null, null, null, null, null, "Stopped on request before it began."), null);
        try
        {
            var memberOptions = new TrainingRunOptions { Force = options.Force };
            bool exists = options.Resume && Directory.Exists(path);
            RunSummary summary = (exists
                ? TrainingRun.Resume(path, null, memberOptions, cancellation)
                : TrainingRun.Start(configuration, path, memberOptions, cancellation)).Run.Summary;
            return (new EnsembleMember(configuration.Seed, folder, summary.Status, summary.Objective, summary.RelativeGradientNorm, summary.Epochs, summary.Seconds, null), summary);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A member must not take the others with it, whatever befell it.
            return (new EnsembleMember(configuration.Seed, folder, null, null, null, null, null, e.Message), null);
        }
    }
}

/// <summary>What a caller may ask of an ensemble, and wants to hear from it.</summary>
public sealed record EnsembleOptions
{
    /// <summary>Replaces earlier members in the folder.</summary>
    public bool Force { get; init; }

    /// <summary>Goes on with members that were interrupted, and keeps those that ended.</summary>
    public bool Resume { get; init; }

    /// <summary>Called when a member has ended: the member, how many have ended, how many there are; never by two threads at once.</summary>
    public Action<EnsembleMember, int, int>? Finished { get; init; }
}
