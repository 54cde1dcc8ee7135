using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>Draws matrices as heat maps, and the scale of their colours.</summary>
internal static class HeatMapDrawing
{
    /// <summary>Draws a matrix, one pixel of the picture an entry; entries are divided by <paramref name="unit"/>, and colours go from <paramref name="lowest"/> to 1.</summary>
    public static void Matrix(SKCanvas canvas, Matrix values, double unit, double lowest, SKRect area)
    {
        using var bitmap = new SKBitmap(values.Columns, values.Rows, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (int i = 0; i < values.Rows; i++)
        {
            for (int j = 0; j < values.Columns; j++) bitmap.SetPixel(j, i, FigurePalette.Heat(((values[i, j] / unit) - lowest) / (1 - lowest)));
        }
        using SKImage image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, area, new SKSamplingOptions(SKFilterMode.Nearest));
    }

    /// <summary>Draws a scale from <paramref name="lowest"/> to 1 with its label to the right, 28 high; 0 is marked where there is room.</summary>
    public static void Scale(SKCanvas canvas, float left, float top, float length, double lowest, string label)
    {
        using var bitmap = new SKBitmap(128, 1, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (int i = 0; i < bitmap.Width; i++) bitmap.SetPixel(i, 0, FigurePalette.Heat(i / (bitmap.Width - 1.0)));
        using SKImage image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, SKRect.Create(left, top, length, 9), new SKSamplingOptions(SKFilterMode.Linear));
        FigureText.Write(canvas, NumberText.Short(lowest, 2), left, top + 23, FigureText.TickSize, FigurePalette.Muted);
        float zero = length * (float)(-lowest / (1 - lowest));
        if (zero > 36 && zero < length - 20) FigureText.Write(canvas, "0", left + zero, top + 23, FigureText.TickSize, FigurePalette.Muted, align: SKTextAlign.Center);
        FigureText.Write(canvas, "1", left + length, top + 23, FigureText.TickSize, FigurePalette.Muted, align: SKTextAlign.Right);
        FigureText.Write(canvas, label, left + length + 14, top + 9);
    }
}
