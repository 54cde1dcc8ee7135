using RankCollapse.Theory;
using SkiaSharp;

namespace RankCollapse.Reporting.Figures;

/// <summary>The representation cost along Theorem 4.3's path, layer by layer.</summary>
internal static class PathFigure
{
    private const int Height = 320;
    private const int PlotWidth = 536;

    /// <summary>The costs' ratio from which the axis is logarithmic.</summary>
    private const double LogarithmicFrom = 20;

    private const string Title = "Cost along the path of Theorem 4.3";

    /// <summary>The picture.</summary>
    public static FigureDrawing Draw(CollapsePath path)
    {
        int layers = path.Constants.Count;
        return new(FigureDrawing.FullWidth, Height, Title, Describe(path), canvas =>
        {
            bool isLogarithmic = path.StartCost > LogarithmicFrom * path.EndCost;
            double Drawn(double cost) => isLogarithmic ? Math.Log10(cost) : cost;
            double smallest = Math.Min(path.Minimum, path.EndCost), largest = path.Samples.Max(s => s.Cost);
            double room = 0.05 * (largest - smallest);
            using var panel = new PlotPanel("", "time t of the path", "representation cost");
            panel.SetAxes(
                AxisRange.Linear(-0.012, 1.012),
                isLogarithmic ? AxisRange.Logarithmic(smallest, largest, ticks: 7) : AxisRange.Linear(smallest - room, largest + room));
            for (int l = 1; l < layers; l++) panel.AddMark((double)l / layers);
            panel.AddLevel(Drawn(path.Minimum));
            foreach (PathPiece piece in Pieces(path))
                panel.AddLine(piece.Times, [.. piece.Costs.Select(Drawn)], FigurePalette.Layer(piece.Layer, layers), piece.Segment == PathSegment.BrockettFlow ? 3.2f : 1.4f);
            foreach (IGrouping<int, RankDrop> drops in path.RankDrops.GroupBy(d => d.Layer))
                panel.AddMarkers([.. drops.Select(d => d.Time)], [.. drops.Select(d => Drawn(d.Cost - d.Drop))], FigurePalette.Kind(1), 6, ScottPlot.MarkerShape.OpenCircle);
            AddEnd(panel, path, Drawn);
            panel.Render(canvas, SKRect.Create(0, 0, PlotWidth, Height), new Margins(62, 12, 44, 14));
            FigureText.Legend(canvas, PlotWidth + 6, 14, Legend(path));
        });
    }

    /// <summary>Stretches of one layer and segment; each begins where the one before ended, and the last ends before the jump at t = 1.</summary>
    internal static IEnumerable<PathPiece> Pieces(CollapsePath path)
    {
        IReadOnlyList<PathSample> samples = path.Samples;
        int start = 0;
        for (int i = 1; i <= samples.Count - 1; i++)
        {
            bool isLast = i == samples.Count - 1;
            if (!isLast && samples[i].Layer == samples[start + 1].Layer && samples[i].Segment == samples[start + 1].Segment) continue;
            var piece = samples.Skip(start).Take(i - start).ToList();
            if (piece.Count > 1) yield return new PathPiece(samples[start + 1].Layer, samples[start + 1].Segment, [.. piece.Select(s => s.Time)], [.. piece.Select(s => s.Cost)]);
            start = i - 1;
        }
    }

    // At t = 1 all ranks fall at once: a jump, drawn as the dashed drop to the end.
    private static void AddEnd(PlotPanel panel, CollapsePath path, Func<double, double> drawn)
    {
        double before = path.Samples[^2].Cost;
        panel.AddLine([1, 1], [drawn(before), drawn(path.EndCost)], FigurePalette.Kind(1), 1.2f, dashed: true);
        panel.AddMarkers([1], [drawn(path.EndCost)], FigurePalette.Kind(1), 6);
    }

    private static List<LegendEntry> Legend(CollapsePath path)
    {
        int layers = path.Constants.Count;
        var legend = LayerLegend.Entries([.. Enumerable.Range(1, layers)], layers);
        legend.Add(new LegendEntry("thick: flow", FigurePalette.Muted));
        legend.Add(new LegendEntry("thin: sing. values", FigurePalette.Muted));
        legend.Add(new LegendEntry("least cost", FigurePalette.Reference, LegendKey.Dashed));
        if (path.RankDrops.Count > 0) legend.Add(new LegendEntry("rank drops", FigurePalette.Kind(1), LegendKey.Dot));
        legend.Add(new LegendEntry("jump to the end", FigurePalette.Kind(1), LegendKey.Dashed));
        return legend;
    }

    private static string Describe(CollapsePath path) =>
        $"The cost falls from {NumberText.Short(path.StartCost)} to {NumberText.Short(path.EndCost)} while {NumberText.Count(path.Constants.Count, "layer")} move one after the other: thick, along Brockett's flow; thin, along the segment of the singular values. {NumberText.Count(path.RankDrops.Count, "rank drop")} on the way, and the jump to the end.";
}

/// <summary>One layer's flow or its segment of singular values.</summary>
/// <param name="Layer">The layer that moves.</param>
/// <param name="Segment">How.</param>
/// <param name="Times">t, ascending.</param>
/// <param name="Costs">The cost there.</param>
internal sealed record PathPiece(int Layer, PathSegment Segment, double[] Times, double[] Costs);
