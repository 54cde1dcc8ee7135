namespace RankCollapse.Collapse.Metrics;

/// <summary>The final state of one layer.</summary>
public sealed record LayerSummary : MetricNumbers
{
    /// <summary>The name of <see cref="PredictedFeatureSingularValues"/> in files and reasons.</summary>
    public const string PredictionField = "predictedFeatureSingularValues";

    /// <summary>l, from 1.</summary>
    public required int Layer { get; init; }

    /// <summary>Upper end of the interval for TCV_{K,l} (7).</summary>
    public double? TcvUpper { get => Number(CollapseMetrics.TcvUpper); init => Numbers = With(CollapseMetrics.TcvUpper, value); }

    /// <summary>Lower end of the interval for TCV_{K,l} (7).</summary>
    public double? TcvLower { get => Number(CollapseMetrics.TcvLower); init => Numbers = With(CollapseMetrics.TcvLower, value); }

    /// <summary>WCSS_l (6) of the partition into classes.</summary>
    public double? WcssOfClasses { get => Number(CollapseMetrics.WcssOfClasses); init => Numbers = With(CollapseMetrics.WcssOfClasses, value); }

    /// <summary>s_i(W_l), descending; empty where nothing could be measured.</summary>
    public required IReadOnlyList<double> WeightSingularValues { get; init; }

    /// <summary>s_i(Z^l), descending; empty where nothing could be measured.</summary>
    public required IReadOnlyList<double> FeatureSingularValues { get; init; }

    /// <summary>s_i(σ_{l+1}^{-1}(Z^{l+1})), Theorem 4.2's prediction for Z^l with C = 1; null for l = L or where the inverse does not exist.</summary>
    public IReadOnlyList<double>? PredictedFeatureSingularValues { get; init; }

    /// <summary>Numerical rank of W_l, relative to its largest singular value at 1e−5; 0 where nothing could be measured.</summary>
    public int WeightNumericalRank
    {
        get => (int)(Number(RankMetrics.WeightNumericalRank) ?? 0);
        init => Numbers = With(RankMetrics.WeightNumericalRank, value);
    }

    /// <summary>Numerical rank of Z^l, relative to its largest singular value at 1e−5; 0 where nothing could be measured.</summary>
    public int FeatureNumericalRank
    {
        get => (int)(Number(RankMetrics.FeatureNumericalRank) ?? 0);
        init => Numbers = With(RankMetrics.FeatureNumericalRank, value);
    }

    /// <summary>Σ_{j&gt;K} s_j² / Σ s_j² of W_l; null where K is unknown or W_l = 0.</summary>
    public double? WeightTailEnergy { get => Number(RankMetrics.WeightTailEnergy); init => Numbers = With(RankMetrics.WeightTailEnergy, value); }

    /// <summary>‖W_l‖_F; NaN where nothing could be measured.</summary>
    public double WeightNorm { get => Number(RankMetrics.WeightNorm) ?? double.NaN; init => Numbers = With(RankMetrics.WeightNorm, value); }

    /// <summary>A layer of which nothing could be measured.</summary>
    /// <param name="layer">l.</param>
    public static LayerSummary NotMeasured(int layer) => new()
    {
        Layer = layer,
        Numbers = MetricTable.Of(MetricScopes.Layers).ToDictionary(metric => metric.Key, _ => (double?)null),
        WeightSingularValues = [],
        FeatureSingularValues = [],
    };
}
