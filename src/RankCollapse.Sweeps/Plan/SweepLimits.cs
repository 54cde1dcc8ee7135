namespace RankCollapse.Sweeps.Plan;

/// <summary>How trials are run and what is kept of them; part of the plan, not of a trial's identity.</summary>
public sealed record SweepLimits
{
    /// <summary>The most attempts at a trial, at least 1.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>The seconds after which a trial is stopped and counts as failed; null for no limit.</summary>
    public double? TrialSeconds { get; init; }

    /// <summary>The seconds without a heartbeat after which a worker counts as dead.</summary>
    public double LeaseSeconds { get; init; } = 60;

    /// <summary>What a result folder holds.</summary>
    public KeptFiles Keep { get; init; } = KeptFiles.Metrics;

    /// <summary>The name of what is kept of trials beside that, for a program that knows how; null for nothing.</summary>
    public string? Recording { get; init; }
}
