using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Engines.Slurm;

/// <summary>Who wants to hear of a sweep on Slurm.</summary>
public sealed record SlurmEngineOptions
{
    /// <summary>Called now and then with the state of all trials.</summary>
    public Action<SweepStatus>? Progress { get; init; }

    /// <summary>Called with a sentence about what is odd.</summary>
    public Action<string>? Warning { get; init; }
}
