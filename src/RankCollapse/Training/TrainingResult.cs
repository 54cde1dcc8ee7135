namespace RankCollapse.Training;

/// <summary>How training ended.</summary>
/// <param name="Status">Why it stopped.</param>
/// <param name="Final">The last state; after divergence, the last good one.</param>
/// <param name="Advice">What was missing and what to do about it, in one line; null when it was.</param>
public sealed record TrainingResult(TrainingStatus Status, TrainingState Final, Advice? Advice);
