using RankCollapse.Reporting.Panels;

namespace RankCollapse.Experiments.Rivals;

/// <summary>The pictures of the rivals.</summary>
internal static class RivalsFigure
{
    /// <summary>Costs and ranks over the depth, a block for each K.</summary>
    public static Figure Ranks(IReadOnlyList<RankContest> contests)
    {
        const string Reading = "Over the depth L, for each activation and K. Costs: J of the lowest found of rank r, and of the ends of training, over "
            + "the lowest "
            + "centroid problem of full width, less 1. Ranks: the least of the hidden features of each end, of its Jacobians, and K.";
        return new Figure("rivals-ranks", "Collapse at rank K, a lower rank, and what training finds", Reading,
            [.. contests.GroupBy(c => (c.Costs.Activation, c.Costs.Classes)).Select(group => Block([.. group.OrderBy(c => c.Costs.Depth)]))]);
    }

    /// <summary>Condition numbers and ranks over the number of linear layers, a line for each width.</summary>
    public static Figure Heads(IReadOnlyList<HeadEnd> heads)
    {
        const string Reading = "Over the number of linear layers at the end, a colour for each width and a dot for each start: the condition number of "
            + "the class means "
            + "before the output, with its bound from balance (rings), the variation inside classes over that between them, and the rank of the first layer.";
        int[] widths = [.. heads.Select(end => end.Cell.Width).Distinct().Order()];
        Series[] Of(Func<HeadEnd, double> value, Mark mark, string kind) =>
        [
            .. widths.Select((width, i) => new Series($"width {width}", Palette.Kind(i), [.. Some(width).Select(end => (double)end.Cell.Linear)],
                [.. Some(width).Select(value)], mark)
            {
                Kind = kind,
            }),
        ];
        HeadEnd[] Some(int width) => [.. heads.Where(end => end.Cell.Width == width).OrderBy(end => end.Cell.Linear)];
        var linear = new Axis("linear layers");
        return new Figure("rivals-heads", "Width and linear layers", Reading, new PanelBlock(
            new Panel
            {
                Title = "class means",
                X = linear,
                Y = new Axis("condition number", "κ") { IsLogarithmic = true },
                Series = [.. Of(end => end.Condition, Mark.Dots, "found"), .. Of(end => end.Bound, Mark.Rings, "bound")],
            },
            new Panel
            {
                Title = "NC1",
                X = linear,
                Y = new Axis("within over between") { IsLogarithmic = true },
                Series = Of(end => end.Nc1, Mark.Dots, "found"),
            },
            new Panel { Title = "first layer", X = linear, Y = new Axis("rank of W_1"), Series = Of(end => end.FirstRank, Mark.Dots, "found") }));
    }

    private static PanelBlock Block(RankContest[] contests)
    {
        double[] depths = [.. contests.Select(c => (double)c.Costs.Depth)];
        double[] ofEnds = [.. contests.SelectMany(c => c.Ends.Select(_ => (double)c.Costs.Depth))];
        int classes = contests[0].Costs.Classes;
        return new PanelBlock(
            new Panel
            {
                Title = "costs",
                X = new Axis("depth", "L"),
                Y = new Axis("relative difference"),
                Levels = [new ReferenceLine(0, "full width")],
                Series =
                [
                    new Series("rank r", Palette.Kind(0), depths, [.. contests.Select(c => c.Costs.Difference)], Mark.DottedLine),
                    new Series("ends of training", Palette.Kind(1), ofEnds,
                        [.. contests.SelectMany(c => c.Ends.Select(end => (end.Objective / c.Costs.FullWidth) - 1))], Mark.Rings),
                ],
            },
            new Panel
            {
                Title = "ranks",
                X = new Axis("depth", "L"),
                Y = new Axis("rank") { Minimum = 0 },
                Levels = [new ReferenceLine(classes, "K")],
                Series =
                [
                    new Series("ends of training", Palette.Kind(1), ofEnds, [.. contests.SelectMany(c => c.Ends.Select(end => (double)end.LeastRank))],
                        Mark.Rings),
                    new Series("Jacobians", Palette.Kind(2), ofEnds, [.. contests.SelectMany(c => c.Ends.Select(end => (double)end.Jacobian))], Mark.Crosses),
                    new Series("rank r", Palette.Kind(0), depths, [.. contests.Select(c => (double)c.Costs.Rank)], Mark.Dashed),
                ],
            })
        {
            Heading = $"{contests[0].Costs.Activation}, K = {classes}",
            Columns = 2,
        };
    }
}
