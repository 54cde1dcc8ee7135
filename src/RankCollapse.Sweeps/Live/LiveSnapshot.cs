using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Live;

/// <summary>What a live view shows at one moment.</summary>
public sealed record LiveSnapshot
{
    /// <summary>Grows with every change.</summary>
    public required long Version { get; init; }

    /// <summary>The settings in which trials differ.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The trials, each once, in order.</summary>
    public required IReadOnlyList<LiveTrial> Trials { get; init; }

    /// <summary>How many trials there are in each state that occurs.</summary>
    public required IReadOnlyDictionary<string, int> Counts { get; init; }

    /// <summary>What workers train at the moment, by their names.</summary>
    public required IReadOnlyList<WorkerHeartbeat> Training { get; init; }

    /// <summary>Trials that ended in each minute, as seen by this view; null until it has seen for some seconds.</summary>
    public double? TrialsPerMinute { get; init; }

    /// <summary>Why the last look failed; null where it did not.</summary>
    public string? Problem { get; init; }

    /// <summary>Why no worker is at work, as far as is known; null where one is.</summary>
    public string? Idle { get; init; }

    /// <summary>Trials that need no more work.</summary>
    public int Ended => Of("done") + Of("failed") + Of("damaged");

    /// <summary>Trials that wait or train.</summary>
    public int Left => Of("pending") + Of("leased");

    /// <summary>About how many seconds are left at this pace; null where it cannot be told.</summary>
    public double? SecondsLeft => Left > 0 && TrialsPerMinute is > 0 and var pace ? 60 * Left / pace : null;

    /// <summary>How many trials are in a state.</summary>
    public int Of(string state) => Counts.GetValueOrDefault(state);

    /// <summary>The trial of an identity; null where there is none.</summary>
    public LiveTrial? Find(string id) => ById.Value.GetValueOrDefault(id);

    private Lazy<Dictionary<string, LiveTrial>> ById => field ??= new(() => Trials.ToDictionary(trial => trial.Id));
}
