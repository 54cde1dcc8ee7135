using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>A plane that features are projected to, to be looked at: drawn at random, as in Figure 7, or spanned by two principal axes.</summary>
/// <remarks>It is chosen once and then stays, so that features of other moments can be compared in it.</remarks>
public sealed class FeaturePlane
{
    private readonly Matrix _basis;
    private readonly double[] _centre;

    private FeaturePlane(Matrix basis, double[] centre)
    {
        _basis = basis;
        _centre = centre;
    }

    /// <summary>A plane through 0 that is drawn at random.</summary>
    /// <param name="dimension">n, the rows of the features; with n = 1 the second coordinate is 0.</param>
    /// <param name="seed">The seed of the draw.</param>
    /// <param name="layer">The layer, so that layers have planes of their own.</param>
    public static FeaturePlane Random(int dimension, long seed, int layer)
    {
        var random = new RandomStream(seed, RandomPurpose.Sampling, layer);
        Matrix basis = Matrix.FromEntries(2, dimension, (_, _) => random.NextGaussian());
        Normalise(basis.Row(0));
        double overlap = Reduction.Dot(basis.Row(0), basis.Row(1));
        for (int j = 0; j < basis.Columns; j++) basis[1, j] -= overlap * basis[0, j];
        // One coordinate has no plane; the second axis is then empty.
        if (basis.Columns == 1) basis.Row(1).Clear();
        else Normalise(basis.Row(1));
        return new FeaturePlane(basis, [0, 0]);
    }

    /// <summary>The plane through the features' mean along their two leading principal axes, the left singular vectors of Z less its mean.</summary>
    /// <param name="features">Z, n×N, samples as columns.</param>
    /// <exception cref="InvalidInputException">The features are not finite.</exception>
    public static FeaturePlane Principal(Matrix features)
    {
        ArgumentNullException.ThrowIfNull(features);
        Matrix centred = features.Copy();
        var mean = new double[features.Rows];
        for (int i = 0; i < features.Rows; i++)
        {
            mean[i] = Reduction.Sum(features.Row(i)) / features.Columns;
            foreach (ref double value in centred.Row(i)) value -= mean[i];
        }
        Matrix axes = SingularValueDecomposition.Thin(centred).Left;
        Matrix basis = Matrix.FromEntries(2, features.Rows, (k, i) => k < axes.Columns ? axes[i, k] : 0);
        return new FeaturePlane(basis, [Reduction.Dot(basis.Row(0), mean), Reduction.Dot(basis.Row(1), mean)]);
    }

    /// <summary>The 2×N coordinates of features.</summary>
    /// <param name="features">Z, n×N, samples as columns.</param>
    /// <exception cref="ShapeMismatchException">The features have another dimension than the plane.</exception>
    public Matrix Project(Matrix features)
    {
        Matrix plane = Product.Multiply(_basis, features);
        for (int axis = 0; axis < plane.Rows; axis++)
        {
            if (_centre[axis] == 0) continue;
            foreach (ref double value in plane.Row(axis)) value -= _centre[axis];
        }
        return plane;
    }

    private static void Normalise(Span<double> vector)
    {
        double norm = Reduction.Norm(vector);
        if (norm > 0) System.Numerics.Tensors.TensorPrimitives.Divide(vector, norm, vector);
    }
}
