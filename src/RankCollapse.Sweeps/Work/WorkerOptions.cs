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

    /// <summary>The seconds that it waits for space on a full disk.</summary>
    public double PatienceSeconds { get; init; } = 600;

    /// <summary>Called with a sentence about what is odd.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Makes an attempt at a trial; null trains it.</summary>
    internal Func<Trial, TrainingRunOptions, CancellationToken, AttemptOutcome>? Attempt { get; init; }

    /// <summary>Ends the process when a trial cannot be stopped; null kills it.</summary>
    internal Action? Die { get; init; }
}
