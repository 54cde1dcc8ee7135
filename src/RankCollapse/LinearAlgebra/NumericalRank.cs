namespace RankCollapse.LinearAlgebra;

/// <summary>How many singular values exceed a fraction of the largest: #{i : s_i &gt; tolerance·s_1}; 0 for the zero matrix.</summary>
public static class NumericalRank
{
    /// <summary>The numerical rank of a matrix.</summary>
    /// <param name="a">A, m×n; unchanged.</param>
    /// <param name="relativeTolerance">In [0, 1).</param>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite, or the tolerance lies outside [0, 1).</exception>
    public static int Of(Matrix a, double relativeTolerance = Tolerances.NumericalRank) =>
        Of(SingularValueDecomposition.SingularValues(a), relativeTolerance);

    /// <summary>The numerical rank that belongs to descending singular values.</summary>
    /// <param name="singularValues">s_1 ≥ s_2 ≥ … ≥ 0.</param>
    /// <param name="relativeTolerance">In [0, 1).</param>
    /// <exception cref="InvalidInputException">The tolerance lies outside [0, 1).</exception>
    public static int Of(ReadOnlySpan<double> singularValues, double relativeTolerance = Tolerances.NumericalRank)
    {
        Require.RelativeTolerance(relativeTolerance);
        if (singularValues.Length == 0 || singularValues[0] == 0) return 0;
        double threshold = relativeTolerance * singularValues[0];
        int rank = 0;
        while (rank < singularValues.Length && singularValues[rank] > threshold) rank++;
        return rank;
    }
}
