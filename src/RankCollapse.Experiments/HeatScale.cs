using RankCollapse.Reporting;
using RankCollapse.Reporting.Figures;
using SkiaSharp;

namespace RankCollapse.Experiments;

/// <summary>The scale of a heat map's colours, with its ends and 0 labelled.</summary>
internal static class HeatScale
{
    /// <summary>Draws a scale with its label to the right, 28 high.</summary>
    public static void Draw(SKCanvas canvas, float left, float top, float length, double lowest, double highest, string label)
    {
        using var bitmap = new SKBitmap(128, 1, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (int i = 0; i < bitmap.Width; i++) bitmap.SetPixel(i, 0, FigurePalette.Heat(i / (bitmap.Width - 1.0)));
        using SKImage image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, SKRect.Create(left, top, length, 9), new SKSamplingOptions(SKFilterMode.Linear));
        FigureText.Write(canvas, NumberText.Short(lowest, 2), left, top + 23, FigureText.TickSize, FigurePalette.Muted);
        float zero = length * (float)(-lowest / (highest - lowest));
        if (zero > 30 && zero < length - 20) FigureText.Write(canvas, "0", left + zero, top + 23, FigureText.TickSize, FigurePalette.Muted, align: SKTextAlign.Center);
        FigureText.Write(canvas, NumberText.Short(highest, 2), left + length, top + 23, FigureText.TickSize, FigurePalette.Muted, align: SKTextAlign.Right);
        FigureText.Write(canvas, label, left + length + 14, top + 9);
    }
}
