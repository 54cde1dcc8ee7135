using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>A = L·Lᵀ for a symmetric positive definite A, with L lower triangular.</summary>
public sealed class CholeskyDecomposition
{
    private CholeskyDecomposition(Matrix factor) => Factor = factor;

    /// <summary>L, n×n, zero above the diagonal, L_ii &gt; 0.</summary>
    public Matrix Factor { get; }

    /// <summary>ln det A = 2·Σ ln L_ii.</summary>
    public double LogDeterminant
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < Factor.Rows; i++) sum += 2 * Elementary.Log(Factor[i, i]);
            return sum;
        }
    }

    /// <summary>Factors A if it is numerically positive definite; only its lower triangle counts.</summary>
    /// <param name="a">A, n×n; unchanged.</param>
    /// <param name="decomposition">The factors, or null when A is not positive definite.</param>
    /// <param name="failedOrder">0, or the order k of the first leading block that is not positive definite.</param>
    /// <returns>Whether A is positive definite.</returns>
    /// <exception cref="ShapeMismatchException">A is not square.</exception>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    public static bool TryDecompose(Matrix a, [NotNullWhen(true)] out CholeskyDecomposition? decomposition, out int failedOrder)
    {
        ArgumentNullException.ThrowIfNull(a);
        Require.Square(a, "Cholesky decomposition");
        Require.Finite(a, "Cholesky decomposition");
        Matrix factor = a.Copy();
        failedOrder = BlockedCholesky.Factor(factor);
        for (int i = 0; i < factor.Rows; i++) factor.Row(i)[(i + 1)..].Clear();
        decomposition = failedOrder == 0 ? new CholeskyDecomposition(factor) : null;
        return decomposition is not null;
    }

    /// <summary>X with A·X = B.</summary>
    /// <param name="b">B, n×k; unchanged.</param>
    /// <exception cref="ShapeMismatchException">B has another number of rows.</exception>
    public Matrix Solve(Matrix b)
    {
        ArgumentNullException.ThrowIfNull(b);
        Matrix x = b.Copy();
        SolveInPlace(x);
        return x;
    }

    /// <summary>Overwrites B by X with A·X = B; allocates nothing.</summary>
    /// <param name="b">B, n×k.</param>
    /// <exception cref="ShapeMismatchException">B has another number of rows.</exception>
    public void SolveInPlace(Matrix b)
    {
        ArgumentNullException.ThrowIfNull(b);
        int n = Factor.Rows;
        if (b.Rows != n) throw new ShapeMismatchException($"The factored matrix is {n}×{n}, but the right-hand side has {b.Rows} rows.");
        for (int i = 0; i < n; i++)
        {
            Span<double> row = b.Row(i);
            for (int j = 0; j < i; j++) TensorPrimitives.MultiplyAdd(b.Row(j), -Factor[i, j], row, row);
            TensorPrimitives.Divide(row, Factor[i, i], row);
        }
        for (int i = n - 1; i >= 0; i--)
        {
            Span<double> row = b.Row(i);
            TensorPrimitives.Divide(row, Factor[i, i], row);
            for (int j = 0; j < i; j++) TensorPrimitives.MultiplyAdd(row, -Factor[i, j], b.Row(j), b.Row(j));
        }
    }
}
