namespace RankCollapse.LinearAlgebra;

/// <summary>
/// The decompositions that a numerical library must offer. Operands are finite and not empty, which the callers see to,
/// and are left unchanged unless said otherwise. Implementations are safe for use by many threads at once.
/// </summary>
internal interface IDecompositionProvider
{
    /// <summary>What it is, in a few words for the user.</summary>
    string Description { get; }

    /// <summary>The min(m, n) singular values of A m×n, descending.</summary>
    double[] SingularValues(Matrix a);

    /// <summary>A = U·diag(s)·Vᵀ with U m×k and Vᵀ k×n, k = min(m, n), or when <paramref name="full"/> square U and Vᵀ.</summary>
    (Matrix Left, double[] Values, Matrix RightTransposed) SingularValueDecomposition(Matrix a, bool full);

    /// <summary>The eigenvalues of the symmetric A, ascending; only the lower triangle counts.</summary>
    double[] SymmetricEigenvalues(Matrix a);

    /// <summary>The eigenvalues of the symmetric A, ascending, and orthonormal eigenvectors as rows; only the lower triangle counts.</summary>
    (double[] Values, Matrix VectorRows) SymmetricEigendecomposition(Matrix a);

    /// <summary>A = Q·R with Q m×k orthonormal and R k×n upper triangular, k = min(m, n), with any signs on R's diagonal.</summary>
    (Matrix Q, Matrix R) ThinQr(Matrix a);

    /// <summary>Overwrites the symmetric A by the lower triangular L of A = L·Lᵀ, with zeros above the diagonal.</summary>
    /// <returns>0, or k when the leading k×k block is not positive definite; the matrix is then of no use.</returns>
    int Cholesky(Matrix a);
}
