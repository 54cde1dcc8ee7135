using RankCollapse.Reporting;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using SkiaSharp;

namespace RankCollapse.Benchmarks;

/// <summary>The lowest J so far over seconds of every run, both axes logarithmic; the best rate of each method is drawn strongly, the others thinly in its colour.</summary>
internal static class TimeToTargetFigure
{
    private const int Height = 360;
    private const float PanelWidth = 500;

    private static readonly Margins Around = new(56, 14, 44, 14);

    public static FigureDrawing Draw(IReadOnlyList<TrainingCurve> curves, Clock clock)
    {
        List<Series> drawn = [.. curves.GroupBy(c => c.Method).SelectMany((group, i) => Styled(group, i == 0 ? FigurePalette.Ink : FigurePalette.Kind(i - 1)))];
        double[] levels = [TimeToTargetTable.Targets[0], TimeToTargetTable.Targets[^1]];
        string reading = $"The lowest objective J so far over {(clock == Clock.Wall ? "seconds" : "processor seconds")} of training: {string.Join("; ", curves.Select(c => $"{c.Name} falls to {c.Lowest:0.00e-0}"))}.";
        return new FigureDrawing(FigureDrawing.FullWidth, Height, "Objective over time, by method", reading, canvas =>
        {
            AxisRange x = AxisRange.Logarithmic(0.02, curves.Max(c => c.Points[^1].At.On(clock)));
            AxisRange y = AxisRange.Logarithmic(
                Math.Min(levels[^1], curves.Min(c => c.Lowest)),
                curves.Max(c => c.Points[0].Objective));
            using var panel = new PlotPanel("", clock == Clock.Wall ? "time in s" : "processor time in s", "lowest objective J so far");
            panel.SetAxes(x, y);
            foreach (double level in levels) panel.AddLevel(Math.Log10(level));
            foreach (Series series in drawn.OrderBy(s => s.Width)) AddLine(panel, series, clock, x.Minimum);
            panel.Render(canvas, SKRect.Create(0, 0, PanelWidth, Height), Around);
            foreach (double level in levels)
            {
                double share = (y.Maximum - Math.Log10(level)) / (y.Maximum - y.Minimum);
                float baseline = (float)(Around.Top + (share * (Height - Around.Top - Around.Bottom))) - 5;
                FigureText.Write(canvas, $"J = {NumberText.Short(level)}", Around.Left + 6, baseline, FigureText.TickSize, FigurePalette.Muted);
            }
            Series[] named = [.. drawn.Where(s => s.IsBest)];
            FigureText.Legend(canvas, PanelWidth + 4, 18, named.Select(s => new LegendEntry(s.Curve.Name.Replace("RankCollapse ", "", StringComparison.Ordinal).Replace(" with momentum", "", StringComparison.Ordinal), s.Colour)));
            FigureText.Write(canvas, "thin: other learning rates", PanelWidth + 4, 18 + (FigureText.LegendStep * named.Length) + 12, FigureText.TickSize, FigurePalette.Muted);
        });
    }

    private static IEnumerable<Series> Styled(IEnumerable<TrainingCurve> curves, string colour)
    {
        TrainingCurve best = curves.MinBy(c => c.Lowest)!;
        return curves.Select(c => new Series(c, colour, c == best, c != best ? 0.8f : colour == FigurePalette.Ink ? 2.4f : 1.8f));
    }

    private static void AddLine(PlotPanel panel, Series series, Clock clock, double firstLogarithm)
    {
        CurvePoint[] points = [.. series.Curve.Thinned(clock).Where(p => p.At.On(clock) > 0 && Math.Log10(p.At.On(clock)) >= firstLogarithm)];
        panel.AddLine([.. points.Select(p => Math.Log10(p.At.On(clock)))], [.. points.Select(p => Math.Log10(p.Lowest))], series.Colour, series.Width);
    }

    private sealed record Series(TrainingCurve Curve, string Colour, bool IsBest, float Width);
}
