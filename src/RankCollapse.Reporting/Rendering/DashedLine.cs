using ScottPlot;
using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>A dashed line whose dashes are drawn one by one, because the SVG canvas ignores dash patterns.</summary>
internal sealed class DashedLine(IReadOnlyList<double> x, IReadOnlyList<double> y, string colour, float width) : IPlottable
{
    private const float Dash = 4.5f;
    private const float Gap = 3.5f;

    /// <inheritdoc/>
    public bool IsVisible { get; set; } = true;

    /// <inheritdoc/>
    public IAxes Axes { get; set; } = new Axes();

    /// <inheritdoc/>
    public IEnumerable<LegendItem> LegendItems => [];

    /// <inheritdoc/>
    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    /// <inheritdoc/>
    public void Render(RenderPack rp)
    {
        using var line = new SKPath();
        for (int i = 0; i < x.Count; i++)
        {
            Pixel pixel = Axes.GetPixel(new Coordinates(x[i], y[i]));
            if (i == 0) line.MoveTo(pixel.X, pixel.Y);
            else line.LineTo(pixel.X, pixel.Y);
        }
        using var paint = new SKPaint { Color = SKColor.Parse(colour), StrokeWidth = width, Style = SKPaintStyle.Stroke, IsAntialias = true };
        using var measure = new SKPathMeasure(line);
        using var dashes = new SKPath();
        for (float at = 0; at < measure.Length; at += Dash + Gap)
            measure.GetSegment(at, Math.Min(at + Dash, measure.Length), dashes, startWithMoveTo: true);
        rp.Canvas.DrawPath(dashes, paint);
    }
}
