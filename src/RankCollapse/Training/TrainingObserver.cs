namespace RankCollapse.Training;

/// <summary>What the trainer tells its caller; all may be left out.</summary>
public sealed record TrainingObserver
{
    /// <summary>Called with every state to record; the solver's objective holds the features of that state.</summary>
    public Action<TrainingState>? Record { get; init; }

    /// <summary>Called after every epoch; must be quick.</summary>
    public Action<TrainingState>? Progress { get; init; }

    /// <summary>Called before the first epoch and after every one; training waits for it, and that time does not count as training's.</summary>
    public Action<TrainingState>? Watch { get; init; }

    /// <summary>Called when a checkpoint is due.</summary>
    public Action<Trainer>? Checkpoint { get; init; }
}
