namespace RankCollapse.Training;

/// <summary>The table of how trainings end: the name in files, the words for people, and what to do.</summary>
public static class TrainingStatuses
{
    private static readonly Registry<Entry> Table = new(
        "status",
        entry => entry.Name,
        new Entry(TrainingStatus.Converged, "converged", "converged", null),
        new Entry(TrainingStatus.Stalled, "stalled", "stalled", new Advice("Accept a larger gradient-tolerance, or start from another seed.", "gradient-tolerance", "seed")),
        new Entry(TrainingStatus.NoMinimum, "no-minimum", "found no minimum", new Advice("Set lambda and delta above 0.", "lambda", "delta")),
        new Entry(TrainingStatus.MaxEpochs, "max-epochs", "used up its epochs", new Advice("Raise max-epochs.", "max-epochs")),
        new Entry(TrainingStatus.TimeLimit, "time-limit", "used up its time", new Advice("Raise max-seconds, or go on with resume.", "max-seconds", "resume")),
        new Entry(TrainingStatus.Cancelled, "cancelled", "was stopped", new Advice("Go on with resume.", "resume")),
        new Entry(TrainingStatus.Diverged, "diverged", "diverged", new Advice("Use a smaller learning-rate, or a solver that cannot diverge.", "learning-rate")));

    /// <summary>The name in files, such as <c>max-epochs</c>.</summary>
    public static string NameOf(this TrainingStatus status) => Of(status).Name;

    /// <summary>What a training with this status did, in words: <c>used up its epochs</c>.</summary>
    public static string InWords(this TrainingStatus status) => Of(status).Words;

    /// <summary>What may help, whatever the problem; null for a training that converged.</summary>
    public static Advice? AdviceOf(this TrainingStatus status) => Of(status).Advice;

    /// <summary>The status of a name in files.</summary>
    /// <exception cref="InvalidInputException">There is none; near names are listed.</exception>
    public static TrainingStatus Parse(string name) => Table.Parse(name).Status;

    private static Entry Of(TrainingStatus status) => Table[(int)status];

    private sealed record Entry(TrainingStatus Status, string Name, string Words, Advice? Advice);
}
