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
    public static double[] Eigenvalues(Matrix a) => Eigenvalues(a, null);

    /// <summary>Eigenvalues and eigenvectors.</summary>
    /// <param name="a">A, n×n, symmetric; unchanged.</param>
    /// <exception cref="ShapeMismatchException">A is not square.</exception>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    /// <exception cref="ComputationFailedException">The iteration did not converge.</exception>
    public static SymmetricEigendecomposition Decompose(Matrix a) => Decompose(a, null);

    internal static double[] Eigenvalues(Matrix a, IDecompositionProvider? provider)
    {
        Check(a);
        if (a.Length == 0) return [];
        double[] values = (provider ?? Lapack.Provider).SymmetricEigenvalues(a);
        Array.Reverse(values);
        return values;
    }

    internal static SymmetricEigendecomposition Decompose(Matrix a, IDecompositionProvider? provider)
    {
        Check(a);
        if (a.Length == 0) return new SymmetricEigendecomposition([], new Matrix(0, 0));
        (double[] values, Matrix rows) = (provider ?? Lapack.Provider).SymmetricEigendecomposition(a);
        Array.Reverse(values);
        int n = a.Rows;
        var vectors = new Matrix(n, n);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                vectors[i, j] = rows[n - 1 - j, i];
        return new SymmetricEigendecomposition(values, vectors);
    }

    private static void Check(Matrix a)
    {
        ArgumentNullException.ThrowIfNull(a);
        Require.Square(a, "symmetric eigendecomposition");
        Require.Finite(a, "symmetric eigendecomposition");
    }
}
