using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Running;

namespace RankCollapse.Models.Features;

/// <summary>Turns what was accumulated of one tensor into its metrics.</summary>
internal static class TensorMeasurement
{
    /// <summary>Above so many classes, TCV's upper end is that of the classes and of a descent from them.</summary>
    private const int MostClassesForRestarts = 50;

    /// <summary>Measures one tensor.</summary>
    public static FeatureMetrics Measure(
        FeatureAccumulator accumulator, ClassLabels labels, int[] subsample, FeatureOptions options, IFeatureSource source, NearestMeans? nearest,
        RegressionCollapse? regression, string? whyNoPrediction, double[]? otherMean)
    {
        ClassScatter moments = accumulator.Moments;
        bool isComplete = subsample.Length == moments.Count;
        (SpectralSummary spectrum, long spectrumSamples) = Spectrum(accumulator, isComplete);
        ClassMeanGeometry? geometry = nearest?.Geometry;
        (Matrix? weights, string? whyNoClassifier) = source.Targets is { } targets ? ClassifierOf(accumulator, targets.Columns, source)
            : geometry is null ? default : ClassifierOf(accumulator, labels, source);
        TotalClusterVariation? variation = labels.HasLabels ? ClusterVariation(accumulator.Kept, labels, subsample, options) : null;
        var measured = new MeasuredFeatures
        {
            Geometry = geometry,
            WhyNoClasses = labels.HasLabels ? "All samples have the same label."
                : source.Targets is null ? "The data have no labels." : "The data have targets in place of classes.",
            ClassSizes = moments.Counts,
            ClassVariations = moments.Variations,
            WithinVariation = moments.WithinVariation,
            BetweenVariation = moments.BetweenVariation,
            DirectionalVariances = moments.DirectionalVariances,
            BlockDeviation = geometry is null ? null : BlockStructure.Measure(moments).RelativeDeviation,
            TotalClusterVariation = variation,
            Spectrum = spectrum,
            Classifier = weights,
            WhyNoClassifier = whyNoClassifier ?? "",
            NearestMeanDisagreement = nearest is not null && whyNoPrediction is null ? 1 - ((double)nearest.Agreements / nearest.Count) : null,
            WhyNoPrediction = whyNoPrediction ?? "",
            NearestMeanAccuracy = nearest is null ? null : (double)nearest.Hits / nearest.Count,
            OtherMean = otherMean,
            Regression = regression,
        };
        var reasons = new Dictionary<string, string>();
        return new FeatureMetrics
        {
            Tensor = accumulator.Tensor,
            MeasuredDimension = accumulator.Reduction.ReducedDimension,
            Reduction = accumulator.Reduction.Description,
            SampleCount = moments.Count,
            IsTotalClusterVariationCertified = variation?.IsCertified,
            TotalClusterVariationSamples = labels.HasLabels ? subsample.Length : 0,
            Numbers = MetricTable.Compute(MetricScopes.Features, metric => metric.OfFeatures!(measured), reasons),
            Spectrum = spectrum,
            SpectrumSamples = spectrumSamples,
            Reasons = reasons,
        };
    }

    /// <summary>The weights of the last linear layer, where they have a row for each target; null with a reason where there are none.</summary>
    public static (Matrix? Weights, string? Reason) ClassifierOf(FeatureAccumulator accumulator, int targets, IFeatureSource source)
    {
        if (source.Classifier is not { } last) return (null, source.WhyNoClassifier);
        return last.Features != accumulator.Tensor.Name ? (null, $"It is of the input of the last linear layer, {ErrorText.Printable(last.Features)}.")
            : last.Weights.Rows != targets ? (null, $"The last linear layer has {last.Weights.Rows} outputs, but there are {targets} targets.")
            : accumulator.Reduction is not WholeFeatures || last.Weights.Columns != accumulator.Reduction.Dimension
                ? (null, $"The last linear layer takes {last.Weights.Columns} features, but {accumulator.Reduction.ReducedDimension} are measured.")
            : (last.Weights, null);
    }

    /// <summary>The rows of the classifier that belong to the classes that occur; null with a reason where NC3 does not exist.</summary>
    private static (Matrix? Weights, string? Reason) ClassifierOf(FeatureAccumulator accumulator, ClassLabels labels, IFeatureSource source)
    {
        if (source.Classifier is not { } classifier) return (null, source.WhyNoClassifier);
        if (classifier.Features != accumulator.Tensor.Name)
            return (null, $"Self-duality is of the input of the last linear layer, {ErrorText.Printable(classifier.Features)}.");
        if (labels.Labels[0] < 0 || labels.Labels[^1] >= classifier.Weights.Rows)
            return (null, $"The last linear layer has {classifier.Weights.Rows} outputs, but labels go from {labels.Labels[0]} to {labels.Labels[^1]}.");
        if (accumulator.Reduction is not WholeFeatures || classifier.Weights.Columns != accumulator.Reduction.Dimension)
            return (null, $"The last linear layer takes {classifier.Weights.Columns} features, but {accumulator.Reduction.ReducedDimension} are measured.");
        var rows = new Matrix(labels.Count, classifier.Weights.Columns);
        for (int k = 0; k < labels.Count; k++) classifier.Weights.Row(labels.Labels[k]).CopyTo(rows.Row(k));
        return (rows, null);
    }

    private static TotalClusterVariation ClusterVariation(Matrix kept, ClassLabels labels, int[] subsample, FeatureOptions options)
    {
        int[] classes = new int[subsample.Length];
        var targets = new Matrix(labels.Count, subsample.Length);
        for (int i = 0; i < subsample.Length; i++)
        {
            classes[i] = labels.Classes[subsample[i]];
            targets[classes[i], i] = 1;
        }
        bool isFast = labels.Count > MostClassesForRestarts;
        var search = new TotalClusterVariationOptions { Restarts = isFast ? 0 : options.Restarts, Seed = options.Seed, HasSharpLowerBound = !isFast };
        return Collapse.TotalClusterVariation.Compute(kept.Transpose(), targets, labels.Count, new Partition(classes, labels.Count), search);
    }

    /// <summary>
    /// Singular values from the kept samples where these are all, which keeps all digits, otherwise from the second moments, which keep half of them.
    /// </summary>
    private static (SpectralSummary Summary, long Samples) Spectrum(FeatureAccumulator accumulator, bool isComplete)
    {
        ClassScatter moments = accumulator.Moments;
        if (isComplete) return (SpectralSummary.Of(accumulator.Kept), accumulator.Kept.Rows);
        return (SpectralSummary.FromSingularValues(moments.SingularValues()), moments.Count);
    }
}
