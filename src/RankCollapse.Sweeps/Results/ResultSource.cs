using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Results;

/// <summary>One run that can be asked for its results: a run folder, or a trial of a sweep, which may have none yet.</summary>
public sealed record ResultSource
{
    /// <summary>The state of a run whose training has ended.</summary>
    public const string Done = "done";

    /// <summary>The state of a run folder in which training has not ended.</summary>
    public const string Unfinished = "unfinished";

    /// <summary>The state of a run whose files cannot be read.</summary>
    public const string Damaged = "damaged";

    /// <summary>What the run is called in every table: its folder's path, as it was given.</summary>
    public required string Run { get; init; }

    /// <summary>The folder with its files; null for a trial that has none yet.</summary>
    public string? Folder { get; init; }

    /// <summary>The path of the sweep's folder; null for a run of its own.</summary>
    public string? Sweep { get; init; }

    /// <summary>The trial in its sweep; null for a run of its own.</summary>
    public Trial? Trial { get; init; }

    /// <summary>The trial's state; null takes it from the folder: <see cref="Done"/> or <see cref="Unfinished"/>.</summary>
    public string? State { get; init; }

    /// <summary>Why a trial failed; null where it did not.</summary>
    public string? Reason { get; init; }
}
