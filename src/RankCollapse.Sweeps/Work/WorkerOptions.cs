using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Work;

/// <summary>How a worker works.</summary>
public sealed record WorkerOptions
{
    /// <summary>Its name, unique for ever; null makes one of host, process and chance.</summary>
    public string? Name { get; init; }

    /// <summary>Where in the list of pending trials it begins, from 0 to 1, so that workers seldom want the same.</summary>
    public double Share { get; init; }

    /// <summary>Whether it ends when nothing is pending, even if others still have trials that might come back.</summary>
    public bool LeavesEarly { get; init; }

    /// <summary>The seconds that a worker usually waits for space on a full disk.</summary>
    public const double UsualPatienceSeconds = 600;

    /// <summary>The seconds that it waits for space on a full disk.</summary>
    public double PatienceSeconds { get; init; } = UsualPatienceSeconds;

    /// <summary>The task of a cluster that it runs in, for its heartbeat; null where there is none.</summary>
    public string? Task { get; init; }

    /// <summary>The recordings that the plan may ask for.</summary>
    public IReadOnlyList<TrialRecording> Recordings { get; init; } = [];

    /// <summary>Called after each attempt, on the worker's thread.</summary>
    public Action? Ended { get; init; }

    /// <summary>Called with a sentence about what is odd.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Makes an attempt at a trial; null trains it.</summary>
    internal Func<Trial, TrainingRunOptions, CancellationToken, AttemptOutcome>? Attempt { get; init; }

    /// <summary>Ends the process when a trial cannot be stopped; null kills it.</summary>
    internal Action? Die { get; init; }
}
