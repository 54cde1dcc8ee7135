using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Figure1;

/// <summary>What Figure 1 says of the paper's claims.</summary>
internal static class TailEnergyVerdicts
{
    private const double EssentiallyRankK = 1e-6;

    /// <summary>Tail energies below this are 0 to the accuracy of a relative gradient of 1e−8 and of double precision.</summary>
    private const double Floor = 1e-13;

    /// <summary>Classes count as tight up to this spread; their means are about √(2n) apart.</summary>
    private const double TightSigma = 0.03;

    /// <summary>Judges the claims; the last layer has K rows, and so rank K in any case.</summary>
    public static IReadOnlyList<ClaimVerdict> Judge(IReadOnlyList<TailEnergyGrid> grids, double worstGradient, double tolerance)
    {
        TailEnergyGrid[] inner = Inner(grids);
        return
        [
            new ClaimVerdict
            {
                Claim = "For σ small enough all weight matrices have essentially rank K, at every λ.",
                AsStated = new Measurement(
                    "largest mean tail energy over λ and layers at the smallest σ", grids.Max(g => g.Mean[0].Max()), Comparison.AtMost, EssentiallyRankK),
            },
            new ClaimVerdict
            {
                Claim = "The distance from rank K grows with σ.",
                AsStated = new Measurement("least ratio, over layers 1 … 3, of the tail energy at the largest σ to that at the smallest σ, at the smallest λ",
                    inner.Min(g => g.Mean[^1][0] / g.Mean[0][0]), Comparison.AtLeast, 10),
            },
            new ClaimVerdict
            {
                Claim = "The distance from rank K falls as λ grows.",
                AsStated = new Measurement("share of the steps to the next larger λ, over σ and layers 1 … 3, in which the mean tail energy does not grow",
                    Falling(inner), Comparison.AtLeast, 0.95),
                Condition = $"σ ≤ {NumberText.Plain(TightSigma)}, tight classes",
                UnderCondition = new Measurement($"the same over σ ≤ {NumberText.Plain(TightSigma)}", Falling(inner.Select(Tight)), Comparison.AtLeast, 0.95),
                Explanation = "Theorem 3.4 bounds the distance from above by M·TCV/λ. Where TCV/λ is large the bound says nothing, and the tail energy of W_2 "
                    + "and W_3 first grows with λ, along a ridge of constant σ²/λ.",
            },
            new ClaimVerdict
            {
                Claim = "The networks are stationary, as Theorem 3.4 asks.",
                AsStated = new Measurement("largest relative gradient norm of all trainings", worstGradient, Comparison.AtMost, tolerance),
            },
        ];
    }

    /// <summary>What was learnt.</summary>
    public static IReadOnlyList<string> Notes(IReadOnlyList<TailEnergyGrid> grids, IReadOnlyList<TrialResult> results)
    {
        TailEnergyGrid first = grids[0];
        return
        [
            $"{results.Count(result => result.Summary.Status == TrainingStatus.Converged)} of {results.Count} trainings converged; the largest relative "
                + $"gradient norm is {NumberText.Short(results.Select(result => result.Summary.RelativeGradientNorm).DefaultIfEmpty(double.NaN).Max(), 2)}.",
            "W_1 is by far the farthest from rank K: at the largest σ and the smallest λ the tail energies of W_1 … W_3 are "
                + $"{string.Join(", ", Inner(grids).Select(g => NumberText.Short(g.Mean[^1][0], 2)))}. W_4 has K rows, so that its heat map is 0 whatever "
                + "is learnt.",
            "Where the classes are tight (the three smallest σ), the tail energy of W_1 goes like "
                + $"σ^{NumberText.Short(SlopeInSigma(first), 2)}·λ^{NumberText.Short(SlopeInLambda(first), 2)}. Theorem 3.4 bounds it by a multiple of "
                + "(TCV/λ)², which is σ⁴·λ⁻².",
            $"At the largest σ it hardly depends on λ until λ is large: from {NumberText.Short(first.Mean[^1][0], 2)} at the smallest λ to "
                + $"{NumberText.Short(first.Mean[^1][^1], 2)} at the largest, in W_1.",
        ];
    }

    /// <summary>The share of the steps to the next λ in which the tail energy does not grow, of those above the floor.</summary>
    internal static double Falling(IEnumerable<TailEnergyGrid> grids)
    {
        int steps = 0, falling = 0;
        foreach (double[] row in grids.SelectMany(g => g.Mean))
        {
            for (int j = 1; j < row.Length; j++)
            {
                if (row[j] < Floor && row[j - 1] < Floor) continue;
                steps++;
                if (row[j] <= row[j - 1]) falling++;
            }
        }
        return steps == 0 ? double.NaN : (double)falling / steps;
    }

    private static TailEnergyGrid[] Inner(IReadOnlyList<TailEnergyGrid> grids) => [.. grids.Where(g => g.Layer < TailEnergyExperiment.Depth)];

    private static TailEnergyGrid Tight(TailEnergyGrid grid)
    {
        int count = grid.Sigmas.Count(sigma => sigma <= TightSigma);
        return grid with { Sigmas = [.. grid.Sigmas.Take(count)], Mean = [.. grid.Mean.Take(count)] };
    }

    private static double SlopeInSigma(TailEnergyGrid grid) =>
        Slope(from i in Enumerable.Range(0, 3) from j in Enumerable.Range(0, grid.Lambdas.Count) select (j, Elementary.Log(grid.Sigmas[i]), grid.Mean[i][j]));

    private static double SlopeInLambda(TailEnergyGrid grid) =>
        Slope(from i in Enumerable.Range(0, 3) from j in Enumerable.Range(0, grid.Lambdas.Count) select (i, Elementary.Log(grid.Lambdas[j]), grid.Mean[i][j]));

    /// <summary>The slope of ln y against x by least squares within groups, over the y above the floor.</summary>
    private static double Slope(IEnumerable<(int Group, double X, double Y)> points)
    {
        double covariance = 0, variance = 0;
        foreach (var group in points.Where(p => p.Y > Floor).GroupBy(p => p.Group))
        {
            double x = group.Average(p => p.X), y = group.Average(p => Elementary.Log(p.Y));
            covariance += group.Sum(p => (p.X - x) * (Elementary.Log(p.Y) - y));
            variance += group.Sum(p => (p.X - x) * (p.X - x));
        }
        return variance > 0 ? covariance / variance : double.NaN;
    }
}
