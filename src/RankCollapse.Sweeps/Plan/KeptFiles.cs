namespace RankCollapse.Sweeps.Plan;

/// <summary>How much of a trial is kept in its result folder.</summary>
public enum KeptFiles
{
    /// <summary>Settings and final state.</summary>
    Summary,

    /// <summary>Settings, final state, and what was recorded on the way.</summary>
    Metrics,

    /// <summary>A whole run folder, with data and weights, for <c>measure</c>, <c>certify</c> and <c>report</c>.</summary>
    Run,
}
