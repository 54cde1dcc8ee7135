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

    /// <summary>Whether the momentum is Nesterov's.</summary>
    public bool Nesterov { get; init; }

    /// <summary>B, the samples of a mini-batch; null takes all in every step.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Whether the N mod B samples that are left at the end of an epoch are not used in it.</summary>
    public bool DropLast { get; init; }

    /// <summary>The precision that first-order solvers train in; all that is measured is measured in double precision.</summary>
    public Precision Precision { get; init; }

    /// <summary>The seed of the samples' order in every epoch.</summary>
    public long Seed { get; init; }

    /// <summary>Epochs over which the learning rate rises from 0.</summary>
    public long WarmupEpochs { get; init; }

    /// <summary>The epochs at which the schedule <see cref="RateSchedule.Step"/> multiplies the rate by γ.</summary>
    public IReadOnlyList<int>? Milestones { get; init; }

    /// <summary>γ of the schedule <see cref="RateSchedule.Step"/>.</summary>
    public double Gamma { get; init; } = 0.1;

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

    /// <summary>Whether an objective of so many samples is evaluated in parts: mini-batches train, and features of all samples would fill the memory.</summary>
    /// <param name="samples">N.</param>
    internal bool IsInParts(int samples) => BatchSize is not null && samples > SampleParts.MostAtOnce;

    /// <summary>Makes the solver with the objective that it minimises.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="data">The data.</param>
    /// <param name="objective">Loss and penalties.</param>
    /// <param name="network">The start; it is changed in place.</param>
    /// <exception cref="InvalidInputException">A setting lies outside its range.</exception>
    internal Solver CreateSolver(Networks.NetworkSpecification specification, Data.DataSet data, ObjectiveSettings objective, Networks.Network network) =>
        CreateSolver(new Objective(specification, data, objective, keepsCurvature: false, isInParts: IsInParts(data.SampleCount)), network);

    /// <summary>The learning rate with its schedule.</summary>
    public LearningRate ToLearningRate() => new(
        EffectiveLearningRate ?? throw new InvalidInputException($"The solver {Entry.Name} needs a learning-rate.") { Settings = ["learning-rate"] },
        Schedule,
        MaxEpochs)
    {
        WarmupEpochs = WarmupEpochs,
        Milestones = Milestones ?? [],
        Gamma = Gamma,
    };

    /// <summary>The mini-batches of an objective; null where every step takes all samples.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="decaysApart">Whether the solver decays weights apart from the gradient, which needs one without their penalty.</param>
    /// <exception cref="InvalidInputException">There are fewer samples than a batch takes.</exception>
    internal MiniBatches? ToBatches(Objective objective, bool decaysApart) =>
        Precision == Precision.Single ? new SingleBatches(objective, BatchSize ?? objective.Data.SampleCount, DropLast, decaysApart, Seed)
        : BatchSize is null && !decaysApart ? null
        : new SampleBatches(objective, BatchSize ?? objective.Data.SampleCount, DropLast, decaysApart, Seed);
}
