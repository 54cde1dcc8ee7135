namespace RankCollapse.Collapse.Metrics;

/// <summary>The metrics of size and rank, of weights and of features.</summary>
public static class RankMetrics
{
    /// <summary>Numerical rank of W_l.</summary>
    public static Metric WeightNumericalRank { get; } = new("weightNumericalRank")
    {
        Heading = "rank W",
        Symbol = "rank W",
        Meaning = "How many singular values of the weights exceed 10⁻⁵ of the largest; whether the smaller ones matter to the network it does not say.",
        Format = MetricFormat.Count,
        Topic = MetricTopic.Rank,
        Cost = MetricCost.Recorded,
        Main = MetricScopes.Layers,
        OfLayer = layer => layer.WeightSpectrum.NumericalRank(layer.RankTolerance),
        OfWeights = weights => weights.Spectrum.NumericalRank(LinearAlgebra.Tolerances.NumericalRank),
    };

    /// <summary>Numerical rank of Z^l.</summary>
    public static Metric FeatureNumericalRank { get; } = new("featureNumericalRank")
    {
        Heading = "rank Z",
        Symbol = "rank Z",
        Meaning = "How many singular values of the features exceed 10⁻⁵ of the largest; in single precision noise starts near 10⁻⁷.",
        Format = MetricFormat.Count,
        Topic = MetricTopic.Rank,
        Cost = MetricCost.RecordedWithCollapse,
        Main = MetricScopes.Layers | MetricScopes.Features,
        OfLayer = layer => layer.FeatureSpectrum.NumericalRank(layer.RankTolerance),
        OfFeatures = features => features.Spectrum?.NumericalRank(),
    };

    /// <summary>‖W_l‖_F.</summary>
    public static Metric WeightNorm { get; } = new("weightNorm")
    {
        Heading = "‖W‖",
        Priority = 2,
        Symbol = "‖W‖",
        Meaning = "The size of all weights together; it grows with the layer's size, so that layers of different shapes do not compare.",
        Topic = MetricTopic.Rank,
        Cost = MetricCost.Recorded,
        Main = MetricScopes.Layers,
        OfLayer = layer => layer.WeightNorm,
        OfWeights = weights => weights.Spectrum.FrobeniusNorm,
    };

    /// <summary>Σ_{j&gt;K} s_j²/Σ s_j² of W_l.</summary>
    public static Metric WeightTailEnergy { get; } = new("weightTailEnergy")
    {
        Heading = "tail W",
        Symbol = "Σ_{j>K} s_j²/Σ s_j²",
        Meaning =
            "The part of Σs² of the weights beyond the first K: 0 where the layer has collapsed to rank K; small also where few directions merely dominate.",
        Topic = MetricTopic.Rank,
        Cost = MetricCost.Recorded,
        Main = MetricScopes.Layers | MetricScopes.Weights,
        OfLayer = layer => layer.ClusterCount is not { } k
            ? MetricValue.Missing("The data have no classes, and no number of clusters K was given.")
            : layer.WeightSpectrum.TailEnergy(k) ?? MetricValue.Missing($"The weights of layer {layer.Layer} are 0."),
        OfWeights = weights => weights.Classes is { } k ? weights.Spectrum.TailEnergy(k) ?? MetricValue.Missing("The weights are 0.") : default,
    };

    internal static IReadOnlyList<Metric> All { get; } =
    [
        new("parameters")
        {
            Heading = "weights",
            Symbol = "weights",
            Meaning = "How many numbers the layer has, its bias not counted; says nothing about how many it needs.",
            Format = MetricFormat.Count,
            Topic = MetricTopic.Rank,
            Main = MetricScopes.Weights,
            OfWeights = weights => weights.Parameters,
        },
        WeightNumericalRank,
        FeatureNumericalRank,
        WeightNorm,
        new("featureNorm")
        {
            Heading = "‖Z‖",
            Symbol = "‖Z‖",
            Meaning = "The size of all features together; it grows with the number of samples.",
            Topic = MetricTopic.Rank,
            Cost = MetricCost.Recorded,
            OfLayer = layer => layer.FeatureNorm,
        },
        new("weightSpectralNorm")
        {
            Heading = "‖W‖₂",
            Symbol = "‖W‖₂",
            Meaning = "The most by which the layer can stretch a vector; not how much it stretches the vectors that reach it.",
            Topic = MetricTopic.Rank,
            Cost = MetricCost.Recorded,
            Main = MetricScopes.Weights,
            OfLayer = layer => layer.WeightSpectrum.SpectralNorm,
            OfWeights = weights => weights.Spectrum.SpectralNorm,
        },
        new("featureSpectralNorm")
        {
            Heading = "‖Z‖₂",
            Symbol = "‖Z‖₂",
            Meaning = "The largest singular value of the features; a large common mean raises it.",
            Topic = MetricTopic.Rank,
            Cost = MetricCost.Recorded,
            OfLayer = layer => layer.FeatureSpectrum.SpectralNorm,
        },
        WeightTailEnergy,
        new("balanceDeviation")
        {
            Heading = "imbalance",
            Priority = 3,
            Symbol = "‖G − H‖",
            Meaning = "How far the squares of two neighbouring layers' weights, G = W_{l+1}ᵀW_{l+1} and H = W_lW_lᵀ, are from equal: 0 is what gradient "
                + "flow with weight decay tends to where the layer between them is linear; the last layer has no next one.",
            Topic = MetricTopic.Rank,
            Cost = MetricCost.Recorded,
            OfLayer = layer => layer.Imbalance?.Norm,
        },
        new("balanceRelativeDeviation")
        {
            Heading = "relative imbalance",
            Priority = 2,
            Symbol = "‖G − H‖/max(‖G‖, ‖H‖)",
            Meaning = "The same as a part of the larger of both: 0 is balanced, 1 and above is what weights have that know nothing of each other.",
            Topic = MetricTopic.Rank,
            Cost = MetricCost.Recorded,
            OfLayer = layer => layer.Imbalance is not { } imbalance ? default(MetricValue)
                : imbalance.Relative ?? MetricValue.Missing($"The weights of layers {layer.Layer} and {layer.Layer + 1} are 0."),
        },
        new("weightStableRank")
        {
            Heading = "stable rank W",
            Symbol = "‖W‖²/‖W‖₂²",
            Meaning =
                "Σs²/s₁²: in how many directions the energy would lie if all were as strong as the first; it ignores how weak directions add up to accuracy.",
            Topic = MetricTopic.Rank,
            Main = MetricScopes.Weights,
            IsAveraged = true,
            OfLayer = layer => layer.WeightSpectrum.StableRank,
            OfWeights = weights => weights.Spectrum.StableRank,
        },
        new("featureStableRank")
        {
            Heading = "stable rank Z",
            Symbol = "‖Z‖²/‖Z‖₂²",
            Meaning = "‖Z‖_F²/‖Z‖_2², at most the rank; a large common mean brings it to 1.",
            Topic = MetricTopic.Rank,
            OfLayer = layer => layer.FeatureSpectrum.StableRank,
            OfFeatures = features => features.Spectrum?.StableRank,
        },
        new("weightEffectiveRank")
        {
            Heading = "effective rank W",
            Symbol = "effective rank W",
            Meaning = "exp of the entropy of s/Σs: how evenly the singular values are spread; not the rank at which the layer could be cut.",
            Topic = MetricTopic.Rank,
            Main = MetricScopes.Weights,
            OfLayer = layer => layer.WeightSpectrum.EffectiveRank,
            OfWeights = weights => weights.Spectrum.EffectiveRank,
        },
        new("featureEffectiveRank")
        {
            Heading = "effective rank Z",
            Symbol = "effective rank Z",
            Meaning = "The exponential of the entropy of the singular values, at most the rank.",
            Topic = MetricTopic.Rank,
            OfLayer = layer => layer.FeatureSpectrum.EffectiveRank,
            OfFeatures = features => features.Spectrum?.EffectiveRank,
        },
    ];
}
