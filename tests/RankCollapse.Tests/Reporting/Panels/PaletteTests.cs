using RankCollapse.Reporting.Panels;

namespace RankCollapse.Tests.Reporting.Panels;

public sealed class PaletteTests
{
    [Fact]
    public void Layers_OfAnyDepth_HaveDifferentShadesOnBothPapers()
    {
        for (int depth = 1; depth <= 32; depth++)
        {
            string[] layers = [.. Enumerable.Range(1, depth).Select(l => Palette.Layer(l, depth))];
            Assert.Equal(depth, layers.Select(Palette.Light).Distinct().Count());
            Assert.Equal(depth, layers.Select(Palette.Dark).Distinct().Count());
        }
    }

    [Fact]
    public void Name_OfALightShade_HasTheSameDarkShade()
    {
        foreach (string name in (
            string[])[Palette.Ink, Palette.Muted, Palette.Trained, Palette.Features, .. Enumerable.Range(1, 15).Select(l => Palette.Layer(l, 15))])
            Assert.Equal(Palette.Dark(name), Palette.Dark(Palette.NameOf(Palette.Light(name))!));
    }

    [Fact]
    public void Css_DefinesTheLayersThatThePageNames()
    {
        string css = Palette.Css("<path stroke=\"var(--layer-2-of-7)\">");
        Assert.Equal(3, css.Split("--layer-2-of-7:").Length - 1);
        Assert.DoesNotContain("--layer-1-of-7", css, StringComparison.Ordinal);
        Assert.Contains($"--ink:{Palette.Dark(Palette.Ink)}", css, StringComparison.Ordinal);
    }

    [Fact]
    public void Colour_ThatIsUnknown_IsRefusedWithNearNames() =>
        Assert.Contains("reference", Assert.Throws<ArgumentException>(() => Palette.Light("referense")).Message, StringComparison.Ordinal);
}
