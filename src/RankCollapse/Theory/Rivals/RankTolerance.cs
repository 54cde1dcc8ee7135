using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Rivals;

/// <summary>Ranks within a share ε of the norm: the least k with dist(A, rank ≤ k) ≤ ε‖A‖, which is what bounds on that distance can explain.</summary>
public static class RankTolerance
{
    /// <summary>ε where nothing else is said: what is left out has 1 % of the energy.</summary>
    public const double Default = 0.1;

    /// <summary>The least k with √Σ_{i &gt; k} s_i² ≤ ε·√Σ s_i²; 0 for A = 0.</summary>
    /// <param name="singularValues">s_1 ≥ s_2 ≥ ….</param>
    /// <param name="tolerance">ε, 0 ≤ ε &lt; 1.</param>
    public static int Of(ReadOnlySpan<double> singularValues, double tolerance = Default)
    {
        double bound = tolerance * Reduction.Norm(singularValues);
        int rank = singularValues.Length;
        while (rank > 0 && Reduction.Norm(singularValues[(rank - 1)..]) <= bound) rank--;
        return rank;
    }
}
