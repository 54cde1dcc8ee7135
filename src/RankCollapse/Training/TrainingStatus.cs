namespace RankCollapse.Training;

/// <summary>How a training ended.</summary>
public enum TrainingStatus
{
    /// <summary>The relative gradient norm reached the tolerance, and what was asked besides holds.</summary>
    Converged,

    /// <summary>No step lowers the objective any more, to rounding, above the tolerance or short of what was asked besides.</summary>
    Stalled,

    /// <summary>There is no stationary point to reach: the objective falls for ever as the weights grow.</summary>
    NoMinimum,

    /// <summary>The number of epochs was used up.</summary>
    MaxEpochs,

    /// <summary>The time was used up.</summary>
    TimeLimit,

    /// <summary>The user stopped it.</summary>
    Cancelled,

    /// <summary>A value became infinite or not a number; the last good state is what was saved.</summary>
    Diverged,
}
