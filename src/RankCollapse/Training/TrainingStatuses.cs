namespace RankCollapse.Training;

/// <summary>The table of how trainings end: the words for people, and what to do; names in files are those of <see cref="EnumNames"/>.</summary>
public static class TrainingStatuses
{
    private static readonly (TrainingStatus Status, string Words, Advice? Advice)[] Table =
    [
        (TrainingStatus.Converged, "converged", null),
        (TrainingStatus.Stalled, "stalled", new Advice("Accept a larger gradient-tolerance, or start from another seed.", "gradient-tolerance", "seed")),
        (TrainingStatus.NoMinimum, "found no minimum", new Advice("Set lambda and delta above 0.", "lambda", "delta")),
        (TrainingStatus.MaxEpochs, "used up its epochs", new Advice("Raise max-epochs.", "max-epochs")),
        (TrainingStatus.TimeLimit, "used up its time", new Advice("Raise max-seconds, or go on from there (resume).", "max-seconds", "resume")),
        (TrainingStatus.Cancelled, "was stopped", new Advice("Go on from there (resume).", "resume")),
        (TrainingStatus.Diverged, "diverged", new Advice("Use a smaller learning-rate, or a solver that cannot diverge.", "learning-rate")),
    ];

    /// <summary>What a training with this status did, in words: <c>used up its epochs</c>.</summary>
    public static string InWords(this TrainingStatus status) => Table.Single(entry => entry.Status == status).Words;

    /// <summary>What may help, whatever the problem; null for a training that converged.</summary>
    public static Advice? AdviceOf(this TrainingStatus status) => Table.Single(entry => entry.Status == status).Advice;
}
