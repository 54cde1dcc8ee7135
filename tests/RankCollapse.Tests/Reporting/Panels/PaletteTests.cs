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

    public static TheoryData<bool> Papers => [false, true];

    [Theory]
    [MemberData(nameof(Papers))]
    public void Texts_OnEveryGround_HaveAContrastOfAtLeastFourAndAHalf(bool isDark)
    {
        Func<string, string> shade = isDark ? Palette.Dark : Palette.Light;
        foreach (string ground in (string[])[Palette.Paper, "raised"])
        {
            foreach (string text in (string[])[Palette.Ink, Palette.Muted, "accent", Palette.Good, "near", "open"])
                Assert.True(Palette.Contrast(shade(text), shade(ground)) >= 4.5, $"{text} on {ground}: {Palette.Contrast(shade(text), shade(ground)):0.00}");
        }
    }

    [Fact]
    public void Texts_OnEveryValueOfAHeatMap_HaveAContrastOfAtLeastFourAndAHalf()
    {
        for (int i = 0; i <= 200; i++)
            Assert.True(Palette.Contrast(Palette.OnHeat(i / 200.0), Palette.Heat(i / 200.0)) >= 4.5, $"{i / 200.0}");
    }

    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#777777", "#ffffff", 4.48)]
    public void Contrast_IsThatOfTheGuidelines(string shade, string other, double contrast) => Assert.Equal(contrast, Palette.Contrast(shade, other), 0.01);

    [Theory]
    [MemberData(nameof(Papers))]
    public void Kinds_AreToldApart_AlsoByColourBlindReaders(bool isDark)
    {
        Assert.True(Palette.KindCount >= 10);
        Func<string, string> shade = isDark ? Palette.Dark : Palette.Light;
        string[] kinds = [.. Enumerable.Range(0, Palette.KindCount).Select(Palette.Kind).Select(shade)];
        foreach (string kind in kinds) Assert.True(Palette.Contrast(kind, shade(Palette.Paper)) >= 1.9, kind);
        foreach (double[,]? sight in ColourVision.All)
        {
            for (int i = 0; i < kinds.Length; i++)
            {
                for (int j = 0; j < i; j++)
                    Assert.True(ColourVision.Distance(kinds[i], kinds[j], sight) >= 0.09, $"{kinds[i]} and {kinds[j]}");
            }
        }
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
