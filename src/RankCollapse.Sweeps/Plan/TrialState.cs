namespace RankCollapse.Sweeps.Plan;

/// <summary>Where a trial stands in its life.</summary>
public enum TrialState
{
    /// <summary>Not begun, or to be begun again.</summary>
    Pending,

    /// <summary>A worker has it.</summary>
    Leased,

    /// <summary>Its result is stored.</summary>
    Done,

    /// <summary>Every attempt failed; each has its reason.</summary>
    Failed,

    /// <summary>Not begun, in a sweep that was cancelled.</summary>
    Cancelled,
}
