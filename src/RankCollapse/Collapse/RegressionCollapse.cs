using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// NRC1 to NRC3, the collapse of networks that regress on K real targets (Andriopoulos et al. 2024): with h̃_i = (h_i − h̄)/‖h_i − h̄‖, features come to lie in
/// the span of their first K principal directions (NRC1) and in the row space of the last weights W (NRC2), and WWᵀ becomes like
/// Σ^½ − √γ·I, Σ the covariance of the targets (NRC3). Each number is 0 at full collapse.
/// </summary>
/// <remarks>Features come in batches, after their mean and principal directions are known. Samples at the mean have no direction and do not count.</remarks>
public sealed class RegressionCollapse
{
    private readonly double[] _mean;
    private readonly Matrix? _principal;
    private readonly Matrix? _weightSpace;
    private long _count;
    private double _outsidePrincipal;
    private double _outsideWeights;

    /// <summary>Begins to measure.</summary>
    /// <param name="mean">h̄, length n.</param>
    /// <param name="scatter">Σ_i (h_i − h̄)(h_i − h̄)ᵀ, n×n, or another positive multiple of it.</param>
    /// <param name="targets">The targets, N×K.</param>
    /// <param name="weights">W, K×n; null where the features do not go into the last linear layer.</param>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    public RegressionCollapse(ReadOnlySpan<double> mean, Matrix scatter, Matrix targets, Matrix? weights)
    {
        ArgumentNullException.ThrowIfNull(scatter);
        ArgumentNullException.ThrowIfNull(targets);
        int n = mean.Length, k = targets.Columns;
        if (scatter.Rows != n || scatter.Columns != n || (weights is not null && (weights.Columns != n || weights.Rows != k)))
        {
            throw new ShapeMismatchException($"The mean has {n} entries and there are {k} targets, but the scatter is {scatter.Rows}×{scatter.Columns}"
                + (weights is null ? "." : $" and the last weights are {weights.Rows}×{weights.Columns}."));
        }
        _mean = mean.ToArray();
        if (k < n) _principal = SymmetricEigendecomposition.Decompose(scatter).Vectors.Transpose().RowView(0, k);
        if (weights is null) return;
        var decomposition = SingularValueDecomposition.Thin(weights);
        int rank = NumericalRank.Of(decomposition.Values, Tolerances.PseudoInverseCutoff(weights.Rows, weights.Columns));
        _weightSpace = decomposition.RightTransposed.RowView(0, rank);
        WeightDeviation = StructureDeviation(weights, targets);
    }

    /// <summary>NRC1: the mean of ‖h̃_i − its projection onto the first K principal directions‖²; null where K is not below n, or before any sample.</summary>
    public double? OutsidePrincipalDirections => _principal is null || _count == 0 ? null : _outsidePrincipal / _count;

    /// <summary>NRC2: the mean of ‖h̃_i − its projection onto the row space of W‖²; null without W, or before any sample.</summary>
    public double? OutsideWeights => _weightSpace is null || _count == 0 ? null : _outsideWeights / _count;

    /// <summary>NRC3; null without W, for one target, and where W or Σ is 0.</summary>
    public double? WeightDeviation { get; }

    /// <summary>Adds a batch.</summary>
    /// <param name="rows">B×n, a sample a row.</param>
    public void Add(Matrix rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Matrix centred = rows.Copy();
        var squares = new double[rows.Rows];
        for (int i = 0; i < rows.Rows; i++)
        {
            TensorPrimitives.Subtract(centred.Row(i), _mean, centred.Row(i));
            squares[i] = Reduction.SumOfSquares(centred.Row(i));
            if (squares[i] > 0) _count++;
        }
        if (_principal is not null) _outsidePrincipal += Outside(centred, _principal, squares);
        if (_weightSpace is not null) _outsideWeights += Outside(centred, _weightSpace, squares);
    }

    /// <summary>
    /// NRC3: the least ‖WWᵀ/‖WWᵀ‖ − (Σ^½ − √γ·I)/‖Σ^½ − √γ·I‖‖² over γ in [0, λ_min], λ_min the least eigenvalue of Σ. With c = √γ the cosine of both is
    /// (a − c·t)/√(K·c² − 2u·c + s), a = ⟨WWᵀ, Σ^½⟩, t = tr WWᵀ, u = tr Σ^½, s = tr Σ, stationary at c = (t·s − a·u)/(t·u − a·K) alone.
    /// </summary>
    /// <param name="weights">W, K×n.</param>
    /// <param name="targets">The targets, N×K.</param>
    /// <returns>Null for one target, where both are always alike, and where W or Σ is 0.</returns>
    public static double? StructureDeviation(Matrix weights, Matrix targets)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(targets);
        int k = targets.Columns;
        Matrix products = Product.OuterGram(weights), root = RootOfCovariance(targets, out double least);
        double size = Reduction.Norm(products.AsSpan()), a = Reduction.Dot(products.AsSpan(), root.AsSpan()), s = Reduction.SumOfSquares(root.AsSpan());
        if (k < 2 || size == 0 || s == 0) return null;
        double t = 0, u = 0;
        for (int i = 0; i < k; i++) (t, u) = (t + products[i, i], u + root[i, i]);
        double stationary = ((t * s) - (a * u)) / ((t * u) - (a * k));
        IEnumerable<double> choices = ((double[])[0, stationary, least]).Where(c => double.IsFinite(c) && c >= 0 && c <= least);
        return choices.Select(c => Distance(products, size, root, c)).Where(double.IsFinite).Min();
    }

    /// <summary>Σ ‖h̃_i − VᵀV·h̃_i‖² for orthonormal rows V.</summary>
    private static double Outside(Matrix centred, Matrix basis, double[] squares)
    {
        Matrix rest = Product.Multiply(Product.MultiplyTransposedRight(centred, basis), basis);
        double sum = 0;
        for (int i = 0; i < rest.Rows; i++)
        {
            TensorPrimitives.Subtract(centred.Row(i), rest.Row(i), rest.Row(i));
            if (squares[i] > 0) sum += Reduction.SumOfSquares(rest.Row(i)) / squares[i];
        }
        return sum;
    }

    /// <summary>Σ^½ of the targets, K×K, and its least eigenvalue.</summary>
    private static Matrix RootOfCovariance(Matrix targets, out double least)
    {
        Matrix centred = targets.Copy();
        double[] mean = LabelledPoints.Centroids(targets, new Partition(new int[targets.Rows], 1)).AsSpan().ToArray();
        for (int i = 0; i < centred.Rows; i++) TensorPrimitives.Subtract(centred.Row(i), mean, centred.Row(i));
        Matrix covariance = Product.Gram(centred);
        TensorPrimitives.Divide(covariance.AsSpan(), targets.Rows, covariance.AsSpan());
        var decomposition = SymmetricEigendecomposition.Decompose(covariance);
        Matrix scaled = decomposition.Vectors.Copy();
        double[] roots = [.. decomposition.Values.Select(value => Math.Sqrt(Math.Max(0, value)))];
        for (int i = 0; i < scaled.Rows; i++) TensorPrimitives.Multiply(scaled.Row(i), roots, scaled.Row(i));
        least = roots[^1];
        return Product.MultiplyTransposedRight(scaled, decomposition.Vectors);
    }

    /// <summary>The squared distance of both matrices, each divided by its norm; NaN where the second is 0.</summary>
    private static double Distance(Matrix products, double size, Matrix root, double c)
    {
        Matrix shifted = root.Copy();
        for (int i = 0; i < shifted.Rows; i++) shifted[i, i] -= c;
        double norm = Reduction.Norm(shifted.AsSpan()), sum = 0;
        for (int i = 0; i < shifted.Length; i++)
        {
            double difference = (products.AsSpan()[i] / size) - (shifted.AsSpan()[i] / norm);
            sum += difference * difference;
        }
        return norm > 0 ? sum : double.NaN;
    }
}
