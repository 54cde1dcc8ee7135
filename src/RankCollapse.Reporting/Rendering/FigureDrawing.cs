using System.Text;
using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>A figure's picture: its size in units of 1/96 inch, what draws it, and its description for readers who cannot see it.</summary>
/// <param name="Width">Width; 680 is a full page column of 180 mm.</param>
/// <param name="Height">Height.</param>
/// <param name="Title">The title, for assistive technology.</param>
/// <param name="Description">What is drawn, for assistive technology.</param>
/// <param name="Draw">Draws on a canvas whose unit is 1/96 inch.</param>
internal sealed record FigureDrawing(int Width, int Height, string Title, string Description, Action<SKCanvas> Draw)
{
    private const double UnitsPerInch = 96;

    /// <summary>The picture as SVG text with its font inside, for use as a file.</summary>
    public string ToSvgFile() => SvgMarkup.ForFile(RawSvg(), this);

    /// <summary>The picture as an SVG element for a page that carries the font and defines the colours' variables.</summary>
    /// <param name="prefix">A prefix that makes the element's identifiers unique in the page.</param>
    public string ToSvgElement(string prefix) => SvgMarkup.ForPage(RawSvg(), this, prefix);

    /// <summary>The picture as PNG on white.</summary>
    /// <param name="dotsPerInch">Resolution; 300 is what journals ask for.</param>
    public byte[] ToPng(double dotsPerInch = 300)
    {
        float scale = (float)(dotsPerInch / UnitsPerInch);
        using var bitmap = new SKBitmap((int)Math.Round(Width * scale), (int)Math.Round(Height * scale));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.White);
            canvas.Scale(scale);
            Draw(canvas);
        }
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private string RawSvg()
    {
        using var stream = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream))
            Draw(canvas);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
