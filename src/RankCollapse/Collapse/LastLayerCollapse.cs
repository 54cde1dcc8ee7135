using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// The four properties of neural collapse at the last hidden layer (Papyan, Han and Donoho 2020), for the features H = Z^{L−1},
/// the classifier W_L and the outputs f(X). Each is 0 at full collapse; NC2 and NC3 also against orthogonal frames,
/// which take the place of the simplex where features are not centred by a bias.
/// </summary>
public sealed record LastLayerCollapse
{
    private LastLayerCollapse()
    {
    }

    /// <summary>NC1: tr(Σ_W·Σ_B⁺)/K, with Σ_W, Σ_B the within- and between-class covariance; null where all class means are equal.</summary>
    public double? WithinClassVariability { get; private init; }

    /// <summary>NC2, equal norms: the standard deviation of ‖z̄_k − z̄‖ over their mean; null where all class means are equal.</summary>
    public double? NormInequality { get; private init; }

    /// <summary>NC2, equal angles: the mean of |cos(z̄_k − z̄, z̄_l − z̄) + 1/(K − 1)| over k ≠ l; null where a class mean equals the global one.</summary>
    public double? AngleDeviation { get; private init; }

    /// <summary>NC2: distance of the normalised Gram matrix of the centred class means from the simplex's, (I − 11ᵀ/K)/√(K − 1); null as above.</summary>
    public double? SimplexDeviation { get; private init; }

    /// <summary>NC2: distance of the normalised Gram matrix of the class means, not centred, from I/√K; null where all class means are 0.</summary>
    public double? OrthogonalFrameDeviation { get; private init; }

    /// <summary>NC3: ‖W_Lᵀ/‖W_L‖ − M/‖M‖‖_F with M the centred class means; null where one of both is 0.</summary>
    public double? SelfDualityDeviation { get; private init; }

    /// <summary>NC3 with class means that are not centred; null where one of both is 0.</summary>
    public double? UncentredSelfDualityDeviation { get; private init; }

    /// <summary>NC4: the fraction of samples whose largest output is not the class of the nearest class mean; in [0, 1].</summary>
    public double NearestMeanDisagreement { get; private init; }

    /// <summary>The number of singular values of the centred class means that NC1 inverts, at most K − 1.</summary>
    public int BetweenClassRank { get; private init; }

    /// <summary>Measures the four properties.</summary>
    /// <param name="features">H, n×N, what the last layer is applied to.</param>
    /// <param name="weights">W_L, K×n.</param>
    /// <param name="outputs">f(X), K×N.</param>
    /// <param name="classes">The classes, at least 2, none empty.</param>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    /// <exception cref="InvalidInputException">There is only one class, a class is empty, or an entry is not finite.</exception>
    public static LastLayerCollapse Measure(Matrix features, Matrix weights, Matrix outputs, Partition classes)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(classes);
        int count = classes.ClusterCount;
        if (count < 2) throw new InvalidInputException("Neural collapse compares classes, but there is only one.");
        if (classes.NonEmptyCount < count) throw new InvalidInputException($"Neural collapse needs samples of each of the {count} classes, but only {classes.NonEmptyCount} have some.");
        if (weights.Rows != count || weights.Columns != features.Rows)
            throw new ShapeMismatchException($"The last weights are {weights.Rows}×{weights.Columns}, but there are {count} classes and features of {features.Rows} rows.");
        if (outputs.Rows != count || outputs.Columns != features.Columns)
            throw new ShapeMismatchException($"The outputs are {outputs.Rows}×{outputs.Columns}, but there are {count} classes and {features.Columns} samples.");
        Require.Finite(features, "neural collapse");
        var centroids = ClassCentroids.Compute(features, classes);
        var geometry = new ClassMeanGeometry(centroids.Centroids.Transpose());
        return new LastLayerCollapse
        {
            WithinClassVariability = geometry.Variability(directions => Variances(directions, centroids.Deviations)),
            BetweenClassRank = geometry.Rank,
            NormInequality = geometry.NormInequality,
            AngleDeviation = geometry.AngleDeviation,
            SimplexDeviation = geometry.SimplexDeviation,
            OrthogonalFrameDeviation = geometry.OrthogonalFrameDeviation,
            SelfDualityDeviation = geometry.SelfDualityDeviation(weights),
            UncentredSelfDualityDeviation = geometry.UncentredSelfDualityDeviation(weights),
            NearestMeanDisagreement = Disagreement(features.Transpose(), geometry.Means, outputs),
        };
    }

    /// <summary>vᵀ·Σ_W·v = ‖vᵀ·E‖²/N for each row v, E the deviations from the class means.</summary>
    private static double[] Variances(Matrix directions, Matrix deviations)
    {
        Matrix projected = Product.Multiply(directions, deviations);
        return [.. Enumerable.Range(0, projected.Rows).Select(i => TensorPrimitives.SumOfSquares<double>(projected.Row(i)) / projected.Columns)];
    }

    private static double Disagreement(Matrix points, Matrix means, Matrix outputs)
    {
        int different = 0;
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
        }
        return (double)different / points.Rows;
    }
}
