using RankCollapse.Reporting.Panels;
using RankCollapse.Theory.Rivals;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Batch;

/// <summary>The picture: ranks against what mini-batches foresee, and bounds at the same points.</summary>
internal static class BatchFigure
{
    /// <summary>The figure.</summary>
    public static Figure Draw(string title, IReadOnlyList<BatchPoint> points)
    {
        string reading = $"Above: the rank of W within {BatchVerdicts.Tolerance} of its norm against B/(ηλ), a panel for each hidden layer, a colour for each "
            + "B; K, where collapse puts it, and the line on which mini-batches put it. Below, for a constant learning rate and one that falls to 0: the "
            + "distance of W from rank K, and what bounds it, relative to ‖W‖; for mini-batches the least bound of a rank below the full one. A bound of "
            + "more than that explains no rank here.";
        BatchPoint[] hidden = [.. points.Where(p => p.Layer < BatchExperiment.Depth).OrderBy(p => p.Cell.Scale)];
        int[] layers = [.. hidden.Select(p => p.Layer).Distinct().Order()], sizes = [.. hidden.Select(p => p.Cell.BatchSize).Distinct().Order()];
        return new Figure(
            "batch",
            title,
            reading,
            [
                new PanelBlock([.. layers.Select(l => Ranks(hidden, l, sizes))]) { Heading = "Ranks" },
                .. hidden.Select(p => p.Cell.Schedule).Distinct().Order().Select(schedule => new PanelBlock(
                    [.. layers.Select(l => Bounds([.. hidden.Where(p => p.Layer == l && p.Cell.Schedule == schedule)], l))])
                {
                    Heading = schedule == RateSchedule.Constant ? "Bounds, constant learning rate" : "Bounds, learning rate to 0",
                }),
            ]);
    }

    private static Panel Ranks(BatchPoint[] all, int layer, int[] sizes)
    {
        BatchPoint[] points = [.. all.Where(p => p.Layer == layer)];
        BatchPoint[] foreseen = [.. points.DistinctBy(p => p.Cell.Scale)];
        return new Panel
        {
            Title = $"layer {layer}",
            X = Scale,
            Y = new Axis("rank within " + BatchVerdicts.Tolerance) { IsLogarithmic = true, Minimum = 1 },
            Levels = [new ReferenceLine(BatchExperiment.Classes, "K")],
            Series =
            [
                .. sizes.Select((size, i) => (size, i)).SelectMany(one => new[] { RateSchedule.Constant, RateSchedule.Cosine }.Select(schedule =>
                {
                    BatchPoint[] some = [.. points.Where(p => p.Cell.BatchSize == one.size && p.Cell.Schedule == schedule)];
                    return new Series($"B = {one.size}", Palette.Kind(one.i), [.. some.Select(p => p.Cell.Scale)], [.. some.Select(p => (double)p.Rank)],
                        schedule == RateSchedule.Constant ? Mark.Dots : Mark.Rings)
                    {
                        Kind = schedule == RateSchedule.Constant ? "constant rate" : "rate to 0",
                    };
                })),
                new Series("mini-batches", Palette.Kind(sizes.Length), [.. foreseen.Select(p => p.Cell.Scale)], [.. foreseen.Select(p => p.ForeseenRank)],
                    Mark.Dashed),
            ],
        };
    }

    private static Panel Bounds(BatchPoint[] points, int layer) => new()
    {
        Title = $"layer {layer}",
        X = Scale,
        Y = new Axis("share of ‖W‖") { IsLogarithmic = true },
        Levels = [new ReferenceLine(RankTolerance.Default, BatchVerdicts.Tolerance)],
        Series =
        [
            Of("distance from rank K", 0, Mark.Dots, points, p => p.Distance),
            Of("tight bound", 1, Mark.Rings, points, p => p.Tight),
            Of("Theorem 3.4", 2, Mark.Crosses, points, p => p.Exact),
            Of("last mini-batches", 3, Mark.Triangles, points, p => p.Batches),
        ],
    };

    private static Axis Scale { get; } = new("", "B/(ηλ)") { IsLogarithmic = true };

    private static Series Of(string name, int kind, Mark mark, BatchPoint[] points, Func<BatchPoint, double> value) =>
        new(name, Palette.Kind(kind), [.. points.Select(p => p.Cell.Scale)], [.. points.Select(value)], mark);
}
