using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Collapse.Metrics;

/// <summary>What to measure, and how hard.</summary>
public sealed record MeasurementOptions
{
    /// <summary>K for the clusters; null takes the number of classes. Data without classes are clustered only when it is given.</summary>
    public int? ClusterCount { get; init; }

    /// <summary>How hard to search for TCV.</summary>
    public TotalClusterVariationOptions TotalClusterVariation { get; init; } = TotalClusterVariationOptions.Thorough;

    /// <summary>The relative within-class variation that counts as collapsed.</summary>
    public double CollapseTolerance { get; init; } = Tolerances.Collapsed;
}

/// <summary>Everything that is measured in one layer of a network.</summary>
public sealed class LayerMetrics
{
    private LayerMetrics()
    {
    }

    /// <summary>The numbers that a run's summary keeps.</summary>
    public required LayerSummary Summary { get; init; }

    /// <summary>The spectrum of W_l.</summary>
    public required SpectralSummary Weights { get; init; }

    /// <summary>The spectrum of Z^l.</summary>
    public required SpectralSummary Features { get; init; }

    /// <summary>The interval for TCV_{K,l}; null where K is unknown.</summary>
    public TotalClusterVariation? TotalClusterVariation { get; private init; }

    /// <summary>DNC1 at this layer; null without classes.</summary>
    public NeuralCollapse1? NeuralCollapse1 { get; private init; }

    /// <summary>Block structure of Z^{l,T}Z^l; null without classes.</summary>
    public BlockStructure? BlockStructure { get; private init; }

    /// <summary>Block structure of the Gram matrix of σ_l^{-1}(Z^l), for layers without skip; null without classes or inverse.</summary>
    public BlockStructure? PreimageBlockStructure { get; private init; }

    /// <summary>The singular values of Z^l predicted from the next layer.</summary>
    public required PredictedSingularValues Prediction { get; init; }

    /// <summary>Why there is no value, for each number of the summary that is null, by its name in <see cref="MetricNames"/>.</summary>
    public required IReadOnlyDictionary<string, string> Reasons { get; init; }

    /// <summary>Measures one layer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="layer">l, in 1 … L.</param>
    /// <param name="features">Z^0 … Z^L of the network on the data's inputs.</param>
    /// <param name="options">What to measure.</param>
    /// <exception cref="ShapeMismatchException">The features do not fit.</exception>
    /// <exception cref="InvalidInputException">Features or weights are not finite.</exception>
    public static LayerMetrics Measure(Network network, DataSet data, int layer, IReadOnlyList<Matrix> features, MeasurementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(features);
        options ??= new MeasurementOptions();
        NetworkSpecification specification = network.Specification;
        Matrix values = features[layer];
        RequireFinite(network.Weights(layer), $"the weights of layer {layer} hold");
        RequireFinite(values, $"the features of layer {layer} hold");

        Partition? classes = Partition.OfClasses(data);
        int? clusterCount = options.ClusterCount ?? classes?.ClusterCount;
        var reasons = new Dictionary<string, string>();
        var weights = SpectralSummary.Of(network.Weights(layer));
        var spectrum = SpectralSummary.Of(values);
        var prediction = PredictedSingularValues.Predict(specification, features, layer, spectrum.SingularValues);
        if (prediction.Reason is not null) reasons[MetricNames.PredictedFeatureSingularValues] = prediction.Reason;

        double? tail = clusterCount is null ? null : weights.TailEnergy(clusterCount.Value);
        if (clusterCount is null)
        {
            foreach (string name in (string[])[MetricNames.TcvUpper, MetricNames.TcvLower, MetricNames.WeightTailEnergy])
                reasons[name] = "The data have no classes, and no number of clusters K was given.";
        }
        else if (tail is null)
        {
            reasons[MetricNames.WeightTailEnergy] = $"The weights of layer {layer} are 0.";
        }
        if (classes is null) reasons[MetricNames.WcssOfClasses] = "The data have no classes.";

        TotalClusterVariation? variation = clusterCount is null
            ? null
            : TotalClusterVariation.Compute(values, data.Targets, clusterCount.Value, classes, options.TotalClusterVariation);
        ClassCentroids? centroids = classes is null ? null : ClassCentroids.Compute(values, classes);
        Matrix? preimage = classes is null || specification.HasSkip(layer) ? null : Preimage.Of(specification.ActivationOf(layer), values, layer, out _);
        return new LayerMetrics
        {
            Weights = weights,
            Features = spectrum,
            TotalClusterVariation = variation,
            NeuralCollapse1 = centroids is null || variation is null ? null : Collapse.NeuralCollapse1.Judge(centroids, variation, options.CollapseTolerance),
            BlockStructure = centroids is null ? null : Collapse.BlockStructure.Measure(centroids),
            PreimageBlockStructure = preimage is null ? null : Collapse.BlockStructure.Measure(preimage, classes!),
            Prediction = prediction,
            Reasons = reasons,
            Summary = new LayerSummary
            {
                Layer = layer,
                TcvUpper = variation?.Upper,
                TcvLower = variation?.Lower,
                WcssOfClasses = classes is null ? null : WithinClusterSumOfSquares.Of(values, data.Targets, classes),
                WeightSingularValues = weights.SingularValues,
                FeatureSingularValues = spectrum.SingularValues,
                PredictedFeatureSingularValues = prediction.Values,
                WeightNumericalRank = weights.NumericalRank(),
                FeatureNumericalRank = spectrum.NumericalRank(),
                WeightTailEnergy = tail,
                WeightNorm = weights.FrobeniusNorm,
            },
        };
    }

    /// <summary>Every number of the layer that exists, by name.</summary>
    public IEnumerable<LayerMetric> Numbers()
    {
        (string Name, double? Value)[] numbers =
        [
            (MetricNames.WcssOfClasses, Summary.WcssOfClasses),
            (MetricNames.TcvUpper, Summary.TcvUpper),
            (MetricNames.TcvLower, Summary.TcvLower),
            (MetricNames.BlockDeviation, BlockStructure?.RelativeDeviation),
            (MetricNames.WeightNumericalRank, Summary.WeightNumericalRank),
            (MetricNames.FeatureNumericalRank, Summary.FeatureNumericalRank),
            (MetricNames.WeightStableRank, Weights.StableRank),
            (MetricNames.FeatureStableRank, Features.StableRank),
            (MetricNames.WeightEffectiveRank, Weights.EffectiveRank),
            (MetricNames.FeatureEffectiveRank, Features.EffectiveRank),
            (MetricNames.WeightNorm, Summary.WeightNorm),
            (MetricNames.FeatureNorm, Features.FrobeniusNorm),
            (MetricNames.WeightSpectralNorm, Weights.SpectralNorm),
            (MetricNames.FeatureSpectralNorm, Features.SpectralNorm),
            (MetricNames.WeightTailEnergy, Summary.WeightTailEnergy),
        ];
        foreach ((string name, double? value) in numbers)
        {
            if (value is { } number) yield return new LayerMetric(Summary.Layer, name, number);
        }
    }

    private static void RequireFinite(Matrix a, string what)
    {
        foreach (double entry in a.AsSpan())
        {
            if (!double.IsFinite(entry)) throw new InvalidInputException($"Nothing can be measured: {what} {entry}; training has diverged there.");
        }
    }
}
