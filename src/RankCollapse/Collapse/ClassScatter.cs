using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// Class counts, class means and within-class scatter of features that arrive in batches, in one pass and in double precision.
/// </summary>
/// <remarks>
/// A batch is centred by its own class means, and the scatter of two parts is that of each plus (N·n/(N + n))·d·dᵀ, d the difference of their means
/// (Chan, Golub and LeVeque 1979). Nothing is ever subtracted from a sum of squares, so the result is as accurate as in two passes, and classes of
/// equal samples have exactly zero scatter. Memory is K·n + n² numbers and a copy of one batch.
/// </remarks>
public sealed class ClassScatter
{
    private readonly long[] _counts;
    private readonly double[] _variations;
    private readonly Matrix _scatter;
    private Matrix _scratch = new(0, 0);

    /// <summary>Whether only the lower triangle of the scatter is up to date.</summary>
    private bool _isLower;

    /// <summary>Creates an empty accumulator.</summary>
    /// <param name="classCount">K, at least 1.</param>
    /// <param name="dimension">n, at least 1.</param>
    public ClassScatter(int classCount, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        _counts = new long[classCount];
        _variations = new double[classCount];
        Means = new Matrix(classCount, dimension);
        _scatter = new Matrix(dimension, dimension);
    }

    /// <summary>N, the number of samples so far.</summary>
    public long Count => _counts.Sum();

    /// <summary>N_k.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>z̄_k as rows, K×n; zero for classes without samples.</summary>
    public Matrix Means { get; }

    /// <summary>Σ_i (z_i − z̄_{k(i)})(z_i − z̄_{k(i)})ᵀ, n×n, which is N·Σ_W; exactly symmetric.</summary>
    public Matrix Scatter
    {
        get
        {
            if (_isLower) Product.MirrorLower(_scatter);
            _isLower = false;
            return _scatter;
        }
    }

    /// <summary>Σ_{i∈C_k} ‖z_i − z̄_k‖² of each class.</summary>
    public IReadOnlyList<double> Variations => _variations;

    /// <summary>(1/N)·Σ‖z_i − z̄_{k(i)}‖², the within-class variation.</summary>
    public double WithinVariation => _variations.Sum() / Count;

    /// <summary>(1/N)·Σ_k N_k‖z̄_k − z̄‖², the between-class variation about the mean of all samples.</summary>
    public double BetweenVariation
    {
        get
        {
            long count = Count;
            var centre = new double[Means.Columns];
            for (int k = 0; k < _counts.Length; k++) TensorPrimitives.MultiplyAdd(Means.Row(k), (double)_counts[k] / count, centre, centre);
            double sum = 0;
            for (int k = 0; k < _counts.Length; k++)
            {
                double distance = Reduction.Distance(Means.Row(k), centre);
                sum += _counts[k] * distance * distance;
            }
            return sum / count;
        }
    }

    /// <summary>Adds a batch.</summary>
    /// <param name="rows">B×n, a sample a row; finite.</param>
    /// <param name="classes">The class of each row, 0 … K−1.</param>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    /// <exception cref="InvalidInputException">A class lies outside 0 … K−1.</exception>
    public void Add(Matrix rows, ReadOnlySpan<int> classes)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Columns != Means.Columns || rows.Rows != classes.Length)
            throw new ShapeMismatchException(
                $"A batch of {rows.Rows}×{rows.Columns} features with {classes.Length} labels was added to features of dimension {Means.Columns}.");
        foreach (int label in classes)
        {
            if ((uint)label >= (uint)_counts.Length) throw new InvalidInputException($"A sample has the class {label}, outside 0…{_counts.Length - 1}.");
        }
        var members = new List<int>[_counts.Length];
        for (int i = 0; i < classes.Length; i++) (members[classes[i]] ??= []).Add(i);
        int used = 0, present = members.Count(list => list is not null);
        if (_scratch.Rows < rows.Rows + present) _scratch = new Matrix(rows.Rows + present, rows.Columns);
        for (int k = 0; k < members.Length; k++)
        {
            if (members[k] is { } list) AddClass(rows, k, list, ref used);
        }
        if (used == 0) return;
        Product.AddLowerGram(_scratch.RowView(0, used), _scatter);
        _isLower = true;
    }

    /// <summary>vᵀ·Σ_W·v for each row v.</summary>
    /// <param name="directions">r×n.</param>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    public double[] DirectionalVariances(Matrix directions)
    {
        ArgumentNullException.ThrowIfNull(directions);
        Matrix images = Product.Multiply(directions, Scatter);
        return [.. Enumerable.Range(0, directions.Rows).Select(i => Reduction.Dot(images.Row(i), directions.Row(i)) / Count)];
    }

    /// <summary>Z·Zᵀ = Scatter + Σ_k N_k·z̄_k·z̄_kᵀ, the second moments times N, n×n.</summary>
    public Matrix SecondMoments()
    {
        var weighted = new Matrix(Means.Rows, Means.Columns);
        for (int k = 0; k < Means.Rows; k++) TensorPrimitives.Multiply(Means.Row(k), Math.Sqrt(_counts[k]), weighted.Row(k));
        Matrix moments = Scatter.Copy();
        Product.MultiplyTransposedLeft(weighted, weighted, moments, accumulate: true);
        return moments;
    }

    /// <summary>
    /// The singular values of Z, n×N, from the eigenvalues of its second moments, which keep half the digits: below about 10⁻⁸ of the largest they are
    /// rounding.
    /// </summary>
    public double[] SingularValues()
    {
        double[] values = SymmetricEigendecomposition.Eigenvalues(SecondMoments());
        for (int i = 0; i < values.Length; i++) values[i] = Math.Sqrt(Math.Max(0, values[i]));
        return values[..(int)Math.Min(values.Length, Count)];
    }

    /// <summary>Merges one class of a batch; its centred rows and the correction of the mean go to the scratch rows.</summary>
    private void AddClass(Matrix rows, int label, List<int> members, ref int used)
    {
        Span<double> mean = Means.Row(label);
        var batchMean = new double[mean.Length];
        ReadOnlySpan<double> first = rows.Row(members[0]);
        double variation = 0;

        // The mean of differences to the first sample is exact where all samples are equal.
        foreach (int i in members)
        {
            Span<double> difference = _scratch.Row(used);
            TensorPrimitives.Subtract(rows.Row(i), first, difference);
            TensorPrimitives.Add(batchMean, difference, batchMean);
        }
        TensorPrimitives.Divide(batchMean, members.Count, batchMean);
        TensorPrimitives.Add(batchMean, first, batchMean);
        // A sample alone is its batch's mean: its row would be 0.
        foreach (int i in members.Count > 1 ? members : [])
        {
            TensorPrimitives.Subtract(rows.Row(i), batchMean, _scratch.Row(used));
            variation += Reduction.SumOfSquares(_scratch.Row(used));
            used++;
        }
        long before = _counts[label], after = before + members.Count;
        if (before > 0)
        {
            Span<double> correction = _scratch.Row(used);
            TensorPrimitives.Subtract(batchMean, mean, batchMean);
            TensorPrimitives.Multiply(batchMean, Math.Sqrt((double)before * members.Count / after), correction);
            variation += Reduction.SumOfSquares(correction);
            used++;
            TensorPrimitives.Multiply(batchMean, (double)members.Count / after, batchMean);
        }
        TensorPrimitives.Add(mean, batchMean, mean);
        _counts[label] = after;
        _variations[label] += variation;
    }
}
