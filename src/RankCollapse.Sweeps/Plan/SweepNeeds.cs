namespace RankCollapse.Sweeps.Plan;

/// <summary>What the trials of a plan need.</summary>
public sealed record SweepNeeds
{
    /// <summary>A rough estimate of all trials' seconds on one core, from the sizes of products; the epochs of second-order solvers are guessed.</summary>
    public double SecondsOnOneCore { get; init; }

    /// <summary>The bytes that the largest trial needs.</summary>
    public double LargestBytes { get; init; }

    /// <summary>The most threads that a trial asks for.</summary>
    public int MostThreads { get; init; } = 1;
}
