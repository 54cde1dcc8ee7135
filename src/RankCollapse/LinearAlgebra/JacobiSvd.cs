using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Hestenes' one-sided Jacobi method: A is turned from the right until its columns are orthogonal. Slower than a reduction to two diagonals, and right
/// for every matrix, those whose entries lie so many orders apart that squares vanish included (Golub and Van Loan, Section 8.6.3).
/// </summary>
internal static class JacobiSvd
{
    private const int MostSweeps = 60;

    /// <summary>A = U·diag(s)·Vᵀ of a square matrix whose entries are of moderate size; s descends.</summary>
    internal static (Matrix Left, double[] Values, Matrix RightTransposed) Decompose(Matrix a)
    {
        int size = a.Rows;

        // Rows hold the columns of A·V and of V.
        Matrix columns = a.Transpose(), right = Matrix.Identity(size);
        double floor = Tolerances.MachineEpsilon * Tolerances.MachineEpsilon * Frobenius.Norm(a);
        bool isTurning = true;
        for (int sweep = 0; isTurning; sweep++)
        {
            if (sweep == MostSweeps) throw new ComputationFailedException($"The singular values of a {size}×{size} matrix did not converge.");
            isTurning = false;
            for (int p = 0; p < size; p++)
                for (int q = p + 1; q < size; q++)
                    isTurning |= TryTurn(columns, right, p, q, floor);
        }
        double[] norms = [.. Enumerable.Range(0, size).Select(i => TensorPrimitives.Norm<double>(columns.Row(i)))];
        int[] order = [.. Enumerable.Range(0, size).OrderByDescending(i => norms[i])];
        double[] values = [.. order.Select(i => norms[i])];
        int rank = NumericalRank.Of(values, Tolerances.PseudoInverseCutoff(size, size));
        Matrix left = Matrix.FromEntries(size, rank, (i, k) => columns[order[k], i] / values[k]);
        (Matrix complete, _) = HouseholderQr.Decompose(left, size);
        for (int i = 0; i < size; i++) left.Row(i).CopyTo(complete.Row(i));
        return (complete, values, Matrix.FromEntries(size, size, (k, j) => right[order[k], j]));
    }

    /// <summary>Turns two columns until they are orthogonal; false where they are, or one of them vanishes beside A.</summary>
    private static bool TryTurn(Matrix columns, Matrix right, int p, int q, double floor)
    {
        Span<double> first = columns.Row(p), second = columns.Row(q);
        double a = TensorPrimitives.Norm<double>(first), b = TensorPrimitives.Norm<double>(second), product = TensorPrimitives.Dot<double>(first, second);
        if (Math.Min(a, b) <= floor || !(Math.Abs(product) > columns.Rows * Tolerances.MachineEpsilon * a * b)) return false;
        double zeta = (b - a) * (b + a) / (2 * product);
        double tangent = Math.CopySign(1 / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta))), zeta);
        double cosine = 1 / Math.Sqrt(1 + (tangent * tangent)), sine = cosine * tangent;
        Rotate(first, second, cosine, sine);
        Rotate(right.Row(p), right.Row(q), cosine, sine);
        return true;
    }

    private static void Rotate(Span<double> first, Span<double> second, double cosine, double sine)
    {
        for (int i = 0; i < first.Length; i++)
            (first[i], second[i]) = ((cosine * first[i]) - (sine * second[i]), (sine * first[i]) + (cosine * second[i]));
    }
}
