using RankCollapse.Reporting.Panels;

namespace RankCollapse.Experiments;

/// <summary>What an experiment came to, before it is written.</summary>
public sealed record ExperimentOutcome
{
    /// <summary>The data by file name without extension.</summary>
    public required IReadOnlyDictionary<string, DataTable> Tables { get; init; }

    /// <summary>The paper's claims, judged.</summary>
    public required IReadOnlyList<ClaimVerdict> Verdicts { get; init; }

    /// <summary>The figures, for files and for the page.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>What was learnt that the paper does not say, a sentence each, with numbers from this run.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
