using RankCollapse.Reporting.Panels;
using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>Draws one panel into its frame, in the house style: thin frame left and below, light grid, text in the figures' font.</summary>
/// <param name="canvas">The canvas.</param>
/// <param name="panel">The panel.</param>
/// <param name="frame">The rectangle of the data.</param>
/// <param name="x">The range from left to right.</param>
/// <param name="y">The range upwards.</param>
internal sealed class PanelDrawing(SKCanvas canvas, Panel panel, SKRect frame, AxisRange x, AxisRange y)
{
    private const float MarkerSize = 5;
    private const float SmallMarkerSize = 2.6f;
    private const float LargeTick = 3.5f;
    private const float SmallTick = 2;

    /// <summary>Labels below end at most so far right of the frame, where the next panel begins.</summary>
    private const float RightRoom = 4;
    private const byte BandOpacity = 64;

    /// <summary>The title, and what stands beside it, above the frame.</summary>
    /// <param name="room">How far a long title may reach beyond the frame.</param>
    public void DrawTitle(float room)
    {
        bool isSmall = frame.Width < 70;
        if (isSmall) FigureText.Write(canvas, panel.Title, frame.Left, frame.Top - 3, FigureText.TickSize, Palette.Muted);
        float detail = panel.Detail.Length > 0 ? FigureText.Measure(panel.Detail, FigureText.TickSize) : 0;
        bool hasDetail = !isSmall && detail > 0 && FigureText.Measure(panel.Title, FigureText.TitleSize, bold: true) + detail + 8 < frame.Width + 4;
        if (hasDetail) FigureText.Write(canvas, panel.Detail, frame.Right, frame.Top - 7, FigureText.TickSize, Palette.Muted, align: SKTextAlign.Right);
        if (isSmall) return;
        string title = FigureText.Cut(panel.Title, frame.Width + (hasDetail ? -detail : panel.IsPlain ? 0 : room), FigureText.TitleSize, bold: true);
        FigureText.Write(canvas, title, frame.Left, frame.Top - 7, FigureText.TitleSize, bold: true);
    }

    /// <summary>Grid, frame, ticks and their labels.</summary>
    /// <param name="hasLabels">Whether values stand left of the vertical axis.</param>
    /// <param name="isTurned">Whether labels below stand upright.</param>
    public void DrawAxes(bool hasLabels, bool isTurned)
    {
        bool isGrid = panel.Heat is not null;
        using SKPaint grid = FigureText.Paint(Palette.Grid, 0.8f), line = FigureText.Paint(Palette.Reference, 0.8f);
        float end = float.NegativeInfinity;
        foreach (AxisTick tick in x.Ticks)
        {
            float at = X(tick.At);
            if (!isGrid && tick.Label.Length > 0) canvas.DrawLine(at, frame.Top, at, frame.Bottom, grid);
            float half = isTurned ? 6.5f : 0.5f * FigureText.Measure(tick.Label, FigureText.TickSize);
            float middle = isTurned ? at : Math.Min(at, frame.Right + RightRoom - half);
            bool isLabelled = tick.Label.Length > 0 && middle - half > end;
            if (x.Ticks.Count <= 60 || isLabelled) canvas.DrawLine(at, frame.Bottom, at, frame.Bottom + (tick.Label.Length > 0 ? LargeTick : SmallTick), line);
            if (!isLabelled) continue;
            if (isTurned) FigureText.WriteUpwards(canvas, tick.Label, at + 4, frame.Bottom + 8, FigureText.TickSize, Palette.Muted, SKTextAlign.Right);
            else FigureText.Write(canvas, tick.Label, middle, frame.Bottom + 15, FigureText.TickSize, Palette.Muted,
                align: SKTextAlign.Center);
            end = middle + half + 3;
        }
        float top = float.PositiveInfinity;
        foreach (AxisTick tick in y.Ticks)
        {
            float at = Y(tick.At);
            if (!isGrid && tick.Label.Length > 0) canvas.DrawLine(frame.Left, at, frame.Right, at, grid);
            canvas.DrawLine(frame.Left - (tick.Label.Length > 0 ? LargeTick : SmallTick), at, frame.Left, at, line);
            if (!hasLabels || tick.Label.Length == 0 || at + 6.5f > top) continue;
            FigureText.Write(canvas, tick.Label, frame.Left - 6, at + 3.5f, FigureText.TickSize, Palette.Muted, align: SKTextAlign.Right);
            top = at - 6.5f;
        }
        canvas.DrawLine(frame.Left, frame.Top, frame.Left, frame.Bottom, line);
        canvas.DrawLine(frame.Left, frame.Bottom, frame.Right, frame.Bottom, line);
    }

    /// <summary>The frame of a panel without ticks; the axes' origin where there is one.</summary>
    public void DrawPlainFrame()
    {
        if (panel.Heat is not null) return;
        using SKPaint line = FigureText.Paint(Palette.Grid, 0.8f);
        canvas.DrawRect(frame, line);
        canvas.DrawLine(frame.MidX, frame.Top, frame.MidX, frame.Bottom, line);
        canvas.DrawLine(frame.Left, frame.MidY, frame.Right, frame.MidY, line);
    }

    /// <summary>What the panel shows; the first series lies on top.</summary>
    public void DrawData()
    {
        if (panel.Heat is { } heat) HeatMapDrawing.Draw(canvas, heat, frame, isQuiet: panel.Note.Length > 0);
        foreach (Series series in panel.Series.Where(s => s.Lower is not null && s.Upper is not null)) Band(series);
        Series[] bars = [.. panel.Series.Where(s => s.Mark == Mark.Bars)];
        bool areBeside = bars.Sum(s => s.X.Count) > bars.SelectMany(s => s.X).Distinct().Count();
        for (int i = 0; i < bars.Length; i++) Bars(bars[i], areBeside ? i : 0, areBeside ? bars.Length : 1);
        foreach (Series series in Enumerable.Reverse(panel.Series).Where(s => s.IsLine))
            MarkDrawing.Line(canvas, Points(series, series.Y), series.Colour, (float)(series.Size ?? Series.LineWidth), series.Mark == Mark.Dashed);
        foreach (ReferenceLine level in panel.Levels)
            Reference(new(frame.Left, Y(y.Drawn(level.At))), new(frame.Right, Y(y.Drawn(level.At))));
        foreach (ReferenceLine mark in panel.Marks)
            Reference(new(X(x.Drawn(mark.At)), frame.Top), new(X(x.Drawn(mark.At)), frame.Bottom));
        foreach (Series series in Enumerable.Reverse(panel.Series).Where(s => s.Mark is not (Mark.Line or Mark.Dashed or Mark.Bars)))
            MarkDrawing.Markers(
                canvas, Points(series, series.Y), series.Mark, series.Colour, series.IsLine ? MarkerSize : (float)(series.Size ?? UsualSize));
        if (panel.Note.Length == 0) return;
        string colour = panel.Heat is null ? Palette.Muted : Palette.OnDark;
        FigureText.Write(canvas, FigureText.Cut(panel.Note, frame.Width, FigureText.TickSize), frame.MidX, frame.MidY + 4, FigureText.TickSize, colour,
            align: SKTextAlign.Center);
    }

    private float UsualSize => panel.HasEqualAxes && frame.Width < 100 ? SmallMarkerSize : panel.HasEqualAxes ? 4.2f : MarkerSize;

    // Above lines, which would hide it where they have its value, with dashes that are edged by paper.
    private void Reference(SKPoint from, SKPoint to)
    {
        MarkDrawing.Line(canvas, [from, to], Palette.Paper, 2.6f, isDashed: true);
        MarkDrawing.Line(canvas, [from, to], Palette.Reference, 1.1f, isDashed: true);
    }

    private float X(double drawn) => frame.Left + (float)(x.Place(drawn) * frame.Width);

    private float Y(double drawn) => frame.Bottom - (float)(y.Place(drawn) * frame.Height);

    private SKPoint[] Points(Series series, IReadOnlyList<double> heights) =>
        [.. series.X.Select((at, i) => new SKPoint(X(x.Drawn(at)), Y(y.Drawn(heights[i]))))];

    // A band that reaches 0 or below ends at its line where the axis is logarithmic.
    private void Band(Series series)
    {
        SKPoint[] middle = Points(series, series.Y);
        SKPoint[] lower = [.. Points(series, series.Lower!).Select((p, i) => MarkDrawing.IsFinite(p) ? p : middle[i])], upper = Points(series, series.Upper!);
        using SKPaint paint = FigureText.Paint(series.Colour);
        paint.Color = paint.Color.WithAlpha(BandOpacity);
        if (!series.IsLine)
        {
            for (int i = 0; i < middle.Length; i++)
                if (MarkDrawing.IsFinite(lower[i]) && MarkDrawing.IsFinite(upper[i]))
                    MarkDrawing.Line(canvas, [lower[i], upper[i]], series.Colour, 1.2f, isDashed: false);
            return;
        }
        for (int start = 0; start < middle.Length; start++)
        {
            int end = start;
            while (end < middle.Length && MarkDrawing.IsFinite(lower[end]) && MarkDrawing.IsFinite(upper[end])) end++;
            if (end - start > 1)
            {
                using var path = new SKPath();
                path.AddPoly([.. upper[start..end], .. Enumerable.Reverse(lower[start..end])], close: true);
                canvas.DrawPath(path, paint);
            }
            start = end;
        }
    }

    private void Bars(Series series, int index, int count)
    {
        const double Room = 0.78;
        using SKPaint paint = FigureText.Paint(series.Colour);
        double width = Room / count;
        for (int i = 0; i < series.X.Count; i++)
        {
            double left = series.X[i] - (Room / 2) + (index * width);
            if (series.Y[i] > 0) canvas.DrawRect(SKRect.Create(X(left), Y(series.Y[i]), X(left + width) - X(left), frame.Bottom - Y(series.Y[i])), paint);
        }
    }
}
