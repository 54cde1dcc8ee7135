using RankCollapse.Reporting.Fonts;
using RankCollapse.Reporting.Panels;
using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>Text and legends that a figure sets outside its axes; sizes are in units of 1/96 inch, 8 pt and up when printed at full width.</summary>
internal static class FigureText
{
    /// <summary>Panel titles.</summary>
    public const float TitleSize = 12;

    /// <summary>Axis labels and legends.</summary>
    public const float LabelSize = 11.5f;

    /// <summary>Tick labels.</summary>
    public const float TickSize = 10.5f;

    /// <summary>The distance of a legend's lines.</summary>
    public const float LegendStep = 17;

    /// <summary>Writes one line; x is its left end, its middle or its right end.</summary>
    public static void Write(SKCanvas canvas, string text, float x, float baseline, float size = LabelSize, string colour = FigurePalette.Ink, bool bold = false, SKTextAlign align = SKTextAlign.Left)
    {
        using var font = new SKFont(bold ? FigureFont.SemiBold : FigureFont.Regular, size) { Subpixel = true, LinearMetrics = true, Hinting = SKFontHinting.None };
        using var paint = new SKPaint { Color = SKColor.Parse(colour), IsAntialias = true };
        canvas.DrawText(text, x, baseline, align, font, paint);
    }

    /// <summary>The width of a line of text.</summary>
    public static float Measure(string text, float size = LabelSize)
    {
        using var font = new SKFont(FigureFont.Regular, size) { LinearMetrics = true, Hinting = SKFontHinting.None };
        return font.MeasureText(text);
    }

    /// <summary>Draws a legend from its top left corner downwards.</summary>
    public static void Legend(SKCanvas canvas, float x, float top, IEnumerable<LegendEntry> entries)
    {
        float y = top + 7;
        foreach (LegendEntry entry in entries)
        {
            entry.DrawKey(canvas, x, y);
            Write(canvas, entry.Text, x + 24, y + 4);
            y += LegendStep;
        }
    }

    /// <summary>Draws a legend in one row from its left end.</summary>
    public static void LegendRow(SKCanvas canvas, float x, float y, IEnumerable<LegendEntry> entries)
    {
        foreach (LegendEntry entry in entries)
        {
            entry.DrawKey(canvas, x, y);
            Write(canvas, entry.Text, x + 24, y + 4);
            x += 24 + Measure(entry.Text) + 16;
        }
    }
}

/// <summary>How a legend shows a series.</summary>
internal enum LegendKey
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>A dashed line.</summary>
    Dashed,

    /// <summary>A dot.</summary>
    Dot,

    /// <summary>A triangle.</summary>
    Triangle,

    /// <summary>A square.</summary>
    Square,

    /// <summary>A cross.</summary>
    Cross,
}

/// <summary>One series in a legend.</summary>
internal sealed record LegendEntry(string Text, string Colour, LegendKey Key = LegendKey.Line, float Width = 2)
{
    /// <summary>Draws the key, 18 wide, centred on y.</summary>
    public void DrawKey(SKCanvas canvas, float x, float y)
    {
        using var paint = new SKPaint { Color = SKColor.Parse(Colour), IsAntialias = true, StrokeWidth = Width, Style = SKPaintStyle.Fill };
        switch (Key)
        {
            case LegendKey.Line:
                canvas.DrawLine(x, y, x + 18, y, paint);
                break;
            case LegendKey.Dashed:
                for (int i = 0; i < 3; i++) canvas.DrawLine(x + (7 * i), y, x + (7 * i) + 4, y, paint);
                break;
            case LegendKey.Dot:
                canvas.DrawCircle(x + 9, y, 3.5f, paint);
                break;
            case LegendKey.Triangle:
                using (var path = new SKPath())
                {
                    path.AddPoly([new(x + 9, y - 4), new(x + 13, y + 3.5f), new(x + 5, y + 3.5f)], close: true);
                    canvas.DrawPath(path, paint);
                }
                break;
            case LegendKey.Square:
                canvas.DrawRect(x + 5.5f, y - 3.5f, 7, 7, paint);
                break;
            case LegendKey.Cross:
                paint.StrokeWidth = 1.2f;
                canvas.DrawLine(x + 5.5f, y - 3.5f, x + 12.5f, y + 3.5f, paint);
                canvas.DrawLine(x + 5.5f, y + 3.5f, x + 12.5f, y - 3.5f, paint);
                break;
        }
    }
}
