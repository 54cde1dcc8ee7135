using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>What the singular values of a layer say. A layer of several blocks has the values of all of them, as the block-diagonal matrix has.</summary>
public sealed class WeightSpectrum
{
    private const double NaturalLogarithmOfTen = 2.3025850929940457;

    private readonly SpectralSummary _summary;
    private readonly double[] _logEigenvalues;
    private readonly Lazy<double?> _fixedAspect;

    private WeightSpectrum(IReadOnlyList<double[]> blocks, BlockShape shape, bool isFactored, Func<IReadOnlyList<double>> windows)
    {
        Shape = shape;
        double[] all = Together(blocks);
        SingularValues = all;
        _summary = SpectralSummary.FromSingularValues(SingularValues);
        EnergyRanks = [.. EnergyRank.Levels.Select(level => EnergyRank.Of(blocks, shape, level, isFactored))];
        double noise = Tolerances.PseudoInverseCutoff(shape.Rows, shape.Columns) * SpectralNorm;
        double[] eigenvalues = SquaresAbove(noise, all);
        PowerLaw = PowerLawFit.Of(eigenvalues);
        HillExponent = PowerLawFit.OfLargerHalf(eigenvalues)?.Exponent;
        _fixedAspect = new Lazy<double?>(() => shape.Rows == shape.Columns ? HillExponent
            : PowerLawFit.OfLargerHalf(SquaresAbove(noise, windows()))?.Exponent);
        _logEigenvalues = Array.ConvertAll(eigenvalues, Elementary.Log);
        EigenvalueEntropy = Entropy(eigenvalues);
    }

    /// <summary>The blocks' shape.</summary>
    public BlockShape Shape { get; }

    /// <summary>s_1 ≥ s_2 ≥ … ≥ 0, min(m, n) for each block.</summary>
    public IReadOnlyList<double> SingularValues { get; }

    /// <summary>σ_max = s_1. (Elsewhere also written ‖W‖_2; some programs give its square, the largest eigenvalue λ_max of WᵀW, under this name.)</summary>
    public double SpectralNorm => _summary.SpectralNorm;

    /// <summary>(Σ s_i²)^½, the norm of all weights.</summary>
    public double FrobeniusNorm => _summary.FrobeniusNorm;

    /// <summary>Σ s_i²/s_1², from 1 to the rank; 0 for zero weights.</summary>
    public double StableRank => _summary.StableRank;

    /// <summary>exp(−Σ p_i ln p_i), p_i = s_i/Σ s_j (Roy and Vetterli 2007), from 1 to the rank; 0 for zero weights.</summary>
    public double EffectiveRank => _summary.EffectiveRank;

    /// <summary>−Σ q_i ln q_i/ln R, q_i = s_i²/Σ s_j² over the R values above rounding (WeightWatcher's "entropy"), from 0 to 1; null for R &lt; 2.</summary>
    public double? EigenvalueEntropy { get; }

    /// <summary>The parameters that are saved at 90, 99 and 99.9 % of the energy Σ s².</summary>
    public IReadOnlyList<EnergyRank> EnergyRanks { get; }

    /// <summary>mn/(m + n): below this rank two factors m×k and k×n have fewer parameters than the matrix; of each block.</summary>
    public double BreakEvenRank => (double)Shape.Rows * Shape.Columns / (Shape.Rows + (double)Shape.Columns);

    /// <summary>
    /// σ·(√m + √n) with σ² = Σ s_i²/(number of entries): the largest singular value that independent entries of equal variance would have for large m and n
    /// (Marchenko and Pastur 1967). WeightWatcher's λ⁺ is the square of it divided by max(m, n).
    /// </summary>
    public double MarchenkoPasturEdge
    {
        get
        {
            double entries = (double)Shape.Rows * Shape.Columns * Shape.Count;
            return FrobeniusNorm / Math.Sqrt(entries) * (Math.Sqrt(Shape.Rows) + Math.Sqrt(Shape.Columns));
        }
    }

    /// <summary>#{i : s_i &gt; the Marchenko–Pastur edge}.</summary>
    public int ValuesAboveEdge
    {
        get
        {
            double edge = MarchenkoPasturEdge;
            return SingularValues.TakeWhile(value => value > edge).Count();
        }
    }

    /// <summary>ω(β)·median(s), above which values are worth keeping from under noise (<see cref="NoiseEdge.Threshold"/>); 0 without values.</summary>
    public double GavishDonohoThreshold =>
        SingularValues.Count > 0 ? NoiseEdge.Of(SingularValues, Shape.Rows, Shape.Columns, Shape.Count).Threshold : 0;

    /// <summary>#{i : s_i &gt; the Gavish–Donoho threshold}.</summary>
    public int ValuesAboveGavishDonoho
    {
        get
        {
            double threshold = GavishDonohoThreshold;
            return SingularValues.TakeWhile(value => value > threshold).Count();
        }
    }

    /// <summary>The power law of the largest eigenvalues s_i² of WᵀW, of those above rounding (s_i &gt; max(m, n)·ε·s_1); null for fewer than 5.</summary>
    public PowerLawFit? PowerLaw { get; }

    /// <summary>Hill's estimate of α from the larger half of the eigenvalues above rounding; null for fewer than 5.</summary>
    public double? HillExponent { get; }

    /// <summary>
    /// The same of square windows (<see cref="FixedAspectWindows"/>), so that it does not depend on m/n; of square matrices, of all. Null for fewer than 5.
    /// </summary>
    public double? HillExponentAtFixedAspect => _fixedAspect.Value;

    /// <summary>log10 ‖W‖_F², as WeightWatcher's <c>log_norm</c>; null for zero weights.</summary>
    public double? LogNorm => SpectralNorm > 0 ? 2 * Elementary.Log(FrobeniusNorm) / NaturalLogarithmOfTen : null;

    /// <summary>log10 λ_1 = log10 s_1², as WeightWatcher's <c>log_spectral_norm</c>; null for zero weights.</summary>
    public double? LogSpectralNorm => SpectralNorm > 0 ? 2 * Elementary.Log(SpectralNorm) / NaturalLogarithmOfTen : null;

    /// <summary>α̂ = α·log10 λ_1 (Martin, Peng and Mahoney 2021), as WeightWatcher's <c>alpha_weighted</c>; null without a power law.</summary>
    public double? WeightedExponent => PowerLaw?.Exponent * LogSpectralNorm;

    /// <summary>log10 Σ λ_i^α over the eigenvalues above rounding, as WeightWatcher's <c>log_alpha_norm</c>; null without a power law.</summary>
    public double? LogAlphaNorm
    {
        get
        {
            if (PowerLaw is not { Exponent: var exponent }) return null;
            // Σ λ_i^α = λ_1^α·Σ (λ_i/λ_1)^α, which neither overflows nor vanishes.
            double sum = _logEigenvalues.Sum(logarithm => Elementary.Exp(exponent * (logarithm - _logEigenvalues[0])));
            return ((exponent * _logEigenvalues[0]) + Elementary.Log(sum)) / NaturalLogarithmOfTen;
        }
    }

    /// <summary>The spectrum of a layer.</summary>
    /// <param name="blocks">The singular values of each block.</param>
    /// <param name="shape">The blocks' shape.</param>
    /// <param name="isFactored">Whether the blocks are the layer's own matrices, which factors could replace.</param>
    /// <param name="windows">Gives the singular values of <see cref="FixedAspectWindows"/> when asked; null where they are not wanted.</param>
    /// <exception cref="InvalidInputException">The values are negative or not finite.</exception>
    public static WeightSpectrum Of(
        IReadOnlyList<double[]> blocks, BlockShape shape, bool isFactored = true, Func<IReadOnlyList<double>>? windows = null) =>
        new(blocks, shape, isFactored, windows ?? (() => []));

    /// <summary>#{i : s_i &gt; tolerance·s_1}.</summary>
    /// <param name="relativeTolerance">In [0, 1).</param>
    public int NumericalRank(double relativeTolerance) => _summary.NumericalRank(relativeTolerance);

    /// <summary>Σ_{j&gt;K} s_j²/Σ s_j²; null for zero weights.</summary>
    /// <param name="classes">K, at least 0.</param>
    public double? TailEnergy(int classes) => _summary.TailEnergy(classes);

    /// <summary>The values of all blocks, descending. (Loops, as below: a query over numbers is compiled anew in every run.)</summary>
    private static double[] Together(IReadOnlyList<double[]> blocks)
    {
        var all = new double[blocks.Sum(block => block.Length)];
        int start = 0;
        foreach (double[] block in blocks)
        {
            block.CopyTo(all, start);
            start += block.Length;
        }
        Array.Sort(all);
        Array.Reverse(all);
        return all;
    }

    private static double[] SquaresAbove(double noise, IReadOnlyList<double> values)
    {
        int count = 0;
        var squares = new double[values.Count];
        for (int i = 0; i < squares.Length; i++)
        {
            if (values[i] > noise) squares[count++] = values[i] * values[i];
        }
        return squares[..count];
    }

    private static double? Entropy(double[] eigenvalues)
    {
        if (eigenvalues.Length < 2) return null;
        double largest = eigenvalues[0], sum = 0, entropy = 0;
        foreach (double value in eigenvalues) sum += value / largest;
        foreach (double value in eigenvalues)
        {
            double q = value / largest / sum;
            if (q > 0) entropy -= q * Elementary.Log(q);
        }
        return entropy / Elementary.Log(eigenvalues.Length);
    }
}
