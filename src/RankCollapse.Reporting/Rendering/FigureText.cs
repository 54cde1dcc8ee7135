using RankCollapse.Reporting.Fonts;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>Text in figures; sizes are in units of 1/96 inch, 8 pt and up when printed at full width.</summary>
internal static class FigureText
{
    /// <summary>Titles.</summary>
    public const float TitleSize = 12;

    /// <summary>Axis labels and legends.</summary>
    public const float LabelSize = 11.5f;

    /// <summary>Tick labels.</summary>
    public const float TickSize = 10.5f;

    private const float ScriptSize = 0.75f;

    /// <summary>The paint of a colour.</summary>
    public static SKPaint Paint(string colour, float width = 0) => new()
    {
        Color = SKColor.Parse(Palette.Light(colour)),
        IsAntialias = true,
        StrokeWidth = width,
        Style = width > 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill,
        StrokeJoin = SKStrokeJoin.Round,
    };

    /// <summary>Writes one line; x is its left end, its middle or its right end.</summary>
    public static void Write(SKCanvas canvas, string text, float x, float baseline, float size = LabelSize, string colour = Palette.Ink, bool bold = false,
        SKTextAlign align = SKTextAlign.Left)
    {
        using SKPaint paint = Paint(colour);
        TextPiece[] pieces = [.. MathText.Pieces(text)];
        if (pieces.Length > 1 && align != SKTextAlign.Left)
            (x, align) = (x - (Measure(text, size, bold) * (align == SKTextAlign.Center ? 0.5f : 1)), SKTextAlign.Left);
        foreach (TextPiece piece in pieces)
        {
            using SKFont font = Font(piece.Place == 0 ? size : ScriptSize * size, bold);
            canvas.DrawText(piece.Text, x, baseline - (piece.Place > 0 ? 0.35f * size : piece.Place < 0 ? -0.25f * size : 0), align, font, paint);
            x += font.MeasureText(piece.Text);
        }
    }

    /// <summary>Writes one line from below upwards; y is where its anchor is.</summary>
    public static void WriteUpwards(
        SKCanvas canvas, string text, float x, float y, float size = LabelSize, string colour = Palette.Ink, SKTextAlign align = SKTextAlign.Center)
    {
        canvas.Save();
        canvas.RotateDegrees(-90, x, y);
        Write(canvas, text, x, y, size, colour, align: align);
        canvas.Restore();
    }

    /// <summary>The width of a line of text.</summary>
    public static float Measure(string text, float size = LabelSize, bool bold = false)
    {
        float width = 0;
        foreach (TextPiece piece in MathText.Pieces(text))
        {
            using SKFont font = Font(piece.Place == 0 ? size : ScriptSize * size, bold);
            width += font.MeasureText(piece.Text);
        }
        return width;
    }

    /// <summary>The text, or as much of its beginning as there is room for.</summary>
    public static string Cut(string text, float width, float size = LabelSize, bool bold = false)
    {
        if (Measure(text, size, bold) <= width) return text;
        int length = text.Length;
        while (length > 1 && Measure(text[..length] + "…", size, bold) > width) length--;
        return text[..length] + "…";
    }

    private static SKFont Font(float size, bool bold) =>
        new(bold ? FigureFont.SemiBold : FigureFont.Regular, size) { Subpixel = true, LinearMetrics = true, Hinting = SKFontHinting.None };
}
