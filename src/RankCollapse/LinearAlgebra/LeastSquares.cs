using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>The X of least norm among those that minimise ‖A·X − B‖_F, X = A⁺B.</summary>
public sealed class LeastSquares
{
    private LeastSquares(Matrix solution, double residualNorm, double relativeCutoff, int rank)
    {
        Solution = solution;
        ResidualNorm = residualNorm;
        RelativeCutoff = relativeCutoff;
        Rank = rank;
    }

    /// <summary>X, n×k.</summary>
    public Matrix Solution { get; }

    /// <summary>‖A·X − B‖_F.</summary>
    public double ResidualNorm { get; }

    /// <summary>Singular values of A at or below this fraction of s_1 were taken as 0.</summary>
    public double RelativeCutoff { get; }

    /// <summary>The rank of A that was used.</summary>
    public int Rank { get; }

    /// <summary>Solves A·X ≈ B.</summary>
    /// <param name="a">A, m×n; unchanged.</param>
    /// <param name="b">B, m×k; unchanged.</param>
    /// <param name="relativeCutoff">In [0, 1); null takes <see cref="Tolerances.PseudoInverseCutoff"/>.</param>
    /// <exception cref="ShapeMismatchException">A and B differ in their number of rows.</exception>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite, or the cut-off lies outside [0, 1).</exception>
    public static LeastSquares Solve(Matrix a, Matrix b, double? relativeCutoff = null)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Rows != b.Rows) throw new ShapeMismatchException($"Least squares: the matrix is {a.Rows}×{a.Columns} but the right-hand side has {b.Rows} rows.");
        Require.Finite(b, "right-hand side");
        double cutoff = relativeCutoff ?? Tolerances.PseudoInverseCutoff(a.Rows, a.Columns);
        Require.RelativeTolerance(cutoff);
        SingularValueDecomposition svd = SingularValueDecomposition.Thin(a);
        int rank = NumericalRank.Of(svd.Values, cutoff);
        var solution = new Matrix(a.Columns, b.Columns);
        if (rank > 0 && b.Columns > 0)
        {
            Matrix coordinates = Product.MultiplyTransposedLeft(svd.Left.Block(0, 0, a.Rows, rank), b);
            for (int i = 0; i < rank; i++) TensorPrimitives.Divide(coordinates.Row(i), svd.Values[i], coordinates.Row(i));
            solution = Product.MultiplyTransposedLeft(svd.RightTransposed.RowView(0, rank), coordinates);
        }
        Matrix residual = a.Columns == 0 ? new Matrix(b.Rows, b.Columns) : Product.Multiply(a, solution);
        TensorPrimitives.Subtract(residual.AsSpan(), b.AsSpan(), residual.AsSpan());
        return new LeastSquares(solution, Reduction.Norm(residual.AsSpan()), cutoff, rank);
    }
}
