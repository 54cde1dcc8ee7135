using System.Numerics.Tensors;
using MathNet.Numerics;
using MathNet.Numerics.Providers.LinearAlgebra;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Decompositions in managed code: a two-stage reduction for singular values alone; Math.NET Numerics for singular vectors and eigenvalues;
/// Householder's QR and Cholesky row by row.
/// </summary>
/// <remarks>
/// Entries are scaled by a power of two so that the largest is near 1: squares then neither overflow nor vanish.
/// Tall and wide matrices are reduced to a triangle by QR first, which also spares the square outer factor.
/// </remarks>
internal sealed class ManagedProvider : IDecompositionProvider
{
    private readonly ManagedLinearAlgebraProvider _mathNet = ManagedLinearAlgebraProvider.Instance;

    private ManagedProvider()
    {
    }

    /// <inheritdoc/>
    public string Description => "managed (Math.NET Numerics)";

    internal static ManagedProvider Instance { get; } = new();

    /// <inheritdoc/>
    public double[] SingularValues(Matrix a) => TwoStageSingularValues.Compute(a);

    /// <inheritdoc/>
    public (Matrix Left, double[] Values, Matrix RightTransposed) SingularValueDecomposition(Matrix a, bool full)
    {
        if (a.Rows < a.Columns)
        {
            (Matrix left, double[] values, Matrix right) = SingularValueDecomposition(a.Transpose(), full);
            return (right.Transpose(), values, left.Transpose());
        }
        Matrix? q = null;
        Matrix square = a;
        if (a.Rows > a.Columns) (q, square) = HouseholderQr.Decompose(a, full ? a.Rows : a.Columns);
        int size = a.Columns;
        double[] entries = Scaled(square.AsSpan(), out double scale);
        (double[] scaled, double[] u, double[] vt) = SquareSvd([.. entries], size);

        // The entries read column by column are the transpose: its left factor, read row by row, is Vᵀ, and its right one is U.
        var rightTransposed = new Matrix(u, 0, size, size);
        var inner = new Matrix(vt, 0, size, size);
        var unit = new Matrix(entries, 0, size, size);
        if (!IsDecomposition(unit, inner, scaled, rightTransposed)) (inner, scaled, rightTransposed) = JacobiSvd.Decompose(unit);
        TensorPrimitives.Multiply(scaled, scale, scaled);
        if (q is null) return (inner, scaled, rightTransposed);
        if (!full) return (Product.Multiply(q, inner), scaled, rightTransposed);
        Matrix turned = Product.Multiply(q.Block(0, 0, a.Rows, size), inner);
        for (int i = 0; i < a.Rows; i++) turned.Row(i).CopyTo(q.Row(i));
        return (q, scaled, rightTransposed);
    }

    /// <inheritdoc/>
    public double[] SymmetricEigenvalues(Matrix a) => SymmetricEigendecomposition(a).Values;

    /// <inheritdoc/>
    public (double[] Values, Matrix VectorRows) SymmetricEigendecomposition(Matrix a)
    {
        int n = a.Rows;
        double[] entries = Scaled(a.AsSpan(), out double scale);
        for (int i = 0; i < n; i++)
            for (int j = i + 1; j < n; j++)
                entries[(i * n) + j] = entries[(j * n) + i];
        var vectors = new double[n * n];
        var complex = new System.Numerics.Complex[n];
        try
        {
            _mathNet.EigenDecomp(true, n, entries, vectors, complex, new double[n * n]);
        }
        catch (NonConvergenceException error)
        {
            throw new ComputationFailedException($"The eigenvalues of a {n}×{n} matrix did not converge; a native LAPACK ({Lapack.Variable}) may help.", error);
        }
        var values = new double[n];
        var order = new int[n];
        for (int i = 0; i < n; i++) (values[i], order[i]) = (complex[i].Real * scale, i);
        Array.Sort(values, order);
        var rows = new Matrix(n, n);
        for (int i = 0; i < n; i++) vectors.AsSpan(order[i] * n, n).CopyTo(rows.Row(i));
        return (values, rows);
    }

    /// <inheritdoc/>
    public (Matrix Q, Matrix R) ThinQr(Matrix a) => HouseholderQr.Decompose(a, Math.Min(a.Rows, a.Columns));

    /// <inheritdoc/>
    public int Cholesky(Matrix a)
    {
        for (int i = 0; i < a.Rows; i++)
        {
            Span<double> row = a.Row(i);
            for (int j = 0; j < i; j++)
            {
                Span<double> earlier = a.Row(j);
                row[j] = (row[j] - TensorPrimitives.Dot(row[..j], earlier[..j])) / earlier[j];
            }
            double pivot = row[i] - (i == 0 ? 0 : TensorPrimitives.SumOfSquares(row[..i]));
            if (!(pivot > 0)) return i + 1;
            row[i] = Math.Sqrt(pivot);
            row[(i + 1)..].Clear();
        }
        return 0;
    }

    /// <summary>
    /// Whether the factors are those of A to rounding. Math.NET's are not where entries lie so many orders apart that squares vanish, as after an
    /// elimination of rows that are equal to rounding: its reflections lose their length.
    /// </summary>
    private static bool IsDecomposition(Matrix a, Matrix left, double[] values, Matrix rightTransposed)
    {
        double granted = Math.Sqrt(a.Rows) * Tolerances.Decomposition(a.Rows, a.Rows);
        Matrix scaled = left.Copy();
        for (int i = 0; i < scaled.Rows; i++) TensorPrimitives.Multiply(scaled.Row(i), values, scaled.Row(i));
        return Frobenius.Distance(Product.Gram(left), Matrix.Identity(a.Rows)) <= granted
            && Frobenius.Distance(Product.OuterGram(rightTransposed), Matrix.Identity(a.Rows)) <= granted
            && Frobenius.Distance(Product.Multiply(scaled, rightTransposed), a) <= granted * Frobenius.Norm(a);
    }

    private static double[] Scaled(ReadOnlySpan<double> entries, out double scale)
    {
        double largest = Math.Abs(TensorPrimitives.MaxMagnitude(entries));
        scale = largest == 0 ? 1 : Math.ScaleB(1, Math.Clamp(Math.ILogB(largest), -1000, 1000));
        var result = new double[entries.Length];
        TensorPrimitives.Divide(entries, scale, result);
        return result;
    }

    private (double[] Values, double[] Left, double[] RightTransposed) SquareSvd(double[] columnMajor, int size)
    {
        var values = new double[size];
        var u = new double[size * size];
        var vt = new double[size * size];
        try
        {
            _mathNet.SingularValueDecomposition(true, columnMajor, size, size, values, u, vt);
        }
        catch (NonConvergenceException error)
        {
            throw new ComputationFailedException(
                $"The singular values of a {size}×{size} matrix did not converge; a native LAPACK ({Lapack.Variable}) may help.", error);
        }
        return (values, u, vt);
    }
}
