namespace RankCollapse.Theory.StationaryPoints;

/// <summary>What kind of point of an objective a network is, by the curvature there.</summary>
public enum StationaryPointKind
{
    /// <summary>Stationary; J curves upwards in every direction but those along which it cannot change.</summary>
    Minimum,

    /// <summary>J curves downwards in some direction: not a minimum.</summary>
    Saddle,

    /// <summary>Stationary and nowhere curved downwards, but flat, to what is resolved, in directions that no symmetry explains.</summary>
    Degenerate,

    /// <summary>The gradient is too large for a stationary point, and J curves downwards in no direction that was found.</summary>
    NotStationary,

    /// <summary>Preactivations lie at a kink of the activation, where J has no Hessian.</summary>
    NotDifferentiable,

    /// <summary>The least eigenvalue was not found to the accuracy that a verdict takes.</summary>
    Undecided,
}
