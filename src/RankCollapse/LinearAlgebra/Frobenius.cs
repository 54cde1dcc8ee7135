namespace RankCollapse.LinearAlgebra;

/// <summary>The Frobenius norm ‖A‖ = √Σa_ij², and distances in it.</summary>
internal static class Frobenius
{
    /// <summary>‖A‖; 0 for an empty matrix.</summary>
    internal static double Norm(Matrix a) => Reduction.Norm(a.AsSpan());

    /// <summary>‖A − B‖.</summary>
    internal static double Distance(Matrix a, Matrix b) => Reduction.Distance(a.AsSpan(), b.AsSpan());

    /// <summary>‖A − B‖/‖B‖; 0 when both are 0, +∞ when B alone is.</summary>
    internal static double RelativeDistance(Matrix a, Matrix b)
    {
        double distance = Distance(a, b), size = Norm(b);
        return distance == 0 ? 0 : distance / size;
    }
}
