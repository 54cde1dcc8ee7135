using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse.Metrics;

/// <summary>
/// The features of one layer on data, of which the metrics of features are computed; of a model's tensor, or of the last hidden layer of a run.
/// </summary>
public sealed record MeasuredFeatures
{
    private readonly double? _nearestMeanDisagreement;
    private readonly double? _nearestMeanAccuracy;

    /// <summary>The means of the classes and the angles between them; null for fewer than two classes.</summary>
    public ClassMeanGeometry? Geometry { get; init; }

    /// <summary>Why there is no <see cref="Geometry"/>.</summary>
    public string WhyNoClasses { get; init; } = CollapseMetrics.NoClasses;

    /// <summary>N_k.</summary>
    public required IReadOnlyList<long> ClassSizes { get; init; }

    /// <summary>Σ_{i∈C_k} ‖z_i − z̄_k‖² of each class.</summary>
    public required IReadOnlyList<double> ClassVariations { get; init; }

    /// <summary>tr Σ_W = (1/N)·Σ‖z_i − z̄_{k(i)}‖².</summary>
    public required double WithinVariation { get; init; }

    /// <summary>(1/N)·Σ_k N_k‖z̄_k − z̄‖², about the mean of all samples.</summary>
    public required double BetweenVariation { get; init; }

    /// <summary>The sum of both.</summary>
    public double TotalVariation => WithinVariation + BetweenVariation;

    /// <summary>vᵀ·Σ_W·v for each row v of a matrix r×n.</summary>
    public required Func<Matrix, double[]> DirectionalVariances { get; init; }

    /// <summary>The relative distance of the Gram matrix ZᵀZ from block structure, Proposition D.1.</summary>
    public double? BlockDeviation { get; init; }

    /// <summary>The interval for TCV_K of the pairs (z_i, y_i); null without labels, or where it is not asked for.</summary>
    public TotalClusterVariation? TotalClusterVariation { get; init; }

    /// <summary>The singular values of the features, n×N, not centred; null where they are not asked for.</summary>
    public SpectralSummary? Spectrum { get; init; }

    /// <summary>The weights of the classifier that follows, K×n; null where there is none.</summary>
    public Matrix? Classifier { get; init; }

    /// <summary>Why there is no <see cref="Classifier"/>.</summary>
    public string WhyNoClassifier { get; init; } = "No classifier follows these features.";

    /// <summary>The share of samples whose nearest class mean is not the class that the model predicts, biases included; null without predictions.</summary>
    public double? NearestMeanDisagreement { get => _nearestMeanDisagreement ?? NearestMeans?.Value.Disagreement; init => _nearestMeanDisagreement = value; }

    /// <summary>Why it does not exist where there are classes.</summary>
    public string WhyNoPrediction { get; init; } = "The model has no output that a class can be read from.";

    /// <summary>The share of samples whose nearest class mean is their own class's.</summary>
    public double? NearestMeanAccuracy { get => _nearestMeanAccuracy ?? NearestMeans?.Value.Accuracy; init => _nearestMeanAccuracy = value; }

    /// <summary>
    /// Both, computed when first asked for, since samples in parts have to pass once more for them; null where they are known, or do not exist.
    /// </summary>
    internal Lazy<(double Disagreement, double Accuracy)>? NearestMeans { get; init; }

    /// <summary>The collapse of features that are regressed on real targets; null where there are classes or nothing.</summary>
    public RegressionCollapse? Regression { get; init; }

    /// <summary>The mean of the features of other data, length n; null without them.</summary>
    public IReadOnlyList<double>? OtherMean { get; init; }

    /// <summary>The features of the last hidden layer of a run.</summary>
    /// <param name="features">H = Z^{L−1}, n×N, what the last layer is applied to.</param>
    /// <param name="weights">W_L, K×n.</param>
    /// <param name="outputs">f(X), K×N.</param>
    /// <param name="classes">The classes, at least 2, none empty.</param>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    /// <exception cref="InvalidInputException">There is only one class, a class is empty, or an entry is not finite.</exception>
    public static MeasuredFeatures OfLastHiddenLayer(Matrix features, Matrix weights, Matrix outputs, Partition classes)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(classes);
        int count = classes.ClusterCount;
        if (count < 2) throw new InvalidInputException("Neural collapse compares classes, but there is only one.");
        if (classes.NonEmptyCount < count)
            throw new InvalidInputException($"Neural collapse needs samples of each of the {count} classes, but only {classes.NonEmptyCount} have some.");
        if (weights.Rows != count || weights.Columns != features.Rows)
            throw new ShapeMismatchException(
                $"The last weights are {weights.Rows}×{weights.Columns}, but there are {count} classes and features of {features.Rows} rows.");
        return OfLayer(features, outputs, classes) with { Classifier = weights };
    }

    /// <summary>The features of any layer of a run that regresses on targets.</summary>
    /// <param name="features">Z^l, n×N.</param>
    /// <param name="targets">Y, K×N.</param>
    /// <param name="classifier">The weights of the last layer, K×n; null where others follow.</param>
    internal static MeasuredFeatures OfRegression(Matrix features, Matrix targets, Matrix? classifier)
    {
        Require.Finite(features, "neural collapse");
        var whole = ClassCentroids.Compute(features, new Partition(new int[features.Columns], 1));
        var regression = new RegressionCollapse(whole.GlobalMean, Product.OuterGram(whole.Deviations), targets.Transpose(), classifier);
        regression.Add(features.Transpose());
        return new MeasuredFeatures
        {
            ClassSizes = [],
            ClassVariations = [],
            WithinVariation = whole.WithinVariation,
            BetweenVariation = 0,
            DirectionalVariances = directions => Variances(directions, whole.Deviations),
            Classifier = classifier,
            Regression = regression,
        };
    }

    /// <summary>The features of any layer of a run, without the classifier that may follow.</summary>
    /// <param name="features">Z^l, n×N.</param>
    /// <param name="outputs">f(X), K×N.</param>
    /// <param name="classes">The classes, at least 2, none empty.</param>
    internal static MeasuredFeatures OfLayer(Matrix features, Matrix outputs, Partition classes)
    {
        int count = classes.ClusterCount;
        if (outputs.Rows != count || outputs.Columns != features.Columns)
            throw new ShapeMismatchException(
                $"The outputs are {outputs.Rows}×{outputs.Columns}, but there are {count} classes and {features.Columns} samples.");
        Require.Finite(features, "neural collapse");
        var centroids = ClassCentroids.Compute(features, classes);
        var geometry = new ClassMeanGeometry(centroids.Centroids.Transpose());
        var variations = new double[count];
        for (int i = 0; i < features.Columns; i++)
        {
            foreach (double entry in centroids.Deviations.Column(i)) variations[classes.Clusters[i]] += entry * entry;
        }
        (double disagreement, double accuracy) = CompareNearestMeans(features.Transpose(), geometry.Means, outputs, classes);
        return new MeasuredFeatures
        {
            Geometry = geometry,
            ClassSizes = [.. classes.Sizes.ToArray().Select(size => (long)size)],
            ClassVariations = variations,
            WithinVariation = centroids.WithinVariation,
            BetweenVariation = centroids.BetweenVariation,
            DirectionalVariances = directions => Variances(directions, centroids.Deviations),
            NearestMeanDisagreement = disagreement,
            NearestMeanAccuracy = accuracy,
        };
    }

    /// <summary>The features of any layer of a run of which means and scatter are known.</summary>
    /// <param name="moments">Of classes, at least 2, none empty.</param>
    /// <param name="nearestMeans">How samples compare with the nearest class mean.</param>
    internal static MeasuredFeatures Of(ClassScatter moments, Lazy<(double Disagreement, double Accuracy)> nearestMeans) => new()
    {
        Geometry = new ClassMeanGeometry(moments.Means),
        ClassSizes = moments.Counts,
        ClassVariations = moments.Variations,
        WithinVariation = moments.WithinVariation,
        BetweenVariation = moments.BetweenVariation,
        DirectionalVariances = moments.DirectionalVariances,
        NearestMeans = nearestMeans,
    };

    /// <summary>
    /// The mean over pairs of classes of (v_k + v_l)/(2‖z̄_k − z̄_l‖²), v_k the variance of class k (Galanti, György and Hutter 2021); null where two class
    /// means are equal.
    /// </summary>
    internal double? ClassDistanceNormalizedVariance(ClassMeanGeometry geometry)
    {
        double sum = 0;
        int count = ClassSizes.Count;
        for (int k = 0; k < count; k++)
        {
            for (int l = 0; l < k; l++)
            {
                double distance = Reduction.Distance(geometry.Means.Row(k), geometry.Means.Row(l));
                if (distance == 0) return null;
                sum += ((ClassVariations[k] / ClassSizes[k]) + (ClassVariations[l] / ClassSizes[l])) / (2 * distance * distance);
            }
        }
        return sum / (count * (count - 1) / 2.0);
    }

    /// <summary>
    /// Tr(SSW·SSB⁺), SSW = (1/N)·Σ_i (z_i − z̄_{k(i)})(z_i − z̄_{k(i)})ᵀ and SSB = Σ_k (N_k/N)·(z̄_k − z̄)(z̄_k − z̄)ᵀ about the mean z̄ of all samples
    /// (He and Su 2023); null where all class means are equal.
    /// </summary>
    internal double? SeparationFuzziness(ClassMeanGeometry geometry)
    {
        Matrix rows = geometry.Centred.Copy();
        double count = ClassSizes.Sum();
        double[] centre = new double[rows.Columns];
        for (int k = 0; k < rows.Rows; k++) TensorPrimitives.MultiplyAdd(rows.Row(k), ClassSizes[k] / count, centre, centre);
        for (int k = 0; k < rows.Rows; k++)
        {
            TensorPrimitives.Subtract(rows.Row(k), centre, rows.Row(k));
            TensorPrimitives.Multiply(rows.Row(k), Math.Sqrt(ClassSizes[k] / count), rows.Row(k));
        }
        var decomposition = SingularValueDecomposition.Thin(rows);
        double[] values = decomposition.Values;
        int rank = Math.Min(rows.Rows - 1, NumericalRank.Of(values, Tolerances.PseudoInverseCutoff(rows.Rows, rows.Columns)));
        if (rank == 0 || values[0] == 0) return null;
        double[] variances = DirectionalVariances(decomposition.RightTransposed.RowView(0, rank));
        return Enumerable.Range(0, rank).Sum(i => variances[i] / values[i] / values[i]);
    }

    /// <summary>
    /// The mean of |cos(z̄_k, z̄_o)|, z̄_o the mean of the features of other data (Ammar et al. 2024); null without them, or where a mean is 0.
    /// </summary>
    internal double? OutOfDistributionCosine(ClassMeanGeometry geometry)
    {
        if (OtherMean is null) return null;
        double[] other = [.. OtherMean];
        double norm = Reduction.Norm(other), sum = 0;
        Matrix means = geometry.Means;
        for (int k = 0; k < means.Rows; k++)
        {
            double product = norm * Reduction.Norm(means.Row(k));
            if (product == 0) return null;
            sum += Math.Abs(Reduction.Dot(means.Row(k), other) / product);
        }
        return sum / means.Rows;
    }

    /// <summary>vᵀ·Σ_W·v = ‖vᵀ·E‖²/N for each row v, E the deviations from the class means.</summary>
    private static double[] Variances(Matrix directions, Matrix deviations)
    {
        Matrix projected = Product.Multiply(directions, deviations);
        return [.. Enumerable.Range(0, projected.Rows).Select(i => Reduction.SumOfSquares(projected.Row(i)) / projected.Columns)];
    }

    private static (double Disagreement, double Accuracy) CompareNearestMeans(Matrix points, Matrix means, Matrix outputs, Partition classes)
    {
        int different = 0, right = 0;
        for (int i = 0; i < points.Rows; i++)
        {
            int nearest = 0, largest = 0;
            double least = double.PositiveInfinity;
            for (int k = 0; k < means.Rows; k++)
            {
                double distance = LabelledPoints.SquaredDistance(points.Row(i), means.Row(k));
                if (distance < least) (nearest, least) = (k, distance);
                if (outputs[k, i] > outputs[largest, i]) largest = k;
            }
            if (nearest != largest) different++;
            if (nearest == classes.Clusters[i]) right++;
        }
        return ((double)different / points.Rows, (double)right / points.Rows);
    }
}
