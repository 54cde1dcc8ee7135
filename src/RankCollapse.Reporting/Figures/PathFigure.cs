using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using RankCollapse.Theory.Paths;
using SkiaSharp;

namespace RankCollapse.Reporting.Figures;

/// <summary>The representation cost along Theorem 4.3's path: above, all of it; below, the moving layer's share, layer by layer.</summary>
internal static class PathFigure
{
    private const int CostHeight = 280;
    private const int PlotWidth = 536;

    /// <summary>The costs' ratio from which the axis is logarithmic.</summary>
    private const double LogarithmicFrom = 20;

    private const float FlowWidth = 3.2f;
    private const float SegmentWidth = 1.4f;
    private const string Title = "Cost along the path of Theorem 4.3";

    /// <summary>The picture.</summary>
    public static FigureDrawing Draw(CollapsePath path)
    {
        var grid = new PanelGrid(path.Constants.Count, FigureWidth.Full, 10, 62, CostHeight + 6, 22);
        return new(FigureDrawing.FullWidth, grid.Height, Title, Describe(path), canvas =>
        {
            Whole(canvas, path, SKRect.Create(0, 0, PlotWidth, CostHeight));
            FigureText.Legend(canvas, PlotWidth + 6, 14, Legend(path));
            Shares(canvas, path, grid);
        });
    }

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

    private static void Whole(SKCanvas canvas, CollapsePath path, SKRect area)
    {
        int layers = path.Constants.Count;
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
        foreach (IReadOnlyList<PathSample> piece in Pieces(path))
            panel.AddLine([.. piece.Select(s => s.Time)], [.. piece.Select(s => Drawn(s.Cost))], FigurePalette.Layer(piece[^1].Layer, layers), Width(piece[^1]));
        panel.AddMarkers([.. path.RankDrops.Select(d => d.Time)], [.. path.RankDrops.Select(d => Drawn(d.Cost - d.Drop))], FigurePalette.Kind(1), 4);

        // At t = 1 all ranks fall at once: a jump, drawn as the dashed drop to the end.
        panel.AddLine([1, 1], [Drawn(path.Samples[^2].Cost), Drawn(path.EndCost)], FigurePalette.Kind(1), 1.2f, dashed: true);
        panel.AddMarkers([1], [Drawn(path.EndCost)], FigurePalette.Kind(1), 7);
        panel.Render(canvas, area, new Margins(62, 12, 44, 14));
    }

    private static void Shares(SKCanvas canvas, CollapsePath path, PanelGrid grid)
    {
        int layers = path.Constants.Count;
        var pieces = Pieces(path).ToList();
        double smallest = path.Samples.Min(s => s.MovingCost), largest = path.Samples.Max(s => s.MovingCost);
        for (int l = 1; l <= layers; l++)
        {
            bool labelled = (l - 1) % grid.Columns == 0;
            using var panel = new PlotPanel($"layer {l} moves", "", "");
            double start = (l - 1.0) / layers, end = (double)l / layers;
            AxisRange y = AxisRange.Logarithmic(smallest, largest, ticks: 5);
            // Ticks at the ends would run into those of the next panel.
            double inside = 0.1 * (end - start);
            panel.SetAxes(new AxisRange(start, end, AxisTicks.Linear(start + inside, end - inside, 3)), y);
            panel.HideTicks(x: false, y: !labelled);
            panel.AddMark(0.5 * (start + end));
            foreach (IReadOnlyList<PathSample> piece in pieces.Where(p => p[^1].Layer == l))
            {
                // The first point of a layer's flow belongs to the layer before, but at t = 0.
                var own = piece.Where(s => s.Layer == l).ToList();
                panel.AddLine([.. own.Select(s => s.Time)], [.. own.Select(s => Math.Log10(s.MovingCost))], FigurePalette.Layer(l, layers), Width(piece[^1]));
            }
            float labels = labelled ? 40 : 0;
            SKRect area = grid.Area(l - 1);
            panel.Render(canvas, new SKRect(area.Left - labels, area.Top, area.Right, area.Bottom), new Margins(6 + labels, 8, 24, 22));
        }
        FigureText.Write(canvas, "time t of the path", grid.CentreX, grid.Height - 10, align: SKTextAlign.Center);
        canvas.Save();
        canvas.RotateDegrees(-90, 14, grid.CentreY);
        FigureText.Write(canvas, "its share of the cost", 14, grid.CentreY, align: SKTextAlign.Center);
        canvas.Restore();
    }

    private static float Width(PathSample sample) => sample.Segment == PathSegment.BrockettFlow ? FlowWidth : SegmentWidth;

    private static List<LegendEntry> Legend(CollapsePath path)
    {
        int layers = path.Constants.Count;
        var legend = LayerLegend.Entries([.. Enumerable.Range(1, layers)], layers);
        legend.Add(new LegendEntry("Brockett flow", FigurePalette.Muted, Width: FlowWidth));
        legend.Add(new LegendEntry("singular values", FigurePalette.Muted, Width: SegmentWidth));
        legend.Add(new LegendEntry("least cost", FigurePalette.Reference, LegendKey.Dashed));
        if (path.RankDrops.Count > 0) legend.Add(new LegendEntry("rank drops", FigurePalette.Kind(1), LegendKey.Dot));
        legend.Add(new LegendEntry("jump to the end", FigurePalette.Kind(1), LegendKey.Dashed));
        return legend;
    }

    private static string Describe(CollapsePath path) =>
        $"The cost falls from {NumberText.Short(path.StartCost)} to {NumberText.Short(path.EndCost)} while {NumberText.Count(path.Constants.Count, "layer")} move one after the other: thick, along Brockett's flow; thin, along the segment of the singular values. {NumberText.Count(path.RankDrops.Count, "rank drop")} on the way, and the jump to the end. Below, the share of the layer that moves; the others' are constant meanwhile.";
}
