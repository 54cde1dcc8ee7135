using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>A solver's line in the table of solvers: how it is made, and all that others need to know of it.</summary>
public sealed record SolverEntry
{
    /// <summary>The name in files and options.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a phrase, for help.</summary>
    public required string Meaning { get; init; }

    /// <summary>Makes the solver for an objective, from a start that it changes in place.</summary>
    public required Func<SolverSettings, Objective, Network, Solver> Create { get; init; }

    /// <summary>The settings that concern this solver beyond those of every solver: <c>learning-rate</c>, <c>schedule</c>, <c>momentum</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The learning rate when none is given; null for solvers that have none.</summary>
    public Func<Convention, double>? DefaultLearningRate { get; init; }

    /// <summary>About how many gradients an epoch costs.</summary>
    public double GradientsPerEpoch { get; init; } = 1;

    /// <summary>
    /// About how many epochs it takes on the problems of the README, for solvers that mostly converge before their last epoch;
    /// null for those that mostly use up all.
    /// </summary>
    public long? TypicalEpochs { get; init; }

    /// <summary>Whether every epoch is recorded when nothing is said; others are recorded about a hundred times.</summary>
    public bool RecordsEveryEpoch { get; init; }

    /// <summary>How many vectors of the parameters' length its checkpoint holds, the parameters included.</summary>
    public required int VectorsPerCheckpoint { get; init; }

    /// <summary>What else to try where it does not get there: the name of another solver; null for none.</summary>
    public string? Alternative { get; init; }

    /// <summary>The numbers that it keeps in memory beside vectors of the parameters' length, for a shape and N samples; null for none to speak of.</summary>
    internal Func<NetworkSpecification, int, double>? Workspace { get; init; }

    /// <summary>Whether it ends when it converges, long before its last epoch.</summary>
    public bool EndsByConvergence => TypicalEpochs is not null;
}
