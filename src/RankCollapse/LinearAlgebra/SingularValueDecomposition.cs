namespace RankCollapse.LinearAlgebra;

/// <summary>A = U·diag(s)·Vᵀ with orthonormal columns in U and V and s_1 ≥ s_2 ≥ … ≥ 0.</summary>
/// <remarks>
/// The error of each s_i is a modest multiple of ε·s_1: values below that are noise. Empty matrices have no singular values.
/// </remarks>
public sealed class SingularValueDecomposition
{
    private SingularValueDecomposition(Matrix left, double[] values, Matrix rightTransposed)
    {
        Left = left;
        Values = values;
        RightTransposed = rightTransposed;
    }

    /// <summary>U: m×k for the thin decomposition, k = min(m, n), and m×m for the full one.</summary>
    public Matrix Left { get; }

    /// <summary>s_1 ≥ … ≥ s_k ≥ 0, k = min(m, n).</summary>
    public double[] Values { get; }

    /// <summary>Vᵀ: k×n for the thin decomposition, n×n for the full one.</summary>
    public Matrix RightTransposed { get; }

    /// <summary>The min(m, n) singular values alone, descending.</summary>
    /// <param name="a">A, m×n; unchanged.</param>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    /// <exception cref="ComputationFailedException">The iteration did not converge.</exception>
    public static double[] SingularValues(Matrix a) => SingularValues(a, null);

    /// <summary>The thin decomposition: U m×k, Vᵀ k×n, k = min(m, n).</summary>
    /// <param name="a">A, m×n; unchanged.</param>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    /// <exception cref="ComputationFailedException">The iteration did not converge.</exception>
    public static SingularValueDecomposition Thin(Matrix a) => Decompose(a, full: false, null);

    /// <summary>The full decomposition: U m×m, Vᵀ n×n.</summary>
    /// <param name="a">A, m×n; unchanged.</param>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    /// <exception cref="ComputationFailedException">The iteration did not converge.</exception>
    public static SingularValueDecomposition Full(Matrix a) => Decompose(a, full: true, null);

    internal static double[] SingularValues(Matrix a, IDecompositionProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(a);
        if (a.Length == 0) return [];
        Require.Finite(a, "singular value decomposition");
        return Clean((provider ?? Lapack.Provider).SingularValues(a));
    }

    internal static SingularValueDecomposition Decompose(Matrix a, bool full, IDecompositionProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(a);
        if (a.Length == 0)
            return full ? new(Matrix.Identity(a.Rows), [], Matrix.Identity(a.Columns)) : new(new Matrix(a.Rows, 0), [], new Matrix(0, a.Columns));
        Require.Finite(a, "singular value decomposition");
        (Matrix left, double[] values, Matrix right) = (provider ?? Lapack.Provider).SingularValueDecomposition(a, full);
        return new SingularValueDecomposition(left, Clean(values), right);
    }

    /// <summary>Rounding may leave −0; nothing else is ever negative.</summary>
    private static double[] Clean(double[] values)
    {
        for (int i = 0; i < values.Length; i++) values[i] = Math.Abs(values[i]);
        return values;
    }
}
