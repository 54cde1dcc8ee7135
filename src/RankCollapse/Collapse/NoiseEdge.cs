using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// Where the singular values of a matrix end to be signal: of a signal of low rank and independent entries of standard deviation σ beside it, where σ is not
/// known and comes from the median of the values.
/// </summary>
/// <remarks>
/// For an m×n matrix, m ≤ n, β = m/n, the squared singular values of noise divided by n·σ² follow the law of Marchenko and Pastur (1967) on
/// [(1 − √β)², (1 + √β)²]; with its median μ_β, σ = s_med/√(n·μ_β). Noise ends at σ·(√m + √n). Truncation at ω(β)·s_med,
/// ω(β) = λ(β)/√μ_β with λ(β)² = 2(β + 1) + 8β/((β + 1) + √(β² + 14β + 1)), has the least mean squared error of all hard thresholds
/// (Gavish and Donoho 2014, IEEE Trans. Inf. Theory 60, equations 11 and 15): values between both are signal, but more noise than signal.
/// </remarks>
/// <param name="Deviation">σ, the standard deviation of the noise's entries.</param>
/// <param name="Edge">σ·(√m + √n), the largest singular value of noise for large m and n.</param>
/// <param name="Threshold">ω(β)·s_med, below which a singular value is better left out; at least max(m, n)·ε·s_1, what rounding explains.</param>
public sealed record NoiseEdge(double Deviation, double Edge, double Threshold)
{
    private const int Halvings = 60;

    /// <summary>The edge of a matrix, or of blocks of one size and one noise together.</summary>
    /// <param name="values">Its min(m, n) singular values, or those of all blocks, descending.</param>
    /// <param name="rows">m, at least 1.</param>
    /// <param name="columns">n, at least 1.</param>
    /// <param name="blocks">How many blocks there are.</param>
    /// <exception cref="ShapeMismatchException">There are not min(m, n) values for each block.</exception>
    public static NoiseEdge Of(IReadOnlyList<double> values, int rows, int columns, int blocks = 1)
    {
        ArgumentNullException.ThrowIfNull(values);
        int least = Math.Min(rows, columns), most = Math.Max(rows, columns);
        if (values.Count != (long)least * blocks || least < 1)
            throw new ShapeMismatchException(
                $"{(blocks == 1 ? "A" : blocks)} {rows}×{columns} {(blocks == 1 ? "matrix has" : "matrices have")} {(long)least * blocks} singular values, but "
                + $"{values.Count} are given.");
        int count = values.Count;
        double beta = (double)least / most, middle = (values[(count - 1) / 2] + values[count / 2]) / 2;
        double deviation = middle / Math.Sqrt(most * Median(beta));
        double factor = Math.Sqrt((2 * (beta + 1)) + (8 * beta / (beta + 1 + Math.Sqrt((beta * beta) + (14 * beta) + 1))));
        return new NoiseEdge(deviation, deviation * (Math.Sqrt(least) + Math.Sqrt(most)),
            Math.Max(Tolerances.PseudoInverseCutoff(rows, columns) * values[0], factor * Math.Sqrt(most) * deviation));
    }

    /// <summary>How many singular values lie above <see cref="Threshold"/>.</summary>
    /// <param name="values">Singular values, descending.</param>
    public int RankOf(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.TakeWhile(value => value > Threshold).Count();
    }

    /// <summary>μ_β, the median of the law of Marchenko and Pastur for variance 1.</summary>
    /// <param name="beta">In (0, 1].</param>
    internal static double Median(double beta)
    {
        // t = 1 + β − 2·√β·cos θ turns its density into (2/π)·sin²θ/(1 + β − 2·√β·cos θ), which has a known integral.
        double root = Math.Sqrt(beta), low = 0, high = 1;
        for (int i = 0; i < Halvings; i++)
        {
            double middle = (low + high) / 2;
            if (Share(middle) < 0.5) low = middle;
            else high = middle;
        }
        return 1 + beta - (2 * root * Elementary.SinCosPi(low).Cos);

        double Share(double turn)
        {
            (double half, double other) = Elementary.SinCosPi(turn / 2);
            double angle = Elementary.Atan2((1 + root) * half, (1 - root) * other);
            return (Elementary.SinCosPi(turn).Sin / (Math.PI * root)) + ((((1 + beta) * turn) - ((1 - beta) * 2 * angle / Math.PI)) / (2 * beta));
        }
    }
}
