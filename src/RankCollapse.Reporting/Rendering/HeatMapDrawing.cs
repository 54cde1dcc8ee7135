using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>Draws heat maps, and the scale of their colours.</summary>
internal static class HeatMapDrawing
{
    /// <summary>The height of the scale.</summary>
    public const float ScaleHeight = 32;

    /// <summary>Fills a frame with the colours of values; large enough cells tell their values.</summary>
    public static void Draw(SKCanvas canvas, HeatMap heat, SKRect frame)
    {
        if (heat.IsPicture) Picture(canvas, heat, frame);
        else Cells(canvas, heat, frame);
    }

    /// <summary>Draws the scale of colours, with its label to the right.</summary>
    public static void Scale(SKCanvas canvas, ColourScale scale, bool hasGaps, float left, float top, float width)
    {
        float length = Math.Min(220, width / 3);
        bool isKnown = !double.IsNaN(scale.Minimum);
        if (isKnown)
        {
            using var bitmap = new SKBitmap(128, 1, SKColorType.Rgba8888, SKAlphaType.Opaque);
            for (int i = 0; i < bitmap.Width; i++) bitmap.SetPixel(i, 0, SKColor.Parse(Palette.Heat(i / (bitmap.Width - 1.0))));
            using SKImage image = SKImage.FromBitmap(bitmap);
            canvas.DrawImage(image, SKRect.Create(left, top, length, 9), new SKSamplingOptions(SKFilterMode.Linear));
            double[] ticks = [.. Ticks(scale)];
            IReadOnlyList<string> labels = NumberText.PlainAll(ticks, 2);
            for (int i = 0; i < ticks.Length; i++)
                Tick(canvas, (scale.HasSmaller && i == 0 ? "≤ " : "") + labels[i], left, left + ((float)scale.Place(ticks[i])! * length), top);
        }
        float x = left + (isKnown ? length + 22 : 0);
        FigureText.Write(canvas, scale.Label, x, top + 9);
        if (!hasGaps) return;
        x += FigureText.Measure(scale.Label) + 20;
        using SKPaint paint = FigureText.Paint(Palette.Grid);
        canvas.DrawRect(SKRect.Create(x, top, 10, 10), paint);
        FigureText.Write(canvas, "no value", x + 16, top + 9, FigureText.TickSize, Palette.Muted);
    }

    private static void Tick(SKCanvas canvas, string text, float left, float at, float top) =>
        FigureText.Write(canvas, text, Math.Max(left + (FigureText.Measure(text, FigureText.TickSize) / 2), at), top + 23, FigureText.TickSize, Palette.Muted,
            align: SKTextAlign.Center);

    // The ends, and between them powers of ten, or 0.
    private static IEnumerable<double> Ticks(ColourScale scale)
    {
        yield return scale.Minimum;
        if (scale.Maximum == scale.Minimum) yield break;
        if (scale.IsLogarithmic)
        {
            int first = (int)Math.Ceiling(Math.Log10(scale.Minimum) + 1e-9), last = (int)Math.Floor(Math.Log10(scale.Maximum) - 1e-9),
                every = Math.Max(1, (last - first + 3) / 4);
            for (int e = first; e <= last; e++)
            {
                if (e % every == 0 && scale.Place(Math.Pow(10, e)) is > 0.17 and < 0.85) yield return Math.Pow(10, e);
            }
        }
        else if (scale.Place(0) is > 0.17 and < 0.9 && scale.Minimum < 0)
        {
            yield return 0;
        }
        yield return scale.Maximum;
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

    private static void Cells(SKCanvas canvas, HeatMap heat, SKRect frame)
    {
        float width = frame.Width / heat.Values[0].Count, height = frame.Height / heat.Values.Count;
        bool hasNumbers = width >= 34 && height >= 15;
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
                string text = double.IsFinite(value) ? NumberText.Plain(value, 2) : "–";
                if (!hasNumbers || FigureText.Measure(text, FigureText.TickSize) > width - 4) continue;
                FigureText.Write(canvas, text, cell.MidX, cell.MidY + 3.5f, FigureText.TickSize, place < 0.5 ? Palette.OnDark : Palette.OnLight,
                    align: SKTextAlign.Center);
            }
        }
    }
}
