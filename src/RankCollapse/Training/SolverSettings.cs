namespace RankCollapse.Training;

/// <summary>What a training says about its solver; a solver reads what concerns it.</summary>
public sealed record SolverSettings
{
    /// <summary>The solver's line of the table.</summary>
    public required SolverEntry Entry { get; init; }

    /// <summary>η &gt; 0; null takes the solver's default.</summary>
    public double? LearningRate { get; init; }

    /// <summary>How the learning rate changes.</summary>
    public RateSchedule Schedule { get; init; } = RateSchedule.Cosine;

    /// <summary>Momentum, 0 ≤ m &lt; 1.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>The number of epochs planned, over which a schedule runs.</summary>
    public long MaxEpochs { get; init; } = 20_000;

    /// <summary>How the objective's terms are scaled, which a default learning rate may depend on.</summary>
    public Convention Convention { get; init; } = Convention.Sum;

    /// <summary>The learning rate in force; null where none is given and the solver has none.</summary>
    public double? EffectiveLearningRate => LearningRate ?? Entry.DefaultLearningRate?.Invoke(Convention);

    /// <summary>Whether the learning rate of an epoch depends on the number of epochs planned, so that a run cannot be made longer afterwards.</summary>
    public bool DependsOnMaxEpochs => Schedule == RateSchedule.Cosine && Entry.DefaultLearningRate is not null;

    /// <summary>Makes the solver.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="network">The start; it is changed in place.</param>
    /// <exception cref="InvalidInputException">A setting lies outside its range.</exception>
    public Solver CreateSolver(Objective objective, Networks.Network network) => Entry.Create(this, objective, network);

    /// <summary>The learning rate with its schedule.</summary>
    public LearningRate ToLearningRate() => new(
        EffectiveLearningRate ?? throw new InvalidInputException($"The solver {Entry.Name} needs a learning-rate.") { Settings = ["learning-rate"] },
        Schedule,
        MaxEpochs);
}
