using RankCollapse.Reporting.Fonts;
using RankCollapse.Reporting.Panels;
using ScottPlot;
using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>One pair of axes in a figure, in the house style: thin frame left and below, light grid, text in the figures' font.</summary>
internal sealed class PlotPanel : IDisposable
{
    private const double BandOpacity = 0.25;

    private readonly Plot _plot;

    /// <summary>Creates a panel with a title and axis labels; empty text leaves a label out.</summary>
    public PlotPanel(string title, string xLabel, string yLabel)
    {
        FigureFont.Register();
        _plot = new Plot();
        _plot.RenderManager.ClearCanvasBeforeEachRender = false;
        _plot.FigureBackground.Color = Colors.Transparent;
        _plot.DataBackground.Color = Colors.Transparent;
        _plot.Grid.MajorLineColor = Color.FromHex(FigurePalette.Grid);
        _plot.Grid.MajorLineWidth = 0.8f;
        _plot.Axes.Title.Label.Text = title;
        Style(_plot.Axes.Title.Label, FigureText.TitleSize, FigurePalette.Ink, bold: true);
        _plot.Axes.Title.IsVisible = title.Length > 0;
        StyleAxis(_plot.Axes.Bottom, xLabel);
        StyleAxis(_plot.Axes.Left, yLabel);
        _plot.Axes.Right.IsVisible = false;
        _plot.Axes.Top.IsVisible = false;
        // ScottPlot's "visible" panels reserve room; an empty frame is what is wanted.
        _plot.Axes.Right.FrameLineStyle.Width = 0;
        _plot.Axes.Top.FrameLineStyle.Width = 0;
    }

    /// <summary>The limits of both axes, in the units that are drawn (log₁₀ for logarithmic axes), and their ticks.</summary>
    public void SetAxes(AxisRange x, AxisRange y)
    {
        _plot.Axes.SetLimits(x.Minimum, x.Maximum, y.Minimum, y.Maximum);
        _plot.Axes.Bottom.TickGenerator = x.Ticks;
        _plot.Axes.Left.TickGenerator = y.Ticks;
    }

    /// <summary>Draws a line through the points, on request dashed; it is interrupted where a value is not finite.</summary>
    public void AddLine(IReadOnlyList<double> x, IReadOnlyList<double> y, string colour, float width = 1.6f, bool dashed = false)
    {
        int start = 0;
        while (start < x.Count)
        {
            while (start < x.Count && !double.IsFinite(y[start])) start++;
            int end = start;
            while (end < x.Count && double.IsFinite(y[end])) end++;
            if (end > start)
            {
                AddPiece([.. x.Skip(start).Take(end - start)], [.. y.Skip(start).Take(end - start)], colour, width, dashed);
            }
            start = end;
        }
    }

    /// <summary>Draws markers at the points that are finite.</summary>
    public void AddMarkers(IReadOnlyList<double> x, IReadOnlyList<double> y, string colour, float size = 5, MarkerShape shape = MarkerShape.FilledCircle)
    {
        int[] drawn = [.. Enumerable.Range(0, x.Count).Where(i => double.IsFinite(x[i]) && double.IsFinite(y[i]))];
        if (drawn.Length == 0) return;
        var markers = _plot.Add.ScatterPoints(drawn.Select(i => x[i]).ToArray(), drawn.Select(i => y[i]).ToArray());
        markers.Color = Color.FromHex(colour);
        markers.MarkerSize = size;
        markers.MarkerShape = shape;
    }

    /// <summary>Fills the band between two curves; where either is not finite the band is interrupted.</summary>
    public void AddBand(IReadOnlyList<double> x, IReadOnlyList<double> lower, IReadOnlyList<double> upper, string colour)
    {
        int start = 0;
        while (start < x.Count)
        {
            while (start < x.Count && !(double.IsFinite(lower[start]) && double.IsFinite(upper[start]))) start++;
            int end = start;
            while (end < x.Count && double.IsFinite(lower[end]) && double.IsFinite(upper[end])) end++;
            if (end - start > 1)
            {
                Coordinates[] outline =
                [
                    .. Enumerable.Range(start, end - start).Select(i => new Coordinates(x[i], upper[i])),
                    .. Enumerable.Range(start, end - start).Reverse().Select(i => new Coordinates(x[i], lower[i])),
                ];
                var band = _plot.Add.Polygon(outline);
                band.FillColor = Color.FromHex(colour).WithAlpha(BandOpacity);
                band.LineWidth = 0;
            }
            start = end;
        }
    }

    /// <summary>Draws a bar from 0 to a value.</summary>
    public void AddBar(double position, double value, double width, string colour)
    {
        var bars = _plot.Add.Bar(position, value);
        foreach (Bar bar in bars.Bars)
        {
            bar.Size = width;
            bar.FillColor = Color.FromHex(colour);
            bar.LineWidth = 0;
        }
    }

    /// <summary>Draws a dashed horizontal reference line; the axes must have been set.</summary>
    public void AddLevel(double y)
    {
        AxisLimits limits = _plot.Axes.GetLimits();
        _plot.Add.Plottable(new DashedLine([limits.Left, limits.Right], [y, y], FigurePalette.Reference, 1));
    }

    /// <summary>Draws a dashed vertical reference line; the axes must have been set.</summary>
    public void AddMark(double x)
    {
        AxisLimits limits = _plot.Axes.GetLimits();
        _plot.Add.Plottable(new DashedLine([x, x], [limits.Bottom, limits.Top], FigurePalette.Reference, 1));
    }

    /// <summary>Writes a note inside the axes, for panels without data.</summary>
    public void AddNote(double x, double y, string text)
    {
        var note = _plot.Add.Text(text, x, y);
        Style(note.LabelStyle, FigureText.TickSize, FigurePalette.Muted, bold: false);
        note.LabelAlignment = Alignment.MiddleCenter;
    }

    /// <summary>Hides the grid and the tick labels, for pictures without a scale.</summary>
    public void HideTicks(bool x, bool y)
    {
        if (x) _plot.Axes.Bottom.TickLabelStyle.IsVisible = false;
        if (y) _plot.Axes.Left.TickLabelStyle.IsVisible = false;
    }

    /// <summary>Draws the panel into a rectangle, with fixed margins so that neighbours align.</summary>
    public void Render(SKCanvas canvas, SKRect area, Margins margins)
    {
        _plot.Layout.Fixed(new PixelPadding(margins.Left, margins.Right, margins.Bottom, margins.Top));
        canvas.Save();
        _plot.Render(canvas, new PixelRect(area.Left, area.Right, area.Bottom, area.Top));
        canvas.Restore();
    }

    /// <inheritdoc/>
    public void Dispose() => _plot.Dispose();

    private void AddPiece(double[] x, double[] y, string colour, float width, bool dashed)
    {
        if (dashed && x.Length > 1)
        {
            _plot.Add.Plottable(new DashedLine(x, y, colour, width));
            return;
        }
        var line = _plot.Add.Scatter(x, y);
        line.Color = Color.FromHex(colour);
        line.LineWidth = width;
        line.MarkerSize = x.Length == 1 ? 5 : 0;
    }

    private static void StyleAxis(IAxis axis, string label)
    {
        axis.Label.Text = label;
        Style(axis.Label, FigureText.LabelSize, FigurePalette.Ink, bold: false);
        Style(axis.TickLabelStyle, FigureText.TickSize, FigurePalette.Muted, bold: false);
        axis.FrameLineStyle.Color = Color.FromHex(FigurePalette.Reference);
        axis.FrameLineStyle.Width = 0.8f;
        axis.MajorTickStyle.Color = Color.FromHex(FigurePalette.Reference);
        axis.MajorTickStyle.Width = 0.8f;
        axis.MajorTickStyle.Length = 3.5f;
        axis.MinorTickStyle.Color = Color.FromHex(FigurePalette.Reference);
        axis.MinorTickStyle.Width = 0.6f;
        axis.MinorTickStyle.Length = 2;
    }

    private static void Style(LabelStyle style, float size, string colour, bool bold)
    {
        style.FontName = FigureFont.Family;
        style.FontSize = size;
        style.Bold = bold;
        style.ForeColor = Color.FromHex(colour);
    }
}

/// <summary>The range of an axis in the units that are drawn, with its ticks.</summary>
internal sealed record AxisRange(double Minimum, double Maximum, ITickGenerator Ticks)
{
    /// <summary>A linear axis.</summary>
    public static AxisRange Linear(double minimum, double maximum, int ticks = 6, bool wholeOnly = false)
    {
        if (!(maximum > minimum)) (minimum, maximum) = (minimum - 0.5, minimum + 0.5);
        return new(minimum, maximum, AxisTicks.Linear(minimum, maximum, ticks, wholeOnly));
    }

    /// <summary>A logarithmic axis from the values' own extremes, widened to hold at least two labelled decades.</summary>
    public static AxisRange Logarithmic(double smallest, double largest, bool plainLabels = false, int ticks = 6)
    {
        double low = Math.Log10(smallest);
        double high = Math.Log10(largest);
        if (high - low < 1.5)
        {
            // Two decades at least, so that there are labels.
            low = Math.Floor(low + 0.02);
            high = Math.Max(low + 1, Math.Ceiling(high - 0.02));
        }
        double room = Math.Max(0.04 * (high - low), 0.06);
        return new(low - room, high + room, AxisTicks.Logarithmic(low - room, high + room, plainLabels, ticks));
    }
}

/// <summary>Room around the axes of a panel.</summary>
internal sealed record Margins(float Left, float Right, float Bottom, float Top);
