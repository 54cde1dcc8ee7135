using RankCollapse.Data;
using RankCollapse.Networks;

namespace RankCollapse.Runs;

/// <summary>A finished run, read back from its folder.</summary>
public sealed record Run
{
    /// <summary>Every setting.</summary>
    public required RunConfiguration Configuration { get; init; }

    /// <summary>The data that it was trained on.</summary>
    public required DataSet DataSet { get; init; }

    /// <summary>The network before training.</summary>
    public required Network Initial { get; init; }

    /// <summary>The trained network.</summary>
    public required Network Trained { get; init; }

    /// <summary>What was recorded during training, by epoch, layer and metric.</summary>
    public required IReadOnlyList<MetricRecord> Metrics { get; init; }

    /// <summary>The final state.</summary>
    public required RunSummary Summary { get; init; }
}
