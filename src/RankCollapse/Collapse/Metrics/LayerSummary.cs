namespace RankCollapse.Collapse.Metrics;

/// <summary>The final state of one layer.</summary>
public sealed record LayerSummary
{
    /// <summary>l, from 1.</summary>
    public required int Layer { get; init; }

    /// <summary>Upper end of the interval for TCV_{K,l} (7).</summary>
    public double? TcvUpper { get; init; }

    /// <summary>Lower end of the interval for TCV_{K,l} (7).</summary>
    public double? TcvLower { get; init; }

    /// <summary>WCSS_l (6) of the partition into classes.</summary>
    public double? WcssOfClasses { get; init; }

    /// <summary>s_i(W_l), descending.</summary>
    public required IReadOnlyList<double> WeightSingularValues { get; init; }

    /// <summary>s_i(Z^l), descending.</summary>
    public required IReadOnlyList<double> FeatureSingularValues { get; init; }

    /// <summary>s_i(σ_{l+1}^{-1}(Z^{l+1})), Theorem 4.2's prediction for Z^l with C = 1; null for l = L or where the inverse does not exist.</summary>
    public IReadOnlyList<double>? PredictedFeatureSingularValues { get; init; }

    /// <summary>Numerical rank of W_l, relative to its largest singular value at 1e−5.</summary>
    public required int WeightNumericalRank { get; init; }

    /// <summary>Numerical rank of Z^l, relative to its largest singular value at 1e−5.</summary>
    public required int FeatureNumericalRank { get; init; }

    /// <summary>Σ_{j>K} s_j² / Σ s_j² of W_l; null where K is unknown or W_l = 0.</summary>
    public double? WeightTailEnergy { get; init; }

    /// <summary>‖W_l‖_F.</summary>
    public required double WeightNorm { get; init; }
}
