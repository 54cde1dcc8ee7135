using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// NC2 and NC3 (Papyan, Han and Donoho 2020): how near the class means of a layer are to a simplex equiangular tight frame or an orthogonal frame,
/// and how near a classifier is to being their dual. Each number is 0 at full collapse.
/// </summary>
/// <remarks>The centre is the mean of class means, which keeps a simplex a simplex when class sizes differ.</remarks>
public sealed class ClassMeanGeometry
{
    private readonly double[] _norms;
    private readonly Matrix _gram;
    private readonly SingularValueDecomposition _decomposition;

    /// <summary>Prepares the geometry of class means.</summary>
    /// <param name="means">The class means as rows, K×n, K at least 2; finite; not copied.</param>
    /// <exception cref="InvalidInputException">There are fewer than 2 classes, or an entry is not finite.</exception>
    public ClassMeanGeometry(Matrix means)
    {
        ArgumentNullException.ThrowIfNull(means);
        if (means.Rows < 2) throw new InvalidInputException($"Neural collapse compares classes, but there is only {means.Rows}.");
        Means = means;
        Centred = means.Copy();
        Centre = LabelledPoints.Centroids(means, new Partition(new int[means.Rows], 1)).AsSpan().ToArray();
        for (int k = 0; k < means.Rows; k++) TensorPrimitives.Subtract(Centred.Row(k), Centre, Centred.Row(k));
        _norms = [.. Enumerable.Range(0, means.Rows).Select(k => Reduction.Norm(Centred.Row(k)))];
        _gram = Product.OuterGram(Centred);
        _decomposition = SingularValueDecomposition.Thin(Centred);

        // Centring takes one dimension away; what rounding leaves of it is not inverted.
        Rank = Math.Min(means.Rows - 1, NumericalRank.Of(_decomposition.Values, Tolerances.PseudoInverseCutoff(means.Rows, means.Columns)));
    }

    /// <summary>z̄_1 … z̄_K as rows, K×n.</summary>
    public Matrix Means { get; }

    /// <summary>z̄_k − z̄ as rows, K×n.</summary>
    public Matrix Centred { get; }

    /// <summary>z̄, the mean of the class means, length n.</summary>
    public double[] Centre { get; }

    /// <summary>The numerical rank of the centred means, at most K − 1.</summary>
    public int Rank { get; }

    /// <summary>tr Σ_B = (1/K)·Σ‖z̄_k − z̄‖².</summary>
    public double BetweenTrace => _norms.Sum(norm => norm * norm) / _norms.Length;

    /// <summary>Equal norms: the standard deviation of ‖z̄_k − z̄‖ over their mean; null where all class means are equal.</summary>
    public double? NormInequality
    {
        get
        {
            double mean = _norms.Average();
            return mean > 0 ? Math.Sqrt(_norms.Average(norm => (norm - mean) * (norm - mean))) / mean : null;
        }
    }

    /// <summary>Equal angles: the mean of |cos(z̄_k − z̄, z̄_l − z̄) + 1/(K − 1)| over k ≠ l; null where a class mean equals the centre.</summary>
    public double? AngleDeviation
    {
        get
        {
            double target = -1.0 / (_norms.Length - 1);
            return Cosines()?.Average(cosine => Math.Abs(cosine - target));
        }
    }

    /// <summary>Equal angles among themselves: the standard deviation of cos(z̄_k − z̄, z̄_l − z̄) over k ≠ l; null as above.</summary>
    public double? AngleInequality
    {
        get
        {
            if (Cosines() is not { } cosines) return null;
            double mean = cosines.Average();
            return Math.Sqrt(cosines.Average(cosine => (cosine - mean) * (cosine - mean)));
        }
    }

    /// <summary>
    /// The distance of the normalised Gram matrix of the centred means from the simplex's, (I − 11ᵀ/K)/√(K − 1); null where all class means are equal.
    /// </summary>
    public double? SimplexDeviation => FrameDeviation(_gram, offDiagonal: -1.0 / _norms.Length);

    /// <summary>The distance of the normalised Gram matrix of the means, not centred, from I/√K; null where all class means are 0.</summary>
    public double? OrthogonalFrameDeviation => FrameDeviation(Product.OuterGram(Means), offDiagonal: 0);

    /// <summary>‖W/‖W‖ − M/‖M‖‖_F with M the centred class means; null where one of both is 0.</summary>
    /// <param name="classifier">W, K×n.</param>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    public double? SelfDualityDeviation(Matrix classifier) => NormalisedDistance(Fitting(classifier), Centred);

    /// <summary>The same with class means that are not centred.</summary>
    /// <param name="classifier">W, K×n.</param>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    public double? UncentredSelfDualityDeviation(Matrix classifier) => NormalisedDistance(Fitting(classifier), Means);

    /// <summary>The distance of W·Mᵀ/‖W·Mᵀ‖ from the simplex's (I − 11ᵀ/K)/√(K − 1) (Kothapalli 2023); null where W·Mᵀ = 0.</summary>
    /// <param name="classifier">W, K×n.</param>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    public double? DualStructureDeviation(Matrix classifier) =>
        FrameDeviation(Product.MultiplyTransposedRight(Fitting(classifier), Centred), offDiagonal: -1.0 / _norms.Length);

    /// <summary>1 − the mean over classes of cos(w_k, z̄_k − z̄); null where one of them is 0.</summary>
    /// <param name="classifier">W, K×n.</param>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    public double? DualAngleDeviation(Matrix classifier)
    {
        Fitting(classifier);
        double sum = 0;
        for (int k = 0; k < _norms.Length; k++)
        {
            double product = _norms[k] * Reduction.Norm(classifier.Row(k));
            if (product == 0) return null;
            sum += Reduction.Dot(classifier.Row(k), Centred.Row(k)) / product;
        }
        return 1 - (sum / _norms.Length);
    }

    /// <summary>tr(Σ_W·Σ_B⁺)/K (Papyan, Han and Donoho 2020), where Σ_B = (1/K)·Σ(z̄_k − z̄)(z̄_k − z̄)ᵀ; null where Σ_B = 0.</summary>
    /// <param name="directionalVariances">vᵀ·Σ_W·v for each row v of a matrix r×n.</param>
    /// <param name="inverted">How many singular values of the centred means are inverted; null takes <see cref="Rank"/>, the pseudo-inverse.</param>
    public double? Variability(Func<Matrix, double[]> directionalVariances, int? inverted = null)
    {
        ArgumentNullException.ThrowIfNull(directionalVariances);
        int rank = inverted ?? Rank;
        if (rank == 0 || rank > _decomposition.Values.Length || _decomposition.Values[rank - 1] == 0) return null;
        double[] variances = directionalVariances(_decomposition.RightTransposed.RowView(0, rank));
        double sum = 0;
        for (int i = 0; i < rank; i++) sum += variances[i] / _decomposition.Values[i] / _decomposition.Values[i];

        // Σ_B's eigenvalues are s²/K, and the K cancels the division by K.
        return sum;
    }

    /// <summary>The cosines of all pairs k ≠ l, each once; null where a centred mean is 0.</summary>
    private List<double>? Cosines()
    {
        if (_norms.Any(norm => norm == 0)) return null;
        var cosines = new List<double>();
        for (int k = 0; k < _norms.Length; k++)
            for (int l = 0; l < k; l++)
                cosines.Add(_gram[k, l] / (_norms[k] * _norms[l]));
        return cosines;
    }

    private Matrix Fitting(Matrix classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        return classifier.Rows == Means.Rows && classifier.Columns == Means.Columns
            ? classifier
            : throw new ShapeMismatchException(
                $"The last weights are {classifier.Rows}×{classifier.Columns}, but there are {Means.Rows} classes and features of {Means.Columns} rows.");
    }

    /// <summary>The distance of G/‖G‖ from F/‖F‖, F with 1 + offDiagonal on and offDiagonal off the diagonal.</summary>
    private static double? FrameDeviation(Matrix gram, double offDiagonal) =>
        NormalisedDistance(gram, Matrix.FromEntries(gram.Rows, gram.Columns, (k, l) => k == l ? 1 + offDiagonal : offDiagonal));

    private static double? NormalisedDistance(Matrix a, Matrix b)
    {
        double first = Reduction.Norm(a.AsSpan()), second = Reduction.Norm(b.AsSpan()), sum = 0;
        if (first == 0 || second == 0) return null;
        ReadOnlySpan<double> x = a.AsSpan(), y = b.AsSpan();
        for (int i = 0; i < x.Length; i++)
        {
            double difference = (x[i] / first) - (y[i] / second);
            sum += difference * difference;
        }
        return Math.Sqrt(sum);
    }
}
