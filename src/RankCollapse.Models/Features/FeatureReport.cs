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
        string classes = Labels.Count == 0 ? "without labels" : $"of {Labels.Count} classes";
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
