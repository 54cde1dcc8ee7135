namespace RankCollapse.Training;

/// <summary>When training stops and what it tells on the way.</summary>
public sealed record TrainingOptions
{
    /// <summary>The most epochs (solver iterations).</summary>
    public long MaxEpochs { get; init; } = 20_000;

    /// <summary>The most seconds; null for no limit.</summary>
    public double? MaxSeconds { get; init; }

    /// <summary>Stop at this relative gradient norm.</summary>
    public double GradientTolerance { get; init; } = 1e-6;

    /// <summary>
    /// Asked where the gradient's tolerance holds, with the solver at the current point: what is missing there, in a clause; null lets training stop.
    /// Null asks for nothing more.
    /// </summary>
    public Func<Solver, string?>? Missing { get; init; }

    /// <summary>Asked where training would end as converged or stalled: why there is no minimum near by; null where there may be one.</summary>
    public Func<Solver, Advice?>? NoMinimum { get; init; }

    /// <summary>What to say where training runs out of epochs or time and there is no minimum to go on to; null where there may be one.</summary>
    public Advice? Unattainable { get; init; }

    /// <summary>The name of a solver to advise where this one does not get there; null advises none.</summary>
    public string? Alternative { get; init; }

    /// <summary>Record every so many epochs, and at the first and last one.</summary>
    public long RecordEvery { get; init; } = 100;

    /// <summary>Record also at the epochs 1, 2, 5, 10, 20, 50, … below <see cref="RecordEvery"/>, where most changes.</summary>
    public bool RecordsEarly { get; init; }

    /// <summary>
    /// Whether records hold the gradient of all samples also where mini-batches train on so many that they are evaluated in parts: it costs there as much as
    /// an epoch, the value a third of one.
    /// </summary>
    public bool RecordsGradient { get; init; } = true;

    /// <summary>Checkpoint every so many seconds.</summary>
    public double CheckpointSeconds { get; init; } = 30;

    /// <summary>Whether an epoch is one that is recorded whether or not training ends there.</summary>
    public bool IsRecorded(long epoch) => epoch % RecordEvery == 0 || (RecordsEarly && epoch < RecordEvery && IsRound(epoch));

    /// <summary>Whether a number is 1, 2 or 5 times a power of ten.</summary>
    private static bool IsRound(long number)
    {
        while (number >= 10 && number % 10 == 0) number /= 10;
        return number is 1 or 2 or 5;
    }
}
