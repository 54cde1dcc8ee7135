namespace RankCollapse.Training.SecondOrder;

/// <summary>A part of a Newton iteration: it finds out whether it is its turn, and moves the current point where that helps.</summary>
internal interface INewtonPhase
{
    /// <summary>Does its part.</summary>
    /// <param name="iterate">Where the method stands.</param>
    /// <returns>What the iteration came to; null where the next phase goes on.</returns>
    StepOutcome? Take(NewtonIterate iterate);
}
