using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>What the singular values of a matrix say about its size and rank.</summary>
public sealed class SpectralSummary
{
    private SpectralSummary(double[] values) => SingularValues = values;

    /// <summary>s_1 ≥ s_2 ≥ … ≥ 0.</summary>
    public IReadOnlyList<double> SingularValues { get; }

    /// <summary>‖A‖_2 = s_1; 0 for empty matrices.</summary>
    public double SpectralNorm => SingularValues.Count == 0 ? 0 : SingularValues[0];

    /// <summary>‖A‖_F = (Σ s_i²)^½.</summary>
    public double FrobeniusNorm => SpectralNorm * Math.Sqrt(StableRank);

    /// <summary>‖A‖_F²/‖A‖_2², from 1 to the rank; 0 for the zero matrix.</summary>
    public double StableRank
    {
        get
        {
            double sum = 0;
            foreach (double share in Shares()) sum += share * share;
            return sum;
        }
    }

    /// <summary>exp(−Σ p_i ln p_i) with p_i = s_i/Σ s_j (Roy and Vetterli 2007), from 1 to the rank; 0 for the zero matrix.</summary>
    public double EffectiveRank
    {
        get
        {
            double[] shares = Shares();
            if (shares.Length == 0) return 0;
            double sum = Reduction.Sum(shares), entropy = 0;
            foreach (double share in shares)
            {
                double p = share / sum;
                if (p > 0) entropy -= p * Elementary.Log(p);
            }
            return Elementary.Exp(entropy);
        }
    }

    /// <summary>The summary of a matrix.</summary>
    /// <param name="a">A, m×n; unchanged.</param>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    public static SpectralSummary Of(Matrix a) => new(SingularValueDecomposition.SingularValues(a));

    /// <summary>The summary that belongs to singular values.</summary>
    /// <param name="singularValues">Descending and not negative; copied.</param>
    /// <exception cref="InvalidInputException">They are not.</exception>
    public static SpectralSummary FromSingularValues(IReadOnlyList<double> singularValues)
    {
        ArgumentNullException.ThrowIfNull(singularValues);
        for (int i = 0; i < singularValues.Count; i++)
        {
            if (!(singularValues[i] >= 0) || (i > 0 && singularValues[i] > singularValues[i - 1]))
                throw new InvalidInputException($"Singular values are descending and not negative, but number {i + 1} is {singularValues[i]}.");
        }
        return new SpectralSummary([.. singularValues]);
    }

    /// <summary>#{i : s_i &gt; tolerance·s_1}.</summary>
    /// <param name="relativeTolerance">In [0, 1).</param>
    public int NumericalRank(double relativeTolerance = Tolerances.NumericalRank) =>
        LinearAlgebra.NumericalRank.Of((double[])SingularValues, relativeTolerance);

    /// <summary>Σ_{j&gt;K} s_j²/Σ s_j², in [0, 1]: the squared relative distance to rank K; null for the zero matrix.</summary>
    /// <param name="rank">K, at least 0.</param>
    public double? TailEnergy(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        double[] shares = Shares();
        if (shares.Length == 0) return null;
        double tail = 0, head = 0;
        for (int i = shares.Length - 1; i >= 0; i--)
        {
            if (i >= rank) tail += shares[i] * shares[i];
            else head += shares[i] * shares[i];
        }
        return tail / (head + tail);
    }

    /// <summary>s_i/s_1, whose squares neither overflow nor vanish together; empty for the zero matrix.</summary>
    private double[] Shares()
    {
        var shares = new double[SpectralNorm == 0 ? 0 : SingularValues.Count];
        for (int i = 0; i < shares.Length; i++) shares[i] = SingularValues[i] / SpectralNorm;
        return shares;
    }
}
