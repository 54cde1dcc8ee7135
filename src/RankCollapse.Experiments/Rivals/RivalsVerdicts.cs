using RankCollapse.Experiments.Batch;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Rivals;

/// <summary>Which of the explanations holds where.</summary>
internal static class RivalsVerdicts
{
    /// <summary>Networks of at most so many layers count as shallow.</summary>
    private const int Shallow = 4;

    /// <summary>Judges them.</summary>
    public static IReadOnlyList<ClaimVerdict> Judge(IReadOnlyList<RankContest> contests, IReadOnlyList<HeadEnd> heads)
    {
        int deepest = contests.Max(c => c.Costs.Depth), classes = heads.Max(end => end.LaterRank);
        RankContest[] deep = [.. contests.Where(c => c.Costs.Depth == deepest)], lower = [.. contests.Where(c => c.Costs.IsLower)];
        int longest = heads.Max(end => end.Cell.Linear);
        double[] falls = [.. Pairs(heads, 1, longest).Select(pair => Log(pair.Long) / Log(pair.Short))];
        HeadEnd[] bounded = [.. heads.Where(end => !double.IsNaN(end.Bound))];
        return
        [
            new ClaimVerdict
            {
                Claim = "[35]: a rank below K costs less in deep networks.",
                AsStated = new Measurement($"share of activations and K for which it does at L = {deepest}",
                    Share(deep, c => c.Costs.IsLower), Comparison.AtLeast, 0.9),
                Condition = "relu",
                UnderCondition = new Measurement("the same share for relu", Share([.. deep.Where(c => c.Costs.Activation == "relu")], c => c.Costs.IsLower),
                    Comparison.AtLeast, 0.5),
                Explanation = $"It was found to cost less in {Cells(lower)}.",
            },
            new ClaimVerdict
            {
                Claim = "[35]: where it costs less, training from random starts finds it.",
                AsStated = new Measurement("share of these activations, K and L of which the lowest end has a lower rank than K",
                    Share(lower, c => c.Lowest.LeastRank < c.Costs.Classes), Comparison.AtLeast, 0.5),
                Explanation = $"Ranks of all ends there: {string.Join("; ", lower.Select(c => $"{Cell(c)}: {Ranks(c)}").DefaultIfEmpty("none"))}.",
            },
            new ClaimVerdict
            {
                Claim = "This paper: trainings from random starts end at rank K.",
                AsStated = new Measurement("share of all ends with rank K in the narrowest of the layers 1 … L − 2", EndShare(contests, HasRankK),
                    Comparison.AtLeast, 0.9),
                Condition = $"depths of at most {Shallow}",
                UnderCondition = new Measurement("the same share there",
                    EndShare([.. contests.Where(c => c.Costs.Depth <= Shallow)], HasRankK), Comparison.AtLeast, 0.9),
                Explanation = "Ends of another rank: "
                    + $"{string.Join("; ", contests.Where(c => !c.Ends.All(end => HasRankK(c, end))).Select(c => $"{Cell(c)}: {Ranks(c)}")
                    .DefaultIfEmpty("none"))}.",
            },
            new ClaimVerdict
            {
                Claim = "[14, 15]: the narrowest layer has the rank of the learnt map's Jacobian.",
                AsStated = new Measurement("share of all ends where the two are equal", EndShare(contests, (_, end) => end.Jacobian == end.Bottleneck),
                    Comparison.AtLeast, 0.9),
                Explanation = $"The Jacobian's rank is lower by up to {contests.Max(c => c.Ends.Max(end => end.Bottleneck - end.Jacobian))}.",
            },
            new ClaimVerdict
            {
                Claim = "[17]: linear layers at the end make class means orthogonal, ln κ like 1 over their number.",
                AsStated = new Measurement($"largest ratio of ln κ of the class means with {longest} linear layers to that with the output alone, times "
                    + $"{longest}",
                    longest * falls.DefaultIfEmpty(double.NaN).Max(), Comparison.AtMost, 1.25),
                Condition = "the restriction to the sign",
                UnderCondition = new Measurement("largest ratio itself", falls.DefaultIfEmpty(double.NaN).Max(), Comparison.AtMost, 0.8),
                Explanation = "Balance gives κ(W_L) = κ(W_L⋯W_q)^(1/m) for m linear layers; what the layers before them and the penalty make of the "
                    + "outputs is not in it.",
            },
            new ClaimVerdict
            {
                Claim = "[17]: its bound on that from balance is near.",
                AsStated = new Measurement("largest ratio of the bound on κ to κ",
                    bounded.Select(end => end.Bound / end.Condition).DefaultIfEmpty(double.NaN).Max(),
                    Comparison.AtMost, 1.5),
                Explanation = "Linear layers are balanced to "
                    + $"{NumberText.Short(bounded.Select(end => end.Imbalance).DefaultIfEmpty(double.NaN).Max(), 2)} of ‖W_L‖², and "
                    + $"{bounded.Length} of {heads.Count(end => end.Cell.Linear > 1)} such networks have a bound.",
            },
            new ClaimVerdict
            {
                Claim = "[17]: width makes class means orthogonal.",
                AsStated = new Measurement("largest ratio of ln κ at the largest width to that at the least, with the same linear layers",
                    Widths(heads).DefaultIfEmpty(double.NaN).Max(), Comparison.AtMost, 0.8),
                Explanation = "The theorem needs width for training to arrive, not for what holds where it has arrived.",
            },
            new ClaimVerdict
            {
                Claim = "This paper: hidden weights after the first layer have rank K, whatever width and linear layers.",
                AsStated = new Measurement("share of trainings of which they have at most that rank",
                    heads.Count == 0 ? double.NaN : (double)heads.Count(end => end.LaterRank <= end.Classes) / heads.Count, Comparison.AtLeast, 0.9),
                Explanation = $"W_1 has rank {heads.Min(end => end.FirstRank)} to {heads.Max(end => end.FirstRank)}, the others at most {classes}.",
            },
        ];
    }

    /// <summary>What was learnt, with numbers.</summary>
    public static IReadOnlyList<string> Notes(IReadOnlyList<RankContest> contests, IReadOnlyList<HeadEnd> heads) =>
    [
        .. contests.GroupBy(c => (c.Costs.Activation, c.Costs.Classes)).Select(group => $"{group.Key.Activation}, K = {group.Key.Classes}: "
            + string.Join("; ", group.Select(c => $"L = {c.Costs.Depth}: rank {c.Costs.Rank} costs {Signed(c.Costs.Difference)}, the lowest end "
                + $"{Signed((c.Lowest.Objective / c.Costs.FullWidth) - 1)} beside full width, ranks of ends {Ranks(c)}")) + "."),
        .. heads.GroupBy(end => end.Cell.Linear).Select(group => $"{NumberText.Count(group.Key, "linear layer")}: κ of the class means "
            + string.Join("; ", group.GroupBy(end => end.Cell.Width).Select(some => $"{Spread(some, end => end.Condition)} at width {some.Key}"))
            + $"; NC1 {Spread(group, end => end.Nc1)}; ranks of W_1 {Spread(group, end => end.FirstRank)}, of the others at most "
            + $"{group.Max(end => end.LaterRank)}, of "
            + $"Jacobians {Spread(group, end => end.Jacobian)}."),
    ];

    private static bool HasRankK(RankContest contest, RankEnd end) => end.LeastRank == contest.Costs.Classes;

    private static double Share(RankContest[] contests, Func<RankContest, bool> holds) =>
        contests.Length == 0 ? double.NaN : (double)contests.Count(holds) / contests.Length;

    private static double EndShare(IReadOnlyCollection<RankContest> contests, Func<RankContest, RankEnd, bool> holds) =>
        contests.Count == 0 ? double.NaN : contests.Average(c => (double)c.Ends.Count(end => holds(c, end)) / c.Ends.Count);

    private static IEnumerable<(HeadEnd Short, HeadEnd Long)> Pairs(IReadOnlyList<HeadEnd> heads, int few, int many) =>
        from one in heads.Where(end => end.Cell.Linear == few)
        from other in heads.Where(end => end.Cell.Linear == many && end.Cell.Width == one.Cell.Width && end.Cell.Seed == one.Cell.Seed)
        select (one, other);

    private static IEnumerable<double> Widths(IReadOnlyList<HeadEnd> heads) =>
        heads.GroupBy(end => (end.Cell.Linear, end.Cell.Seed)).Select(group =>
            Log(group.MaxBy(end => end.Cell.Width)!) / Log(group.MinBy(end => end.Cell.Width)!));

    private static double Log(HeadEnd end) => Elementary.Log(end.Condition);

    private static string Cell(RankContest c) => $"{c.Costs.Activation}, K = {c.Costs.Classes}, L = {c.Costs.Depth}";

    private static string Cells(IEnumerable<RankContest> contests) => string.Join("; ", contests.Select(Cell).DefaultIfEmpty("none"));

    private static string Ranks(RankContest c) => string.Join(", ", c.Ends.Select(end => end.LeastRank));

    private static string Signed(double share) => $"{(share < 0 ? "−" : "+")}{NumberText.Short(100 * Math.Abs(share), 2)} %";

    private static string Spread(IEnumerable<HeadEnd> ends, Func<HeadEnd, double> value)
    {
        double[] values = [.. ends.Select(value)];
        string least = BatchVerdicts.InWords(values.Min()), most = BatchVerdicts.InWords(values.Max());
        return least == most ? least : $"{least} to {most}";
    }
}
