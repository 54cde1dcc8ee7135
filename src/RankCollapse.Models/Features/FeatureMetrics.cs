using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;

namespace RankCollapse.Models.Features;

/// <summary>What was measured on the features of one tensor: the metrics of features of <see cref="MetricTable"/>.</summary>
public sealed record FeatureMetrics : MetricNumbers
{
    /// <summary>The tensor.</summary>
    public required FeatureTensor Tensor { get; init; }

    /// <summary>How many dimensions were measured.</summary>
    public required int MeasuredDimension { get; init; }

    /// <summary>How the features were reduced to them; null where they were measured as they are.</summary>
    public string? Reduction { get; init; }

    /// <summary>N.</summary>
    public required long SampleCount { get; init; }

    /// <summary>Whether the interval for TCV has met; null without labels.</summary>
    public bool? IsTotalClusterVariationCertified { get; init; }

    /// <summary>How many samples TCV is of.</summary>
    public int TotalClusterVariationSamples { get; init; }

    /// <summary>The singular values of the features, n×N, not centred; of the subsample where <see cref="SpectrumSamples"/> is below N.</summary>
    public required SpectralSummary Spectrum { get; init; }

    /// <summary>How many samples the singular values are of.</summary>
    public required long SpectrumSamples { get; init; }

    /// <summary>Why there is no value, by the metric's key.</summary>
    public required IReadOnlyDictionary<string, string> Reasons { get; init; }
}
