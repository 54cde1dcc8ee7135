using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Depth;

/// <summary>What the depth experiment says of Remark B.6.</summary>
internal static class DepthVerdicts
{
    /// <summary>Judges the remark's parts, on the lowest end of each depth.</summary>
    public static IReadOnlyList<ClaimVerdict> Judge(IReadOnlyList<DepthPoint> lowest)
    {
        DepthPoint[][] regimes = [.. Regimes(lowest)];
        return
        [
            new ClaimVerdict
            {
                Claim = "The share of the first l* layers in the cost vanishes as L grows.",
                AsStated = new Measurement("least power of L with which the share of layer 1 falls, between the least and the largest L",
                    regimes.Min(all => Power(all[0], all[^1])), Comparison.AtLeast, 0.5),
                Explanation = "A power of 1 is what equal norms of all layers give.",
            },
            new ClaimVerdict
            {
                Claim = "Minimisers collapse from a first layer on that does not depend on the depth.",
                AsStated = new Measurement($"most layers by which the first collapsed one moves from L = {regimes[0][0].Depth} to L = {regimes[0][^1].Depth}",
                    regimes.Max(all => Math.Max(0, all[^1].FirstCollapsed - all[0].FirstCollapsed)), Comparison.AtMost, 1),
                Explanation = string.Join("; ", regimes.Select(all => $"{all[0].Regime.Title}: layer {string.Join(", ", all.Select(p => p.FirstCollapsed))} "
                    + $"for L = {string.Join(", ", all.Select(p => p.Depth))}")) + ".",
            },
            new ClaimVerdict
            {
                Claim = "From there on the features have the shape of Theorem 4.2, each layer with a C of its own.",
                AsStated = new Measurement("largest relative distance from that shape at the largest L", regimes.Max(all => all[^1].Distance),
                    Comparison.AtMost, 0.05),
            },
        ];
    }

    /// <summary>What was learnt.</summary>
    public static IReadOnlyList<string> Notes(IReadOnlyList<DepthPoint> lowest) =>
    [
        .. Regimes(lowest).Select(all => $"{all[0].Regime.Title}, L = {string.Join(", ", all.Select(p => p.Depth))}: shares of the first one, two and three "
            + "layers " + string.Join("; ", Enumerable.Range(1, 3).Select(count => string.Join(", ", all.Select(p => NumberText.Short(p.Share(count), 2)))))
            + $"; first collapsed layer {string.Join(", ", all.Select(p => p.FirstCollapsed))}; distance from Theorem 4.2 "
            + $"{string.Join(", ", all.Select(p => double.IsNaN(p.Distance) ? "none" : NumberText.Short(p.Distance, 2)))}."),
    ];

    private static IEnumerable<DepthPoint[]> Regimes(IReadOnlyList<DepthPoint> lowest) =>
        lowest.GroupBy(point => point.Regime).Select(group => group.OrderBy(point => point.Depth).ToArray());

    private static double Power(DepthPoint shallow, DepthPoint deep) =>
        -LinearAlgebra.Elementary.Log(deep.Share(1) / shallow.Share(1)) / LinearAlgebra.Elementary.Log((double)deep.Depth / shallow.Depth);
}
