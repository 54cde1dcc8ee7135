using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Rendering;

namespace RankCollapse.Experiments;

/// <summary>What an experiment came to, before it is written.</summary>
public sealed record ExperimentOutcome
{
    /// <summary>The data by file name without extension.</summary>
    public required IReadOnlyDictionary<string, DataTable> Tables { get; init; }

    /// <summary>The paper's claims, judged.</summary>
    public required IReadOnlyList<ClaimVerdict> Verdicts { get; init; }

    /// <summary>The same data for interactive charts.</summary>
    public IReadOnlyList<FigureChart> Charts { get; init; } = [];

    /// <summary>What was learnt that the paper does not say, a sentence each, with numbers from this run.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The pictures by file name without extension.</summary>
    internal IReadOnlyDictionary<string, FigureDrawing> Drawings { get; init; } = new Dictionary<string, FigureDrawing>();
}
