using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using RankCollapse.Theory.Paths;

namespace RankCollapse.Reporting.Figures;

/// <summary>The representation cost along Theorem 4.3's path: above, all of it; below, the moving layer's share, layer by layer.</summary>
internal static class PathFigure
{
    /// <summary>The costs' ratio from which the axis is logarithmic.</summary>
    private const double LogarithmicFrom = 20;

    private const double FlowWidth = 3.2;
    private const double SegmentWidth = 1.4;
    private const string Reading = "Thick, while a layer moves along Brockett's flow; thin, along the segment of the singular values. At a rank drop, a "
        + "triangle at the end of a line, the cost is lower for a moment. In the panel of a layer, its share while it moves; those of the others are "
        + "constant meanwhile.";
    private const string Title = "Cost along the path of Theorem 4.3";

    /// <summary>The figure.</summary>
    public static Figure Draw(CollapsePath path) =>
        new("path", Title, Reading, new PanelBlock(Whole(path)), new PanelBlock([.. Enumerable.Range(1, path.Constants.Count).Select(l => Share(path, l))]))
        {
            Finding = Describe(path),
        };

    /// <summary>Stretches of one layer and segment; each begins where the one before ended, and the last ends before the jump at t = 1.</summary>
    internal static IEnumerable<IReadOnlyList<PathSample>> Pieces(CollapsePath path)
    {
        IReadOnlyList<PathSample> samples = path.Samples;
        int start = 0;
        for (int i = 1; i <= samples.Count - 1; i++)
        {
            bool isLast = i == samples.Count - 1;
            if (!isLast && samples[i].Layer == samples[start + 1].Layer && samples[i].Segment == samples[start + 1].Segment) continue;
            if (i - start > 1) yield return [.. samples.Skip(start).Take(i - start)];
            start = i - 1;
        }
    }

    private static Panel Whole(CollapsePath path)
    {
        int layers = path.Constants.Count;
        return new Panel
        {
            X = new Axis("time", "t") { Minimum = -0.012, Maximum = 1.012 },
            Y = new Axis("representation cost") { IsLogarithmic = path.StartCost > LogarithmicFrom * path.EndCost },
            Levels = [new ReferenceLine(path.Minimum, "least cost")],
            Series =
            [
                .. Pieces(path).Select(piece => Of(path, piece, piece, s => s.Cost)),
                // At t = 1 all ranks fall at once: a jump, drawn as the dashed drop to the end.
                new Series("jump to the end", Palette.Predicted, [1, 1], [path.Samples[^2].Cost, path.EndCost], Mark.Dashed) { Size = 1.2 },
                new Series("jump to the end", Palette.Predicted, [1], [path.EndCost], Mark.Dots) { Size = 7 },
                .. path.RankDrops.Count > 0 ? RankDrops(path) : [],
            ],
        };
    }

    // At a rank drop the cost is lower at that time alone: a line down from the cost, and a mark at its end.
    private static Series[] RankDrops(CollapsePath path) =>
    [
        new("rank drop", Palette.Kind(8), [.. path.RankDrops.Select(d => d.Time)], [.. path.RankDrops.Select(d => d.Cost - d.Drop)], Mark.Triangles)
        { Size = 9 },
        new("rank drop", Palette.Kind(8), [.. path.RankDrops.SelectMany(d => (double[])[d.Time, d.Time, double.NaN])],
            [.. path.RankDrops.SelectMany(d => (double[])[d.Cost, d.Cost - d.Drop, double.NaN])]) { Size = 2 },
    ];

    private static Panel Share(CollapsePath path, int layer)
    {
        int layers = path.Constants.Count;
        return new Panel
        {
            Title = $"layer {layer} moves",
            X = new Axis("time", "t") { Minimum = (layer - 1.0) / layers, Maximum = (double)layer / layers },
            Y = new Axis("its share of the cost") { IsLogarithmic = true },
            Marks = [.. path.RankDrops.Where(d => d.Layer == layer).Select(d => new ReferenceLine(d.Time, "time of a rank drop"))],
            // The first point of a layer's flow belongs to the layer before, but at t = 0.
            Series = [.. Pieces(path).Where(piece => piece[^1].Layer == layer)
                .Select(piece => Of(path, piece, [.. piece.Where(s => s.Layer == layer)], s => s.MovingCost))],
        };
    }

    private static Series Of(CollapsePath path, IReadOnlyList<PathSample> piece, IReadOnlyList<PathSample> drawn, Func<PathSample, double> cost)
    {
        bool isFlow = piece[^1].Segment == PathSegment.BrockettFlow;
        Series series = Series.OfLayer(piece[^1].Layer, path.Constants.Count, [.. drawn.Select(s => s.Time)], [.. drawn.Select(cost)]);
        return series with { Kind = isFlow ? "Brockett flow" : "singular values", Size = isFlow ? FlowWidth : SegmentWidth };
    }

    private static string Describe(CollapsePath path) =>
        $"The cost falls from {NumberText.Short(path.StartCost)} to {NumberText.Short(path.EndCost)} while {NumberText.Count(path.Constants.Count, "layer")} "
        + $"move one after the other, with {NumberText.Count(path.RankDrops.Count, "rank drop")} on the way and the jump to the end.";
}
