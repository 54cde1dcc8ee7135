using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// The leading singular subspaces of W beside those of a base B of the same size: principal angles between the spans of the r leading left and right singular
/// vectors (Björck and Golub 1973), and intruder dimensions (Shuttleworth, Andreas, Torralba and Sharma 2024): left singular vectors among the k leading ones
/// of W whose largest |cosine| with all min(m, n) left singular vectors of B is below ε.
/// </summary>
/// <remarks>r is at most the rank of either matrix, because other vectors are arbitrary; so are subspaces that cut through equal singular values.</remarks>
public sealed class SubspaceComparison
{
    /// <summary>Singular values of W, descending.</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>Singular values of B, descending.</summary>
    public required IReadOnlyList<double> BaseValues { get; init; }

    /// <summary>The principal angles of the left subspaces in radians, ascending; as many as the subspaces' dimension r.</summary>
    public required IReadOnlyList<double> LeftAngles { get; init; }

    /// <summary>The principal angles of the right subspaces in radians, ascending.</summary>
    public required IReadOnlyList<double> RightAngles { get; init; }

    /// <summary>How many of the k leading left singular vectors of W are intruders.</summary>
    public required int Intruders { get; init; }

    /// <summary>‖W − B‖².</summary>
    public required double ChangeEnergy { get; init; }

    /// <summary>‖U_rᵀ·(W − B)‖², U_r the leading left vectors of B: what of the change acts within its leading outputs.</summary>
    public required double ChangeInLeft { get; init; }

    /// <summary>‖(W − B)·V_r‖², V_r the leading right vectors of B: what of the change takes its leading inputs.</summary>
    public required double ChangeInRight { get; init; }

    /// <summary>Compares two matrices.</summary>
    /// <param name="weights">W, m×n; unchanged.</param>
    /// <param name="basis">B, m×n; unchanged.</param>
    /// <param name="leading">r and k.</param>
    /// <param name="intruderCosine">ε.</param>
    /// <exception cref="ShapeMismatchException">The sizes differ.</exception>
    /// <exception cref="InvalidInputException">An entry is not finite.</exception>
    public static SubspaceComparison Of(Matrix weights, Matrix basis, int leading = 10, double intruderCosine = 0.5)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(basis);
        if (weights.Rows != basis.Rows || weights.Columns != basis.Columns)
            throw new ShapeMismatchException(
                $"The weights are {weights.Rows}×{weights.Columns} and their base is {basis.Rows}×{basis.Columns}; expected equal sizes.");
        SingularValueDecomposition w = SingularValueDecomposition.Thin(weights), b = SingularValueDecomposition.Thin(basis);
        double cutoff = Tolerances.PseudoInverseCutoff(weights.Rows, weights.Columns);
        int own = Math.Min(leading, NumericalRank.Of(w.Values, cutoff)), rank = Math.Min(own, NumericalRank.Of(b.Values, cutoff));
        Matrix left = w.Left.Block(0, 0, weights.Rows, own), baseLeft = b.Left.Block(0, 0, weights.Rows, rank);
        Matrix right = w.RightTransposed.Block(0, 0, rank, weights.Columns), baseRight = b.RightTransposed.Block(0, 0, rank, weights.Columns);
        Matrix cosines = Product.MultiplyTransposedLeft(b.Left, left), change = weights.Copy();
        for (int i = 0; i < change.Length; i++) change.AsSpan()[i] -= basis.AsSpan()[i];
        return new SubspaceComparison
        {
            Values = w.Values,
            BaseValues = b.Values,
            LeftAngles = Angles(left.Block(0, 0, weights.Rows, rank), baseLeft),
            RightAngles = Angles(right.Transpose(), baseRight.Transpose()),
            Intruders = Enumerable.Range(0, own).Count(column => Largest(cosines, column) < intruderCosine),
            ChangeEnergy = Reduction.SumOfSquares(change.AsSpan()),
            ChangeInLeft = Reduction.SumOfSquares(Product.MultiplyTransposedLeft(baseLeft, change).AsSpan()),
            ChangeInRight = Reduction.SumOfSquares(Product.MultiplyTransposedRight(change, baseRight).AsSpan()),
        };
    }

    private static double Largest(Matrix cosines, int column)
    {
        double largest = 0;
        for (int i = 0; i < cosines.Rows; i++) largest = Math.Max(largest, Math.Abs(cosines[i, column]));
        return largest;
    }

    /// <summary>The principal angles between the spans of orthonormal columns: by cosines where they are large, by sines where they are small.</summary>
    private static double[] Angles(Matrix a, Matrix b)
    {
        if (a.Columns == 0) return [];
        Matrix inner = Product.MultiplyTransposedLeft(b, a), rest = a.Copy(), within = Product.Multiply(b, inner);
        for (int i = 0; i < rest.Length; i++) rest.AsSpan()[i] -= within.AsSpan()[i];
        double[] cosines = SingularValueDecomposition.SingularValues(inner), sines = SingularValueDecomposition.SingularValues(rest);
        // Both are descending; the least sine belongs to the largest cosine. With more columns than rows the missing sines are 0.
        return [.. cosines.Select((cosine, i) => Elementary.Atan2(cosines.Length - 1 - i < sines.Length ? sines[cosines.Length - 1 - i] : 0, cosine))];
    }
}
