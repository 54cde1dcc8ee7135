namespace RankCollapse.Collapse;

/// <summary>The names of the numbers that are measured in the whole network and in a layer, as in <c>metrics.parquet</c> and <c>summary.json</c>.</summary>
public static class MetricNames
{
    /// <summary>J, with its penalties.</summary>
    public const string Objective = "objective";

    /// <summary>D, without the factor a.</summary>
    public const string DataLoss = "dataLoss";

    /// <summary>The penalty on the weights.</summary>
    public const string WeightPenalty = "weightPenalty";

    /// <summary>The penalty on the features.</summary>
    public const string FeaturePenalty = "featurePenalty";

    /// <summary>‖∇J‖.</summary>
    public const string GradientNorm = "gradientNorm";

    /// <summary>The relative gradient norm.</summary>
    public const string RelativeGradientNorm = "relativeGradientNorm";

    /// <summary>Upper end of the interval for TCV_{K,l} (7).</summary>
    public const string TcvUpper = "tcvUpper";

    /// <summary>Lower end of the interval for TCV_{K,l} (7).</summary>
    public const string TcvLower = "tcvLower";

    /// <summary>WCSS_l (6) of the partition into classes.</summary>
    public const string WcssOfClasses = "wcssOfClasses";

    /// <summary>Numerical rank of W_l at 1e−5.</summary>
    public const string WeightNumericalRank = "weightNumericalRank";

    /// <summary>Numerical rank of Z^l at 1e−5.</summary>
    public const string FeatureNumericalRank = "featureNumericalRank";

    /// <summary>Σ_{j&gt;K} s_j²/Σ s_j² of W_l.</summary>
    public const string WeightTailEnergy = "weightTailEnergy";

    /// <summary>‖W_l‖_F.</summary>
    public const string WeightNorm = "weightNorm";

    /// <summary>‖Z^l‖_F.</summary>
    public const string FeatureNorm = "featureNorm";

    /// <summary>‖W_l‖_2.</summary>
    public const string WeightSpectralNorm = "weightSpectralNorm";

    /// <summary>‖Z^l‖_2.</summary>
    public const string FeatureSpectralNorm = "featureSpectralNorm";

    /// <summary>‖W_l‖_F²/‖W_l‖_2².</summary>
    public const string WeightStableRank = "weightStableRank";

    /// <summary>‖Z^l‖_F²/‖Z^l‖_2².</summary>
    public const string FeatureStableRank = "featureStableRank";

    /// <summary>Effective rank of W_l (Roy and Vetterli 2007).</summary>
    public const string WeightEffectiveRank = "weightEffectiveRank";

    /// <summary>Effective rank of Z^l (Roy and Vetterli 2007).</summary>
    public const string FeatureEffectiveRank = "featureEffectiveRank";

    /// <summary>Relative distance of Z^{l,T}Z^l from block structure (Proposition D.1).</summary>
    public const string BlockDeviation = "blockDeviation";

    /// <summary>s(σ_{l+1}^{-1}(Z^{l+1})), the prediction of Theorem 4.2 with C = 1.</summary>
    public const string PredictedFeatureSingularValues = "predictedFeatureSingularValues";
}
