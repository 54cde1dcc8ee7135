using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// A power law p(x) ∝ x^(−α), x ≥ x_min, fitted to a tail: α by maximum likelihood, x_min where the fit lies nearest to the data
/// (Clauset, Shalizi and Newman 2009, equations 3.1 and 3.9; the continuous case).
/// </summary>
/// <param name="Exponent">α = 1 + n/Σ ln(x_i/x_min).</param>
/// <param name="Minimum">x_min, one of the data.</param>
/// <param name="KolmogorovSmirnovDistance">max_i |(1 − (x_i/x_min)^(1−α)) − (i−1)/n| over the tail in ascending order, as in the authors' program.</param>
/// <param name="SampleSize">n, the number of data in the tail, x_min included.</param>
/// <remarks>
/// A small distance says that the tail looks like a power law; with few data it is small for almost any tail. The standard error of α is about (α − 1)/√n.
/// </remarks>
public sealed record PowerLawFit(double Exponent, double Minimum, double KolmogorovSmirnovDistance, int SampleSize)
{
    /// <summary>Fewer data than this have no tail to speak of.</summary>
    public const int FewestData = 5;

    /// <summary>Data that differ by less than this part of themselves count as equal, so that rounding makes no x_min of its own.</summary>
    public const double TieTolerance = 1e-10;

    /// <summary>Up to 20,000 data each different one is tried as x_min; beyond, as many as this number allows for each datum, evenly spaced by rank.</summary>
    private const double MostWork = 4e8;

    private const int FewestCandidates = 1000;

    /// <summary>The fit, or null for fewer than <see cref="FewestData"/> positive data or fewer than two different ones.</summary>
    /// <param name="data">Any order; what is not positive is left out.</param>
    public static PowerLawFit? Of(IEnumerable<double> data)
    {
        double[] x = Positive(data);
        if (x.Length < FewestData || !IsAbove(x[^1], x[0])) return null;
        double[] logarithms = Array.ConvertAll(x, Elementary.Log);

        // Sums from the largest downwards: Σ_{i≥k} ln x_i for every k.
        var sums = new double[x.Length + 1];
        for (int k = x.Length - 1; k >= 0; k--) sums[k] = sums[k + 1] + logarithms[k];
        var firsts = new int[x.Length];
        int different = 0;
        for (int k = 0; k < x.Length; k++)
        {
            if ((k == 0 || IsAbove(x[k], x[k - 1])) && IsAbove(x[^1], x[k])) firsts[different++] = k;
        }
        int candidates = Math.Min(different, Math.Max(FewestCandidates, (int)(MostWork / x.Length)));
        PowerLawFit? best = null;
        var model = new double[x.Length];
        for (int c = 0; c < candidates; c++)
        {
            int k = firsts[(int)((long)c * different / candidates)], n = x.Length - k;
            double excess = sums[k] - (n * logarithms[k]);
            if (!(excess > 0)) continue;
            double exponent = 1 + (n / excess);
            double distance = Distance(logarithms.AsSpan(k), exponent, model.AsSpan(0, n));
            if (best is null || distance < best.KolmogorovSmirnovDistance) best = new PowerLawFit(exponent, x[k], distance, n);
        }
        return best;
    }

    /// <summary>
    /// The power law of the larger half, x_min the datum of number ⌊N/2⌋ in ascending order from 0: Hill's estimator, which does not choose x_min and so varies
    /// less (Hu et al. 2025). Null for fewer than <see cref="FewestData"/> positive data or where those of the half are equal.
    /// </summary>
    /// <param name="data">Any order; what is not positive is left out.</param>
    public static PowerLawFit? OfLargerHalf(IEnumerable<double> data)
    {
        double[] x = Positive(data);
        if (x.Length < FewestData || !IsAbove(x[^1], x[x.Length / 2])) return null;
        double[] logarithms = Array.ConvertAll(x[(x.Length / 2)..], Elementary.Log);
        double excess = 0;
        foreach (double value in logarithms) excess += value - logarithms[0];
        double exponent = 1 + (logarithms.Length / excess);
        return new PowerLawFit(exponent, x[x.Length / 2], Distance(logarithms, exponent, new double[logarithms.Length]), logarithms.Length);
    }

    /// <summary>The positive data, ascending.</summary>
    private static double[] Positive(IEnumerable<double> data)
    {
        double[] x = [.. data];
        Array.Sort(x);
        int first = 0;
        while (first < x.Length && !(x[first] > 0)) first++;
        return x[first..];
    }

    private static bool IsAbove(double value, double other) => value > other * (1 + TieTolerance);

    private static double Distance(ReadOnlySpan<double> logarithms, double exponent, Span<double> model)
    {
        // (x/x_min)^(1−α) = exp((1−α)(ln x − ln x_min))
        TensorPrimitives.Subtract(logarithms, logarithms[0], model);
        TensorPrimitives.Multiply(model, 1 - exponent, model);
        Elementary.Exp(model, model);
        double largest = 0, n = logarithms.Length;
        for (int i = 0; i < model.Length; i++) largest = Math.Max(largest, Math.Abs(1 - model[i] - (i / n)));
        return largest;
    }
}
