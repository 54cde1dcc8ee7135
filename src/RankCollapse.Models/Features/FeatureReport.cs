using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;

namespace RankCollapse.Models.Features;

/// <summary>What was measured on the features of a model.</summary>
/// <param name="Source">What the features are of.</param>
/// <param name="Layers">One entry a tensor, in the order of computation.</param>
/// <param name="Skipped">The tensors that were left out.</param>
/// <param name="SampleCount">N.</param>
/// <param name="Labels">The labels that occur; empty for data without labels.</param>
/// <param name="SubsampleCount">How many samples TCV is of.</param>
/// <param name="OutputTensor">The tensor whose largest entry is the prediction; null where there is none.</param>
/// <param name="Accuracy">The share of samples whose prediction is their label; null without labels or output.</param>
/// <param name="ClassifierWeights">The weights of the last linear layer, for NC3; null where there is none.</param>
public sealed record FeatureReport(
    string Source, IReadOnlyList<FeatureMetrics> Layers, IReadOnlyList<SkippedItem> Skipped, int SampleCount, IReadOnlyList<int> Labels, int SubsampleCount,
    string? OutputTensor, double? Accuracy, string? ClassifierWeights)
{
    /// <summary>Why there is no accuracy; null where there is one.</summary>
    public string? AccuracyReason { get; init; }

    /// <summary>How many classes have a single sample, which has no variation.</summary>
    public int SingletonCount { get; init; }

    /// <summary>What makes some numbers missing or say less than they seem to, a sentence each.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. (string[])(Labels.Count == 1 ? [$"All samples have the label {Labels[0]}: the NC metrics compare classes and need two."] : []),
        .. (string[])(SingletonCount > 0 && Labels.Count > 1
            ? [$"{SingletonCount} of {Labels.Count} classes have a single sample, which has no variation around its mean."] : []),
    ];

    /// <summary>How many real numbers each sample is regressed on; null where there are classes or nothing.</summary>
    public int? TargetCount { get; init; }

    /// <summary>
    /// The share of wrong nearest class means up to which a layer counts as separating the classes (Galanti, Galanti and Ben-Shaul 2022).
    /// </summary>
    public const double SeparationTolerance = 0.005;

    /// <summary>The layers in order: the last tensor of each, or all where none ends a layer.</summary>
    public IReadOnlyList<FeatureMetrics> InOrder => Layers.Any(layer => layer.Tensor.EndsLayer) ? [.. Layers.Where(layer => layer.Tensor.EndsLayer)] : Layers;

    /// <summary>How fast the classes separate from layer to layer; null where fewer than three layers tell.</summary>
    public SeparationLaw? SeparationLaw => SeparationLaw.Fit([.. InOrder.Select(layer => layer.Number(NeuralCollapseMetrics.SeparationFuzziness))]);

    /// <summary>
    /// The effective depth: the first layer, from 1, where the nearest class mean is right for all samples but <see cref="SeparationTolerance"/>; null
    /// where there is none.
    /// </summary>
    public int? EffectiveDepth => InOrder.Index()
        .Where(entry => entry.Item.Number(NeuralCollapseMetrics.NearestMeanAccuracy) >= 1 - SeparationTolerance)
        .Select(entry => (int?)(entry.Index + 1)).FirstOrDefault();

    /// <summary>
    /// The numbers by layer, to be joined with the layers' weights: a layer's are those of its last tensor; other tensors go by their own names.
    /// </summary>
    public IReadOnlyList<LayerFeatures> ToLayerFeatures() =>
    [
        .. Layers.Select(metrics => new LayerFeatures(
            metrics.Tensor is { EndsLayer: true, Layer: { } layer } ? layer : metrics.Tensor.Name, metrics.Tensor.Name,
            metrics.Numbers, metrics.Reasons)),
    ];

    /// <summary>What was measured and on what, in a few sentences.</summary>
    public string Note()
    {
        string classes = TargetCount is { } targets ? $"with {targets} target{(targets == 1 ? "" : "s")}"
            : Labels.Count == 0 ? "without labels" : $"of {Labels.Count} classes";
        string note = $"Features of {SampleCount} samples {classes}";
        if (Accuracy is { } accuracy) note += $", of which {100 * accuracy:0.0} % are predicted right";
        note += ".";
        if (Labels.Count > 0 && SubsampleCount < SampleCount) note += $" TCV is of a subsample of {SubsampleCount}, drawn in proportion to the classes.";
        string[] reductions = [.. Layers.Select(layer => layer.Reduction).OfType<string>()], different = [.. reductions.Distinct()];
        if (reductions.Length > 0)
        {
            note += $" {reductions.Length} of {Layers.Count} tensors are wide and were reduced: "
                + $"{string.Join("; ", different.Take(4))}{(different.Length > 4 ? "; …" : "")}.";
        }
        return note;
    }

    /// <summary>The numbers that some layer has.</summary>
    public IReadOnlyList<Metric> Present() => [.. MetricTable.Of(MetricScopes.Features).Where(metric => Layers.Any(layer => layer.Number(metric) is not null))];
}
