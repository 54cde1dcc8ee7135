using System.Numerics.Tensors;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Running;

namespace RankCollapse.Models.Features;

/// <summary>Turns what was accumulated of one tensor into its metrics.</summary>
internal static class TensorMeasurement
{
    /// <summary>Above so many classes, TCV's upper end is that of the classes and of a descent from them.</summary>
    private const int MostClassesForRestarts = 50;

    /// <summary>Eigenvalues of larger matrices take managed code minutes.</summary>
    private const int LargestManagedSpectrum = 512;

    /// <summary>Measures one tensor.</summary>
    public static FeatureMetrics Measure(
        FeatureAccumulator accumulator, ClassLabels labels, int[] subsample, FeatureOptions options, LinearClassifier? classifier, NearestMeans? nearest,
        bool hasPredictions, double[]? otherMean)
    {
        ClassScatter moments = accumulator.Moments;
        var reasons = new Dictionary<string, string>();
        bool isComplete = subsample.Length == moments.Count;
        (SpectralSummary spectrum, long spectrumSamples) = Spectrum(accumulator, isComplete);
        ClassMeanGeometry? geometry = labels.Count > 1 ? new ClassMeanGeometry(moments.Means) : null;
        double within = moments.Variations.Sum() / moments.Count;
        if (geometry is null) reasons["nc"] = labels.HasLabels ? "All samples have the same label." : "The data have no labels.";
        Matrix? weights = geometry is null ? null : ClassifierOf(accumulator, labels, classifier, reasons);
        if (geometry is not null && !hasPredictions) reasons["nearestMeanDisagreement"] = "The model has no output that a class can be read from.";
        return new FeatureMetrics
        {
            Tensor = accumulator.Tensor,
            MeasuredDimension = accumulator.Reduction.ReducedDimension,
            Reduction = accumulator.Reduction.Description,
            SampleCount = moments.Count,
            ClassCount = labels.Count,
            WithinVariation = within,
            BetweenVariation = BetweenVariation(moments),
            TotalClusterVariation = labels.HasLabels ? ClusterVariation(accumulator.Kept, labels, subsample, options) : null,
            TotalClusterVariationSamples = labels.HasLabels ? subsample.Length : 0,
            Nc1PseudoInverse = geometry?.Variability(moments.DirectionalVariances),
            BetweenRank = geometry?.Rank ?? 0,
            Nc1Truncated = geometry?.Variability(moments.DirectionalVariances, labels.Count - 1),
            Nc1Quotient = geometry is { BetweenTrace: > 0 } ? within / geometry.BetweenTrace : null,
            ClassDistanceNormalizedVariance = geometry is null ? null : NormalizedVariance(moments),
            NormInequality = geometry?.NormInequality,
            AngleDeviation = geometry?.AngleDeviation,
            AngleInequality = geometry?.AngleInequality,
            SimplexDeviation = geometry?.SimplexDeviation,
            OrthogonalFrameDeviation = geometry?.OrthogonalFrameDeviation,
            SelfDualityDeviation = weights is null ? null : geometry!.SelfDualityDeviation(weights),
            UncentredSelfDualityDeviation = weights is null ? null : geometry!.UncentredSelfDualityDeviation(weights),
            DualStructureDeviation = weights is null ? null : geometry!.DualStructureDeviation(weights),
            DualAngleDeviation = weights is null ? null : geometry!.DualAngleDeviation(weights),
            NearestMeanDisagreement = nearest is not null && hasPredictions ? 1 - ((double)nearest.Agreements / nearest.Count) : null,
            NearestMeanAccuracy = nearest is null ? null : (double)nearest.Hits / nearest.Count,
            OutOfDistributionCosine = geometry is null || otherMean is null ? null : MeanCosine(moments.Means, otherMean),
            BlockDeviation = geometry is null ? null : BlockDeviation(moments),
            Spectrum = spectrum,
            SpectrumSamples = spectrumSamples,
            Reasons = reasons,
        };
    }

    /// <summary>The rows of the classifier that belong to the classes that occur; null with a reason where NC3 does not exist.</summary>
    private static Matrix? ClassifierOf(FeatureAccumulator accumulator, ClassLabels labels, LinearClassifier? classifier, Dictionary<string, string> reasons)
    {
        const string Field = "selfDualityDeviation";
        if (classifier is null || classifier.Features != accumulator.Tensor.Name)
        {
            reasons[Field] = classifier is null ? "The model does not end with a linear layer." : $"Self-duality is of the input of the last linear layer, {ErrorText.Printable(classifier.Features)}.";
            return null;
        }
        if (labels.Labels[0] < 0 || labels.Labels[^1] >= classifier.Weights.Rows)
        {
            reasons[Field] = $"The last linear layer has {classifier.Weights.Rows} outputs, but labels go from {labels.Labels[0]} to {labels.Labels[^1]}.";
            return null;
        }
        if (accumulator.Reduction is not WholeFeatures || classifier.Weights.Columns != accumulator.Reduction.Dimension)
        {
            reasons[Field] = $"The last linear layer takes {classifier.Weights.Columns} features, but {accumulator.Reduction.ReducedDimension} are measured.";
            return null;
        }
        var rows = new Matrix(labels.Count, classifier.Weights.Columns);
        for (int k = 0; k < labels.Count; k++) classifier.Weights.Row(labels.Labels[k]).CopyTo(rows.Row(k));
        return rows;
    }

    private static double BetweenVariation(ClassScatter moments)
    {
        var centre = new double[moments.Means.Columns];
        for (int k = 0; k < moments.Counts.Count; k++) TensorPrimitives.MultiplyAdd(moments.Means.Row(k), (double)moments.Counts[k] / moments.Count, centre, centre);
        double sum = 0;
        for (int k = 0; k < moments.Counts.Count; k++)
        {
            double distance = TensorPrimitives.Distance(moments.Means.Row(k), centre);
            sum += moments.Counts[k] * distance * distance;
        }
        return sum / moments.Count;
    }

    private static double? NormalizedVariance(ClassScatter moments)
    {
        double sum = 0;
        int count = moments.Counts.Count;
        for (int k = 0; k < count; k++)
        {
            for (int l = 0; l < k; l++)
            {
                double distance = TensorPrimitives.Distance<double>(moments.Means.Row(k), moments.Means.Row(l));
                if (distance == 0) return null;
                sum += ((moments.Variations[k] / moments.Counts[k]) + (moments.Variations[l] / moments.Counts[l])) / (2 * distance * distance);
            }
        }
        return sum / (count * (count - 1) / 2.0);
    }

    private static double? MeanCosine(Matrix means, double[] other)
    {
        double norm = TensorPrimitives.Norm<double>(other), sum = 0;
        for (int k = 0; k < means.Rows; k++)
        {
            double product = norm * TensorPrimitives.Norm<double>(means.Row(k));
            if (product == 0) return null;
            sum += Math.Abs(TensorPrimitives.Dot<double>(means.Row(k), other) / product);
        }
        return sum / means.Rows;
    }

    /// <summary>
    /// With S = N·Σ_W, ‖EᵀE‖_F = ‖S‖_F and ‖M̃ᵀE‖_F² = Σ_k N_k·z̄_kᵀ·S·z̄_k, so that the deviation needs no N×N matrix.
    /// </summary>
    private static double BlockDeviation(ClassScatter moments)
    {
        double[] variances = moments.DirectionalVariances(moments.Means);
        double inner = TensorPrimitives.Norm<double>(moments.Scatter.AsSpan()), squared = inner * inner, blocks = 0;
        Matrix gram = Product.MultiplyTransposedRight(moments.Means, moments.Means);
        for (int k = 0; k < gram.Rows; k++)
        {
            squared += 2 * moments.Counts[k] * moments.Count * variances[k];
            for (int l = 0; l < gram.Rows; l++) blocks += (double)moments.Counts[k] * moments.Counts[l] * gram[k, l] * gram[k, l];
        }
        return squared + blocks == 0 ? 0 : Math.Sqrt(squared / (squared + blocks));
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
    /// Singular values from the kept samples where these are all, which keeps all digits, otherwise from the second moments, which keep half of them,
    /// or from the subsample where those are too large to decompose.
    /// </summary>
    private static (SpectralSummary Summary, long Samples) Spectrum(FeatureAccumulator accumulator, bool isComplete)
    {
        ClassScatter moments = accumulator.Moments;
        bool isLarge = moments.Means.Columns > LargestManagedSpectrum && !Lapack.IsNative;
        if (isComplete || isLarge) return (SpectralSummary.Of(accumulator.Kept), accumulator.Kept.Rows);
        double[] values = SymmetricEigendecomposition.Eigenvalues(moments.SecondMoments());
        for (int i = 0; i < values.Length; i++) values[i] = Math.Sqrt(Math.Max(0, values[i]));
        int count = (int)Math.Min(values.Length, moments.Count);
        return (SpectralSummary.FromSingularValues(values[..count]), moments.Count);
    }
}
