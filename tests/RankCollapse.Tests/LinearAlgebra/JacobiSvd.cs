using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

/// <summary>
/// Hestenes' one-sided Jacobi method, the slow reference: A's columns are turned until they are orthogonal, and their norms are its singular values
/// (Golub and Van Loan, Section 8.6.3).
/// </summary>
internal static class JacobiSvd
{
    internal static double[] Values(Matrix a)
    {
        // Rows hold the columns of A·V, or of Aᵀ·V where these are fewer.
        Matrix columns = a.Rows >= a.Columns ? a.Transpose() : a.Copy();
        bool isTurning = true;
        for (int sweep = 0; isTurning && sweep < 60; sweep++)
        {
            isTurning = false;
            for (int p = 0; p < columns.Rows; p++)
                for (int q = p + 1; q < columns.Rows; q++)
                    isTurning |= TryTurn(columns.Row(p), columns.Row(q));
        }
        Assert.False(isTurning);
        return [.. Enumerable.Range(0, columns.Rows).Select(i => Math.Sqrt(Reduction.SumOfSquares(columns.Row(i)))).OrderDescending()];
    }

    private static bool TryTurn(Span<double> first, Span<double> second)
    {
        double a = Math.Sqrt(Reduction.SumOfSquares(first)), b = Math.Sqrt(Reduction.SumOfSquares(second)), product = Reduction.Dot(first, second);
        if (Math.Min(a, b) <= 1e-140 || !(Math.Abs(product) > first.Length * Tolerances.MachineEpsilon * a * b)) return false;
        double zeta = (b - a) * (b + a) / (2 * product);
        double tangent = Math.CopySign(1 / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta))), zeta);
        double cosine = 1 / Math.Sqrt(1 + (tangent * tangent)), sine = cosine * tangent;
        for (int i = 0; i < first.Length; i++)
            (first[i], second[i]) = ((cosine * first[i]) - (sine * second[i]), (sine * first[i]) + (cosine * second[i]));
        return true;
    }
}
