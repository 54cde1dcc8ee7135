using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>A = V·diag(λ)·Vᵀ for a symmetric A, with orthonormal eigenvectors and descending eigenvalues, as singular values are ordered.</summary>
/// <remarks>Only the lower triangle of A counts. The error of each eigenvalue is a modest multiple of ε·‖A‖. The empty matrix has no eigenvalues.</remarks>
public sealed class SymmetricEigendecomposition
{
    private SymmetricEigendecomposition(double[] values, Matrix vectors)
    {
        Values = values;
        Vectors = vectors;
    }

    /// <summary>λ_1 ≥ … ≥ λ_n.</summary>
    public double[] Values { get; }

    /// <summary>V, n×n; column i belongs to λ_i.</summary>
    public Matrix Vectors { get; }

    /// <summary>The eigenvalues alone, descending.</summary>
    /// <param name="a">A, n×n, symmetric; unchanged.</param>
    /// <exception cref="ShapeMismatchException">A is not square.</exception>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    /// <exception cref="ComputationFailedException">The iteration did not converge.</exception>
    public static double[] Eigenvalues(Matrix a)
    {
        Check(a);
        if (a.Length == 0) return [];
        var tridiagonal = new Tridiagonalization(UnitScale.Of(a, out double unit));
        double[] values = tridiagonal.Diagonal;
        TridiagonalEigen.Values(values, tridiagonal.Beside);
        Array.Sort(values);
        Array.Reverse(values);
        TensorPrimitives.Multiply(values, unit, values);
        return values;
    }

    /// <summary>Eigenvalues and eigenvectors.</summary>
    /// <param name="a">A, n×n, symmetric; unchanged.</param>
    /// <exception cref="ShapeMismatchException">A is not square.</exception>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    /// <exception cref="ComputationFailedException">The iteration did not converge.</exception>
    public static SymmetricEigendecomposition Decompose(Matrix a)
    {
        Check(a);
        if (a.Length == 0) return new SymmetricEigendecomposition([], new Matrix(0, 0));
        var tridiagonal = new Tridiagonalization(UnitScale.Of(a, out double unit));
        (double[] values, Matrix rows) = TridiagonalEigen.Decompose(tridiagonal.Diagonal, tridiagonal.Beside);
        tridiagonal.Apply(rows);
        int[] order = [.. Enumerable.Range(0, a.Rows)];
        Array.Sort(values, order);
        Array.Reverse(values);
        Array.Reverse(order);
        TensorPrimitives.Multiply(values, unit, values);
        var vectors = new Matrix(a.Rows, a.Rows);
        rows.TransposeTo(order, vectors);
        return new SymmetricEigendecomposition(values, vectors);
    }

    private static void Check(Matrix a)
    {
        ArgumentNullException.ThrowIfNull(a);
        Require.Square(a, "symmetric eigendecomposition");
        Require.Finite(a, "symmetric eigendecomposition");
    }
}
