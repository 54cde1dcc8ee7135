using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>Draws heat maps, and the scale of their colours.</summary>
internal static class HeatMapDrawing
{
    private const float RowHeight = 16;
    private const float LargestRing = 3.5f;

    /// <summary>Fills a frame with the colours of values; large enough cells tell their values.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="heat">The heat map.</param>
    /// <param name="frame">Where it is drawn.</param>
    /// <param name="isQuiet">Whether cells are colours alone.</param>
    public static void Draw(SKCanvas canvas, HeatMap heat, SKRect frame, bool isQuiet)
    {
        if (heat.IsPicture) Picture(canvas, heat, frame);
        else Cells(canvas, heat, frame, isQuiet);
    }

    /// <summary>Draws the scale of colours, with its label to the right or below.</summary>
    /// <param name="canvas">The canvas; null measures alone.</param>
    /// <param name="maps">The heat maps of a figure, which have one scale.</param>
    /// <param name="left">The left edge.</param>
    /// <param name="top">The upper edge.</param>
    /// <param name="width">The room.</param>
    /// <returns>The height.</returns>
    public static float Scale(SKCanvas? canvas, IReadOnlyList<HeatMap> maps, float left, float top, float width)
    {
        ColourScale scale = maps[0].Scale;
        float length = Math.Min(220, width / 3), x = left, y = top + 9;
        if (!double.IsNaN(scale.Minimum))
        {
            if (canvas is not null) Bar(canvas, scale, left, top, length);
            x += length + 22;
        }
        // What does not fit beside the bar goes below its ticks.
        void Move(float needed)
        {
            if (x > left && x + needed > left + width) (x, y) = (left, y + (y == top + 9 ? 2 * RowHeight : RowHeight));
        }

        string label = FigureText.Cut(scale.Label, width);
        Move(FigureText.Measure(label));
        if (canvas is not null) FigureText.Write(canvas, label, x, y);
        x += FigureText.Measure(label) + 20;
        foreach ((string name, bool isZero) in Entries(maps))
        {
            float needed = RowHeight + FigureText.Measure(name, FigureText.TickSize);
            Move(needed);
            if (canvas is not null) Entry(canvas, name, isZero, x, y);
            x += needed + RowHeight;
        }
        return Math.Max(32, y - top + 8);
    }

    private static void Bar(SKCanvas canvas, ColourScale scale, float left, float top, float length)
    {
        using var bitmap = new SKBitmap(128, 1, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (int i = 0; i < bitmap.Width; i++) bitmap.SetPixel(i, 0, SKColor.Parse(Palette.Heat(i / (bitmap.Width - 1.0))));
        using SKImage image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, SKRect.Create(left, top, length, 9), new SKSamplingOptions(SKFilterMode.Linear));
        AxisRange range = Range(scale);
        using SKPaint line = FigureText.Paint(Palette.Reference, 0.8f);
        float end = float.NegativeInfinity;
        foreach (AxisTick tick in range.Ticks.Where(tick => tick.Label.Length > 0).OrderBy(tick => tick.At))
        {
            string text = (scale.HasSmaller && tick.At <= range.Minimum ? "≤ " : "") + tick.Label;
            float at = left + ((float)range.Place(tick.At) * length), half = FigureText.Measure(text, FigureText.TickSize) / 2;
            canvas.DrawLine(at, top + 9, at, top + 12, line);
            at = Math.Max(left + half, at);
            if (at - half < end) continue;
            FigureText.Write(canvas, text, at, top + 23, FigureText.TickSize, Palette.Muted, align: SKTextAlign.Center);
            end = at + half + 4;
        }
    }

    private static void Entry(SKCanvas canvas, string name, bool isZero, float x, float baseline)
    {
        var cell = SKRect.Create(x, baseline - 9, 10, 10);
        using SKPaint paint = FigureText.Paint(isZero ? Palette.Heat(0) : Palette.Grid);
        canvas.DrawRect(cell, paint);
        if (isZero) Ring(canvas, cell);
        FigureText.Write(canvas, name, x + RowHeight, baseline, FigureText.TickSize, Palette.Muted);
    }

    /// <summary>What the colours beside the scale mean: 0 on a logarithmic one, and values that do not exist.</summary>
    internal static IEnumerable<(string Name, bool IsZero)> Entries(IReadOnlyList<HeatMap> maps)
    {
        double?[] values = [.. maps.Where(map => !map.IsPicture).SelectMany(map => map.Values).SelectMany(row => row).Where(value => value is not null)];
        if (maps[0].Scale.IsLogarithmic && maps[0].Scale.HasZero) yield return ("0", true);
        if (values.Any(value => maps[0].Scale.Place(value) is null)) yield return ("no value", false);
    }

    /// <summary>The range of a scale of colours, with ticks as on axes.</summary>
    internal static AxisRange Range(ColourScale scale) => scale.Minimum == scale.Maximum
        ? new AxisRange(scale.Minimum - 1, scale.Minimum + 1, [new AxisTick(scale.Minimum, NumberText.Plain(scale.Minimum))])
        : AxisRange.Of(new Axis("") { IsLogarithmic = scale.IsLogarithmic, Minimum = scale.Minimum, Maximum = scale.Maximum }, [], 5, sides: 0);

    private static void Ring(SKCanvas canvas, SKRect cell)
    {
        using SKPaint paint = FigureText.Paint(Palette.OnDark, 1);
        canvas.DrawCircle(cell.MidX, cell.MidY, Math.Min(LargestRing, Math.Min(cell.Width, cell.Height) * 0.22f), paint);
    }

    private static void Picture(SKCanvas canvas, HeatMap heat, SKRect frame)
    {
        int rows = heat.Values.Count, columns = heat.Values[0].Count;
        using var bitmap = new SKBitmap(columns, rows, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) bitmap.SetPixel(j, i, SKColor.Parse(Palette.Heat(heat.Scale.Place(heat.Values[i][j]) ?? 0)));
        }
        using SKImage image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, frame, new SKSamplingOptions(SKFilterMode.Nearest));
    }

    private static void Cells(SKCanvas canvas, HeatMap heat, SKRect frame, bool isQuiet)
    {
        float width = frame.Width / heat.Values[0].Count, height = frame.Height / heat.Values.Count;
        bool isWhole = heat.Values.All(row => row.All(value => value is not { } number || !double.IsFinite(number) || double.IsInteger(number)));
        string Text(double value) => !double.IsFinite(value) ? "–" : isWhole ? NumberText.Plain(value) : NumberText.Short(value, 2);
        // All cells tell their values, or none does.
        bool hasNumbers = !isQuiet && width >= 20 && height >= 15
            && heat.Values.All(row => row.All(value => value is not { } number || FigureText.Measure(Text(number), FigureText.TickSize) <= width - 4));
        float gap = hasNumbers ? 1 : 0;
        for (int y = 0; y < heat.Values.Count; y++)
        {
            for (int x = 0; x < heat.Values[y].Count; x++)
            {
                if (heat.Values[y][x] is not { } value) continue;
                double? place = heat.Scale.Place(value);
                var cell = SKRect.Create(frame.Left + (x * width) + gap, frame.Bottom - ((y + 1) * height), width - gap, height - gap);
                using SKPaint paint = FigureText.Paint(place is { } known ? Palette.Heat(known) : Palette.Grid);
                paint.IsAntialias = false;
                canvas.DrawRect(cell, paint);
                string ink = place is { } at ? Palette.OnHeat(at) : Palette.OnLight;
                if (hasNumbers)
                    FigureText.Write(canvas, Text(value), cell.MidX, cell.MidY + 3.5f, FigureText.TickSize, ink, align: SKTextAlign.Center);
                else if (!isQuiet && heat.Scale.IsZero(value)) Ring(canvas, cell);
            }
        }
    }
}
