using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>A = Q·R with orthonormal columns in Q and an upper triangular R whose diagonal is not negative.</summary>
/// <remarks>Where A has full column rank this choice of signs makes the decomposition unique.</remarks>
public sealed class QrDecomposition
{
    private QrDecomposition(Matrix q, Matrix r)
    {
        Q = q;
        R = r;
    }

    /// <summary>Q, m×k with k = min(m, n); QᵀQ = I.</summary>
    public Matrix Q { get; }

    /// <summary>R, k×n, zero below the diagonal, R_ii ≥ 0.</summary>
    public Matrix R { get; }

    /// <summary>The thin decomposition; also for rank-deficient and empty matrices.</summary>
    /// <param name="a">A, m×n; unchanged.</param>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    public static QrDecomposition Decompose(Matrix a)
    {
        ArgumentNullException.ThrowIfNull(a);
        if (a.Length == 0)
        {
            int count = Math.Min(a.Rows, a.Columns);
            return new QrDecomposition(new Matrix(a.Rows, count), new Matrix(count, a.Columns));
        }
        Require.Finite(a, "QR decomposition");
        var factors = new HouseholderQr(UnitScale.Of(a, out double unit));
        Matrix q = factors.Columns(a.Rows, Math.Min(a.Rows, a.Columns)), r = factors.R;
        TensorPrimitives.Multiply(r.AsSpan(), unit, r.AsSpan());
        for (int i = 0; i < r.Rows; i++)
        {
            if (r[i, i] >= 0) continue;
            TensorPrimitives.Negate(r.Row(i)[i..], r.Row(i)[i..]);
            for (int j = 0; j < q.Rows; j++) q[j, i] = -q[j, i];
        }
        return new QrDecomposition(q, r);
    }
}
