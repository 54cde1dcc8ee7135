namespace RankCollapse.Training.SecondOrder;

/// <summary>What the Newton method does in its iterations; each stage is entered once.</summary>
internal enum NewtonStage
{
    /// <summary>Chord steps, while they halve the objective.</summary>
    Chords,

    /// <summary>Trust-region steps with the Gauss–Newton matrix.</summary>
    GaussNewton,

    /// <summary>Trust-region steps with the Hessian, after normal steps.</summary>
    Newton,
}
