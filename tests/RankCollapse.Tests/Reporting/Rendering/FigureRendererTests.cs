using System.Xml.Linq;
using CsCheck;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Tests.Experiments;

namespace RankCollapse.Tests.Reporting.Rendering;

public sealed class FigureRendererTests
{
    private static readonly Gen<double> Value = Gen.OneOf(Gen.Double[-100, 100], Gen.Const(double.NaN), Gen.Const(double.PositiveInfinity), Gen.Const(0.0));

    private static readonly Gen<Series> AnySeries =
        Gen.Select(Gen.Enum<Mark>(), Gen.Int[0, 9], Value.Array[0, 12], Gen.Bool, (mark, index, y, hasBand) =>
            new Series($"series {index}", Palette.Kind(index), [.. y.Select((_, i) => i + 1.0)], y, mark)
            {
                Lower = hasBand ? y : null,
                Upper = hasBand ? y : null,
                Kind = index % 2 == 0 ? "even" : ""
            });

    private static readonly Gen<Panel> AnyPanel =
        Gen.Select(AnySeries.Array[0, 4], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 2], (series, isLogX, isLogY, isEqual, title) => new Panel
        {
            Title = title == 0 ? "" : $"panel {title}",
            X = new Axis("across") { IsLogarithmic = isLogX },
            Y = new Axis("up", "s_i", "m") { IsLogarithmic = isLogY },
            Series = series,
            HasEqualAxes = isEqual,
            Levels = [new ReferenceLine(2, "K")],
        });

    [Fact]
    public void Picture_OfAnyFigure_IsSound() =>
        Gen.Select(AnyPanel.Array[1, 7], Gen.Int[1, 5], Gen.Bool, (panels, columns, isByMoment) =>
            new Figure("any", "title", "reading", new PanelBlock(panels) { Columns = columns, Heading = "heading" },
                new PanelBlock(panels) { Columns = columns, Detail = "detail" })
            { IsByMoment = isByMoment })
        .Sample(FigurePictures.RequireSound, iter: 40);

    [Fact]
    public void Labels_OfAxesThatPanelsShare_AreWrittenOnce()
    {
        Panel Of(string title) => new() { Title = title, X = new Axis("epoch"), Y = new Axis("rank"), Series = [new Series("", Palette.Ink, [0, 1], [1, 2])] };
        string[] texts = Texts(new Figure("f", "t", "r", new PanelBlock(Of("left"), Of("right"))));
        Assert.Single(texts, "epoch");
        Assert.Single(texts, "rank");
    }

    [Fact]
    public void Labels_OfDifferentAxes_StandAtEachPanel()
    {
        Panel Of(string name) => new() { X = new Axis("time", Unit: "s"), Y = new Axis(name), Series = [new Series("", Palette.Ink, [0, 1], [1, 2])] };
        string[] texts = Texts(new Figure("f", "t", "r", new PanelBlock(Of("loss"), Of("rank"))));
        Assert.Contains("loss", texts);
        Assert.Contains("rank", texts);
        Assert.Single(texts, "time in s");
    }

    [Fact]
    public void Figure_WithoutPanels_SaysWhy() =>
        Assert.Contains("Nothing was recorded.", Texts(new Figure("f", "t", "r", new PanelBlock { Heading = "t", Detail = "Nothing was recorded." })));

    [Fact]
    public void Cells_OfAHeatMap_TellTheirValues()
    {
        var heat = new HeatMap([[1, 10], [null, double.NaN]], new ColourScale("value", 1, 10));
        string[] texts = Texts(
            new Figure("f", "t", "r",
            new PanelBlock(new Panel { X = new Axis("x") { Labels = ["a", "b"] }, Y = new Axis("y") { Labels = ["c", "d"] }, Heat = heat })));
        Assert.Contains("10", texts);
        Assert.Contains("–", texts);
        Assert.Contains("no value", texts);
    }

    [Fact]
    public void Zeros_OfALogarithmicHeatMap_HaveAnEntryOfTheirOwn()
    {
        double?[][] values = [[0, 1e-4], [1e-2, 1]];
        var heat = new HeatMap(values, ColourScale.Of("value", values.SelectMany(row => row).OfType<double>()));
        Assert.True(heat.Scale.IsLogarithmic);
        string[] texts = Texts(new Figure("f", "t", "r",
            new PanelBlock(new Panel { X = new Axis("x") { Labels = ["a", "b"] }, Y = new Axis("y") { Labels = ["c", "d"] }, Heat = heat })));
        Assert.Equal(2, texts.Count(text => text == "0"));
        Assert.Contains("10⁻⁴", texts);
        Assert.DoesNotContain("no value", texts);
    }

    [Theory]
    [InlineData(0.0032, 0.042, "0.01 0.02 0.03 0.04")]
    [InlineData(22, 49, "30 40")]
    [InlineData(-0.31, 1, "0 0.5 1.0")]
    public void Ticks_OfAScaleOfColours_AreRound(double low, double high, string labels) => Assert.Equal(
        labels, string.Join(' ', HeatMapDrawing.Range(new ColourScale("v", low, high)).Ticks.Select(tick => tick.Label)));

    [Fact]
    public void ReferenceLines_AreDrawnAboveLines()
    {
        var panel = new Panel
        {
            X = new Axis("epoch"),
            Y = new Axis("rank"),
            Series = [new Series("layer 5", Palette.Kind(0), [0, 1], [10, 10])],
            Levels = [new ReferenceLine(10, "K = 10")],
        };
        string[] strokes = [.. XElement.Parse(FigureRenderer.Draw(new Figure("f", "t", "r", new PanelBlock(panel))).ToSvgFile()).Descendants()
            .Select(e => (string?)e.Attribute("stroke")).OfType<string>().Select(stroke => stroke.ToLowerInvariant())];
        Assert.True(Array.LastIndexOf(strokes, Palette.Light(Palette.Reference)) > Array.LastIndexOf(strokes, Palette.Light(Palette.Kind(0))));
    }

    private static string[] Texts(Figure figure) =>
        [.. XElement.Parse(FigureRenderer.Draw(figure).ToSvgFile()).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
}
