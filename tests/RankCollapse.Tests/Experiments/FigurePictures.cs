using System.Xml.Linq;
using RankCollapse.Reporting.Fonts;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;

namespace RankCollapse.Tests.Experiments;

/// <summary>What holds for every picture.</summary>
internal static class FigurePictures
{
    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Well-formed SVG with its font inside, text in that font's glyphs, and a PNG of its size.</summary>
    public static void RequireSound(Figure figure)
    {
        FigureDrawing drawing = FigureRenderer.Draw(figure);
        var svg = XElement.Parse(drawing.ToSvgFile());
        Assert.Equal("svg", svg.Name.LocalName);
        Assert.Contains("@font-face", svg.ToString());
        Assert.DoesNotContain("NaN", svg.ToString());
        foreach (char c in (svg.Value + drawing.Title + drawing.Description).Where(c => !char.IsWhiteSpace(c)).Distinct())
            Assert.True(FigureFont.Regular.ContainsGlyph(c) && FigureFont.SemiBold.ContainsGlyph(c), $"U+{(int)c:X4} {c} has no glyph");
        byte[] png = drawing.ToPng(dotsPerInch: 48);
        Assert.Equal(PngSignature, png[..8]);
        int width = (png[16] << 24) | (png[17] << 16) | (png[18] << 8) | png[19];
        Assert.Equal(drawing.Width / 2, width);
    }
}
