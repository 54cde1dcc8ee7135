using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Collapse.Metrics;

/// <summary>A layer of a run, of which the metrics of layers are computed. What several of them need is computed once, when it is first asked for.</summary>
public sealed class MeasuredLayer
{
    private readonly IReadOnlyList<Matrix> _features;
    private readonly Lazy<Matrix> _wholeFeatures;
    private readonly LayerInParts? _parts;
    private readonly Lazy<(double Disagreement, double Accuracy)>? _nearestMeans;
    private readonly MeasurementOptions _options;
    private readonly Lazy<SpectralSummary> _weightSpectrum;
    private readonly Lazy<SpectralSummary> _featureSpectrum;
    private readonly Lazy<TotalClusterVariation?> _variation;
    private readonly Lazy<(CollapseVerdict Verdict, BlockStructure Blocks)?> _byClass;
    private readonly Lazy<BlockStructure?> _preimage;
    private readonly Lazy<PredictedSingularValues> _prediction;
    private readonly Lazy<MeasuredFeatures?> _featuresOfClasses;
    private readonly Lazy<MeasuredWeights> _weightNumbers;
    private readonly Lazy<(double Norm, double? Relative)?> _imbalance;
    private readonly Lazy<(LayerSummary Summary, IReadOnlyDictionary<string, string> Reasons)> _summary;

    /// <summary>Prepares a layer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="layer">l, in 1 … L.</param>
    /// <param name="features">Z^0 … Z^L of the network on the data's inputs.</param>
    /// <param name="options">What to measure.</param>
    /// <exception cref="InvalidInputException">Features or weights are not finite.</exception>
    public MeasuredLayer(Network network, DataSet data, int layer, IReadOnlyList<Matrix> features, MeasurementOptions? options = null)
        : this(network, data, layer, options, features, null, null, null)
    {
    }

    /// <summary>Prepares a layer of which samples passed in parts.</summary>
    internal MeasuredLayer(
        Network network, DataSet data, int layer, MeasurementOptions? options, LayerInParts parts, LayerInParts? next,
        Lazy<(double Disagreement, double Accuracy)> nearestMeans)
        : this(network, data, layer, options, [], parts, next, nearestMeans)
    {
    }

    private MeasuredLayer(
        Network network, DataSet data, int layer, MeasurementOptions? options, IReadOnlyList<Matrix> features, LayerInParts? parts, LayerInParts? next,
        Lazy<(double Disagreement, double Accuracy)>? nearestMeans)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(features);
        Network = network;
        Data = data;
        Layer = layer;
        _features = features;
        _wholeFeatures = new(() => parts is null ? features[layer] : network.Features(data.Inputs)[layer]);
        _parts = parts;
        _nearestMeans = nearestMeans;
        _options = options ?? new MeasurementOptions();
        RequireFinite(Weights, $"the weights of layer {layer} hold");
        if (parts is null) RequireFinite(Features, $"the features of layer {layer} hold");
        Classes = Partition.OfClasses(data);
        ClusterCount = _options.ClusterCount ?? Classes?.ClusterCount;
        _weightSpectrum = new(() => SpectralSummary.Of(Weights));
        _featureSpectrum = new(() => parts?.Spectrum ?? SpectralSummary.Of(Features));
        _variation = new(MeasureVariation);
        _byClass = new(() => parts?.Verdict is { } verdict ? (verdict, parts.Blocks!) : Centroids() is { } centroids
            ? (CollapseVerdict.Of(centroids), Collapse.BlockStructure.Measure(centroids)) : null);
        _preimage = new(MeasurePreimage);
        _prediction = new(() =>
            parts?.Prediction(next) ?? PredictedSingularValues.Predict(Network.Specification, _features, Layer, FeatureSpectrum.SingularValues));
        _featuresOfClasses = new(MeasureFeatures);
        _weightNumbers = new(() => new MeasuredWeights(
            Collapse.WeightSpectrum.Of([[.. WeightSpectrum.SingularValues]], new BlockShape(Weights.Rows, Weights.Columns, 1),
                windows: () => FixedAspectWindows.SingularValues([Weights])),
            Weights.AsSpan().Length, ClusterCount));
        _imbalance = new(MeasureImbalance);
        _summary = new(Summarise);
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>The data.</summary>
    public DataSet Data { get; }

    /// <summary>l, from 1.</summary>
    public int Layer { get; }

    /// <summary>What the network does on test data, once it was measured; null without them. The summary asks for it.</summary>
    public TestMeasurement? Test { get; set; }

    /// <summary>The partition into classes; null for data without classes.</summary>
    public Partition? Classes { get; }

    /// <summary>K for clusters and tail energies; null where it is unknown.</summary>
    public int? ClusterCount { get; }

    /// <summary>Singular values above this part of the largest count for numerical ranks.</summary>
    public double RankTolerance => _options.RankTolerance;

    /// <summary>W_l, n_l×n_{l−1}.</summary>
    public Matrix Weights => Network.Weights(Layer);

    /// <summary>Z^l, n_l×N, samples as columns; computed when first asked for where samples passed in parts, which no metric of the table does.</summary>
    public Matrix Features => _wholeFeatures.Value;

    /// <summary>Whether samples passed in parts and features were not kept.</summary>
    internal bool IsInParts => _parts is not null;

    /// <summary>The spectrum of W_l.</summary>
    public SpectralSummary WeightSpectrum => _weightSpectrum.Value;

    /// <summary>The spectrum of Z^l.</summary>
    public SpectralSummary FeatureSpectrum => _featureSpectrum.Value;

    /// <summary>‖W_l‖_F.</summary>
    public double WeightNorm => _options.TakesNormsOfSpectra ? WeightSpectrum.FrobeniusNorm : Reduction.Norm(Weights.AsSpan());

    /// <summary>‖Z^l‖_F.</summary>
    public double FeatureNorm => _options.TakesNormsOfSpectra ? FeatureSpectrum.FrobeniusNorm : _parts?.Norm ?? Reduction.Norm(Features.AsSpan());

    /// <summary>‖W_{l+1}ᵀW_{l+1} − W_lW_lᵀ‖_F, and the same over the larger of both norms, null where both are 0; null in the last layer.</summary>
    public (double Norm, double? Relative)? Imbalance => _imbalance.Value;

    /// <summary>WCSS (6) of the partition into classes; null without classes.</summary>
    public double? WcssOfClasses => Classes is null ? null : _parts?.WcssOfClasses ?? WithinClusterSumOfSquares.Of(Features, Data.Targets, Classes);

    /// <summary>The interval for TCV_{K,l}; null where K is unknown.</summary>
    public TotalClusterVariation? TotalClusterVariation => _variation.Value;

    /// <summary>Whether the layer has collapsed; null without classes.</summary>
    public CollapseVerdict? Verdict => _byClass.Value?.Verdict;

    /// <summary>Block structure of Z^{l,T}Z^l; null without classes.</summary>
    public BlockStructure? BlockStructure => _byClass.Value?.Blocks;

    /// <summary>Block structure of the Gram matrix of σ_l^{-1}(Z^l), for layers without skip; null without classes or inverse.</summary>
    public BlockStructure? PreimageBlockStructure => _preimage.Value;

    /// <summary>The singular values of Z^l predicted from the next layer.</summary>
    public PredictedSingularValues Prediction => _prediction.Value;

    /// <summary>
    /// The features as the metrics of features measure them, with the classifier where the last layer takes them; null where there is one class alone, or a
    /// class is empty.
    /// </summary>
    internal MeasuredFeatures? FeaturesOfClasses => _featuresOfClasses.Value;

    /// <summary>The weights as the metrics of weights measure them.</summary>
    internal MeasuredWeights WeightNumbers => _weightNumbers.Value;

    /// <summary>Every metric of the layer, as a run's summary keeps them.</summary>
    public LayerSummary Summary => _summary.Value.Summary;

    /// <summary>Why there is no value, for each number of the summary that is null, by its key.</summary>
    public IReadOnlyDictionary<string, string> Reasons => _summary.Value.Reasons;

    /// <summary>
    /// The class means of the features and the deviations from them, computed anew, since they are as large as the features; null without classes.
    /// </summary>
    public ClassCentroids? Centroids() => Classes is null ? null : ClassCentroids.Compute(Features, Classes);

    private (LayerSummary Summary, IReadOnlyDictionary<string, string> Reasons) Summarise()
    {
        var reasons = new Dictionary<string, string>();
        var summary = new LayerSummary
        {
            Layer = Layer,
            Numbers = MetricTable.Compute(MetricScopes.Layers, metric => metric.OfLayer!(this), reasons),
            WeightSingularValues = WeightSpectrum.SingularValues,
            FeatureSingularValues = FeatureSpectrum.SingularValues,
            PredictedFeatureSingularValues = Prediction.Values,
        };
        if (Prediction.Reason is { } reason) reasons[LayerSummary.PredictionField] = reason;
        return (summary, reasons);
    }

    private (double Norm, double? Relative)? MeasureImbalance()
    {
        if (Layer == Network.Specification.Depth) return null;
        Matrix outer = Product.OuterGram(Weights), inner = Product.Gram(Network.Weights(Layer + 1));
        double norm = Frobenius.Distance(outer, inner), size = Math.Max(Frobenius.Norm(outer), Frobenius.Norm(inner));
        return (norm, size > 0 ? norm / size : null);
    }

    private TotalClusterVariation? MeasureVariation() => _parts is not null ? _parts.Variation()
        : ClusterCount is { } k ? Collapse.TotalClusterVariation.Compute(Features, Data.Targets, k, Classes, _options.TotalClusterVariation) : null;

    private MeasuredFeatures? MeasureFeatures()
    {
        Matrix? last = Layer == Network.Specification.Depth - 1 ? Network.Weights(Layer + 1) : null;
        if (Classes is null) return MeasuredFeatures.OfRegression(Features, Data.Targets, last);
        if (Classes is not { ClusterCount: >= 2 } classes || classes.NonEmptyCount < classes.ClusterCount) return null;
        MeasuredFeatures measured = _parts?.OfClasses(_nearestMeans!) ?? MeasuredFeatures.OfLayer(Features, _features[^1], classes);
        return last is not null ? measured with { Classifier = last } : measured;
    }

    private BlockStructure? MeasurePreimage()
    {
        if (_parts is not null) return _parts.BlocksOfOrigins;
        NetworkSpecification specification = Network.Specification;
        if (Classes is null || specification.HasSkip(Layer)) return null;
        return Preimage.Of(specification.ActivationOf(Layer), Features, Layer, out _) is { } origin ? Collapse.BlockStructure.Measure(origin, Classes) : null;
    }

    private static void RequireFinite(Matrix a, string what)
    {
        foreach (double entry in a.AsSpan())
        {
            if (!double.IsFinite(entry)) throw new InvalidInputException($"Nothing can be measured: {what} {entry}; training has diverged there.");
        }
    }
}
