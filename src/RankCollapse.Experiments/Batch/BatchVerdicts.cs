using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Text;
using RankCollapse.Theory.Rivals;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Batch;

/// <summary>Which explanation predicts the ranks, and where.</summary>
internal static class BatchVerdicts
{
    /// <summary>A rank is predicted where the prediction is within this share of it.</summary>
    public const double Slack = 0.25;

    /// <summary>ε in words.</summary>
    public static string Tolerance { get; } = $"{NumberText.Plain(100 * RankTolerance.Default)} %";

    /// <summary>Judges the explanations over hidden layers: the last has K rows, and no rank to explain.</summary>
    public static IReadOnlyList<ClaimVerdict> Judge(IReadOnlyList<BatchPoint> points)
    {
        BatchPoint[] hidden = [.. Hidden(points)], first = [.. hidden.Where(p => p.Layer == 1)], later = [.. hidden.Where(p => p.Layer > 1)];
        BatchPoint[] constant = [.. hidden.Where(p => !IsCooled(p))], cooled = [.. later.Where(IsCooled)];
        BatchPoint[] constantLater = [.. later.Except(cooled)], constantFirst = [.. first.Where(p => !IsCooled(p))];
        double[] powers = Powers(constantLater), powersOfFirst = Powers(constantFirst);
        return
        [
            new ClaimVerdict
            {
                Claim = "Mini-batches: the bound of the last batches holds the rank of hidden layers below the full one.",
                AsStated = new Measurement("share of hidden layers, at a constant learning rate, of which it says so within " + Tolerance,
                    Share(constant, p => p.Explanation.BatchRank is not null), Comparison.AtLeast, 0.5),
                Explanation = $"Of the norm the last batches whose ranks add up to less than the full one leave {Range(constant, p => p.Batches)}: "
                    + $"they would need B·ln(1/ε)/(ηλ) < {hidden.Max(p => p.Explanation.FullRank)}, and the least of the grid is "
                    + $"{NumberText.Short(hidden.Min(p => p.Foreseen))}.",
            },
            new ClaimVerdict
            {
                Claim = "Mini-batches: ranks grow like B.",
                AsStated = new Measurement("power of B in the rank of hidden layers after the first, by least squares over B, η, λ, at a constant rate",
                    powers[0], Comparison.AtLeast, 0.5),
                Condition = "the restriction to the first layer and to the sign",
                UnderCondition = new Measurement("power of B in the rank of the first layer", powersOfFirst[0], Comparison.AtLeast, 0.05),
                Explanation = $"The powers of η and λ, which should be −1, are {NumberText.Short(powers[1], 2)} and {NumberText.Short(powers[2], 2)} "
                    + "after the first "
                    + $"layer, {NumberText.Short(powersOfFirst[1], 2)} and {NumberText.Short(powersOfFirst[2], 2)} in it.",
            },
            new ClaimVerdict
            {
                Claim = "Collapse: hidden layers after the first have rank K, whatever B, η and λ.",
                AsStated = new Measurement($"share of them, of all trainings, with a rank within {NumberText.Plain(100 * Slack)} % of K",
                    Share(later, p => Predicts(BatchExperiment.Classes, p)), Comparison.AtLeast, 0.9),
                Explanation = $"Their ranks are {Range(later, p => p.Rank)}; of the variation of the features before them "
                    + $"{Range(later, p => p.VariationBefore)} is "
                    + "inside classes.",
            },
            new ClaimVerdict
            {
                Claim = "Collapse: its bound holds the rank of these layers to K, at the points that training reached.",
                AsStated = new Measurement("share of these layers, of all trainings, of which the tight bound says so within " + Tolerance,
                    Share(later, p => p.Explanation.CollapseRank is not null), Comparison.AtLeast, 0.9),
                Condition = "learning rates that fall to 0",
                UnderCondition = new Measurement("the same share where the learning rate fell to 0",
                    Share(cooled, p => p.Explanation.CollapseRank is not null), Comparison.AtLeast, 0.9),
                Explanation = "At a constant rate the gradient of all samples does not vanish where training ends, and what is left of it, divided by λ, is "
                    + $"{Range(constantLater, p => p.Residual)} of ‖W‖; where the rate fell to 0 it is {Range(cooled, p => p.Residual)}. Theorem 3.4's "
                    + "own bound, which "
                    + $"counts all of it and what passes before the layer, says so of {PerCent(later, p => p.Explanation.TheoremRank is not null)}.",
            },
            new ClaimVerdict
            {
                Claim = "Collapse: so has the first layer, before which nothing has collapsed.",
                AsStated = new Measurement($"share of trainings with a rank of W_1 within {NumberText.Plain(100 * Slack)} % of K",
                    Share(first, p => Predicts(BatchExperiment.Classes, p)), Comparison.AtLeast, 0.9),
                Explanation = $"Its ranks are {Range(constantFirst, p => p.Rank)} at a constant rate and {Range([.. first.Where(IsCooled)], p => p.Rank)} "
                    + "where it fell to "
                    + $"0, of {first.Max(p => p.Explanation.FullRank)}; mini-batches foresee one within {NumberText.Plain(100 * Slack)} % in "
                    + $"{PerCent(first, p => Predicts(p.ForeseenRank, p))}.",
            },
        ];
    }

    /// <summary>Who predicts, layer by layer.</summary>
    public static IReadOnlyList<string> Notes(IReadOnlyList<BatchPoint> points) =>
    [
        .. Hidden(points).GroupBy(p => (p.Layer, p.Cell.Schedule)).OrderBy(group => group.Key.Schedule).ThenBy(group => group.Key.Layer).Select(group =>
        {
            BatchPoint[] all = [.. group];
            return $"layer {group.Key.Layer}, {EnumNames.Of(group.Key.Schedule)} rate: rank {Range(all, p => p.Rank)} of {all[0].Explanation.FullRank}; "
                + "predicted by K "
                + $"in {PerCent(all, p => Predicts(BatchExperiment.Classes, p))}, by the Jacobian's rank in {PerCent(all, p => Predicts(p.Jacobian, p))}, by "
                + $"mini-batches in {PerCent(all, p => Predicts(p.ForeseenRank, p))} of trainings; bounds within {Tolerance}: tight "
                + $"{PerCent(all, p => p.Explanation.CollapseRank is not null)}, Theorem 3.4 {PerCent(all, p => p.Explanation.TheoremRank is not null)}, "
                + $"mini-batches {PerCent(all, p => p.Explanation.BatchRank is not null)}; distance from rank K {Range(all, p => p.Distance)} of ‖W‖, "
                + "variation "
                + $"inside classes of the features after it {Range(all, p => p.Variation)}.";
        }),
        .. Seeds(points),
    ];

    /// <summary>The powers of B, η and λ in the rank, by least squares on logarithms with a constant for each layer.</summary>
    internal static double[] Powers(IReadOnlyList<BatchPoint> points)
    {
        BatchPoint[] all = [.. points.Where(p => p.Rank > 0)];
        int[] layers = [.. all.Select(p => p.Layer).Distinct().Order()];
        if (all.Length == 0) return [double.NaN, double.NaN, double.NaN];
        var a = Matrix.FromEntries(all.Length, 3 + layers.Length, (i, j) => j switch
        {
            0 => Elementary.Log(all[i].Cell.BatchSize),
            1 => Elementary.Log(all[i].Cell.Rate),
            2 => Elementary.Log(all[i].Cell.Lambda),
            _ => all[i].Layer == layers[j - 3] ? 1 : 0,
        });
        Matrix solution = LeastSquares.Solve(a, Matrix.FromEntries(all.Length, 1, (i, _) => Elementary.Log(all[i].Rank))).Solution;
        return [solution[0, 0], solution[1, 0], solution[2, 0]];
    }

    /// <summary>How far ranks differ between seeds of the same training.</summary>
    private static IEnumerable<string> Seeds(IReadOnlyList<BatchPoint> points)
    {
        double[] ratios = [.. Hidden(points).GroupBy(p => (p.Layer, p.Cell with { Seed = 0 })).Where(group => group.Count() > 1 && group.All(p => p.Rank > 0))
            .Select(group => (double)group.Max(p => p.Rank) / group.Min(p => p.Rank))];
        if (ratios.Length == 0) yield break;
        yield return $"Between seeds ranks of one layer of one training differ by a factor of {NumberText.Short(ratios.Max(), 3)} at most, in the median "
            + $"{NumberText.Short(ratios.Order().ElementAt(ratios.Length / 2), 3)}.";
    }

    private static IEnumerable<BatchPoint> Hidden(IReadOnlyList<BatchPoint> points) => points.Where(p => p.Layer < BatchExperiment.Depth);

    private static bool IsCooled(BatchPoint p) => p.Cell.Schedule != RateSchedule.Constant;

    private static bool Predicts(double rank, BatchPoint p) => Math.Abs(rank - p.Rank) <= Slack * p.Rank;

    private static double Share(IReadOnlyCollection<BatchPoint> points, Func<BatchPoint, bool> holds) =>
        points.Count == 0 ? double.NaN : (double)points.Count(holds) / points.Count;

    private static string PerCent(IReadOnlyCollection<BatchPoint> points, Func<BatchPoint, bool> holds) =>
        $"{NumberText.Plain(Math.Round(100 * Share(points, holds)))} %";

    private static string Range(IReadOnlyCollection<BatchPoint> points, Func<BatchPoint, double> value)
    {
        double[] known = [.. points.Select(value).Where(double.IsFinite)];
        if (known.Length == 0) return "none";
        string least = InWords(known.Min()), most = InWords(known.Max());
        return least == most ? least : $"{least} to {most}";
    }
    /// <summary>A number; whole ones, such as ranks, without a fraction.</summary>
    internal static string InWords(double value) => value == Math.Floor(value) ? NumberText.Plain(value) : NumberText.Short(value);
}
