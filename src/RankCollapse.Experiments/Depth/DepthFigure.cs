using RankCollapse.Reporting.Panels;

namespace RankCollapse.Experiments.Depth;

/// <summary>The picture of the depth experiment: shares, first collapsed layer and distance from Theorem 4.2 against L.</summary>
internal static class DepthFigure
{
    /// <summary>The figure, of the lowest end of each depth.</summary>
    public static Figure Draw(string title, IReadOnlyList<DepthPoint> lowest)
    {
        const string Reading = "Against the depth L, for the lowest end of all starts. ‘share of layer 1’: in the sum of squared weight norms. "
            + "‘first collapsed layer’: from which on all have collapsed. ‘distance from Theorem 4.2’: the largest of the hidden layers from there on from the "
            + "shape that it predicts, with a C of their own.";
        var depth = new Axis("depth", "L") { IsLogarithmic = true };
        DepthPoint[][] regimes = [.. lowest.GroupBy(point => point.Regime).Select(group => group.OrderBy(point => point.Depth).ToArray())];
        return new Figure("depth", title, Reading, new PanelBlock(
            Panel("share of layer 1", new Axis("share of the cost") { IsLogarithmic = true }, p => p.Share(1)),
            Panel("first collapsed layer", new Axis("layer", "l") { Minimum = 0 }, p => p.FirstCollapsed),
            Panel("distance from Theorem 4.2", new Axis("relative distance") { Minimum = 0 }, p => p.Distance)));

        Panel Panel(string heading, Axis y, Func<DepthPoint, double> value) => new()
        {
            Title = heading,
            X = depth,
            Y = y,
            Series = [.. regimes.Select((all, i) => new Series(
                all[0].Regime.Title, Palette.Kind(i), [.. all.Select(p => (double)p.Depth)], [.. all.Select(value)], Mark.DottedLine))],
        };
    }
}
