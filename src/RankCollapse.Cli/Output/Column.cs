namespace RankCollapse.Cli.Output;

/// <summary>A column of a table in the terminal.</summary>
/// <param name="Heading">What stands above it.</param>
/// <param name="Priority">Where the terminal is too narrow the column with the largest number goes first, of equal ones the last; 0 stays.</param>
internal sealed record Column(string Heading, int Priority = 0)
{
    /// <summary>Whether it is text, aligned to the left; the first column always is.</summary>
    public bool IsText { get; init; }

    /// <summary>A column that stays.</summary>
    public static implicit operator Column(string heading) => new(heading);
}
