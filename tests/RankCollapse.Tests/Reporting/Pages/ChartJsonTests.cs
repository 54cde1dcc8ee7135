using System.Text.Json.Nodes;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;

namespace RankCollapse.Tests.Reporting.Pages;

public sealed class ChartJsonTests
{
    private static readonly Axis Any = new("rank", "r", "1");

    [Fact]
    public void Panel_KeepsAxesSeriesAndLines()
    {
        Series series = Series.OfLayer(
            2, 3, [0, 1, 2], [1, double.NaN, 3.14159265], Mark.OpenTriangles) with
        { Kind = "trained", Lower = [0, 0, 0], Upper = [1, 1, 1] };
        JsonNode panel = Panel(
            new Panel
            {
                Title = "t",
                X = Axis.Epoch,
                Y = Any with { IsLogarithmic = true, Minimum = 1 },
                Series = [series],
                Levels = [new ReferenceLine(10, "K = 10")]
            });
        Assert.Equal("rank r in 1", (string?)panel["y"]!["label"]);
        Assert.True((bool)panel["y"]!["log"]!);
        JsonNode line = panel["series"]![0]!;
        Assert.Equal(("layer 2", "trained", "var(--layer-2-of-3)", "openTriangles"),
            ((string?)line["name"], (string?)line["kind"], (string?)line["colour"], (string?)line["mark"]));
        Assert.Equal("[1,null,3.14159]", line["y"]!.ToJsonString());
        Assert.Equal("K = 10", (string?)panel["levels"]![0]!["name"]);
    }

    [Fact]
    public void LongLines_AreThinnedAndKeepTheirEnds_AndPointsAreNot()
    {
        double[] many = [.. Enumerable.Range(0, 5000).Select(i => (double)i)];
        JsonNode panel = Panel(
            new Panel { X = Any, Y = Any, Series = [new Series("line", Palette.Ink, many, many), new Series("dots", Palette.Ink, many, many, Mark.Dots)] });
        JsonArray x = panel["series"]![0]!["x"]!.AsArray();
        Assert.InRange(x.Count, 100, 500);
        Assert.Equal((0, 4999), ((int)x[0]!, (int)x[^1]!));
        Assert.Equal(5000, panel["series"]![1]!["x"]!.AsArray().Count);
    }

    [Fact]
    public void Picture_IsWrittenInSteps_AndOtherHeatMapsInValues()
    {
        var heat = new HeatMap([[0, 1], [null, double.NaN]], new ColourScale("v", 0, 1)) { Rows = ["a", "b"], Columns = ["c", "d"] };
        JsonNode values = Panel(new Panel { X = Any, Y = Any, Heat = heat })["heat"]!,
            steps = Panel(new Panel { X = Any, Y = Any, Heat = heat with { IsPicture = true } })["heat"]!;
        Assert.Equal("[[0,1],[null,null]]", values["values"]!.ToJsonString());
        Assert.Equal("[[1,1],[0,1]]", values["known"]!.ToJsonString());
        Assert.Equal<byte>([0, 255, 0, 0], Convert.FromBase64String((string)steps["steps"]!));
    }

    [Fact]
    public void Moments_NumberTheirPanels()
    {
        var panel = new Panel { X = Any, Y = Any };
        var figure = new Figure("f", "t", "r", new PanelBlock(panel) { Heading = "start", Detail = "J = 1" },
            new PanelBlock(panel) { Heading = "end", Detail = "J = 0" })
        { IsByMoment = true };
        JsonNode chart = JsonNode.Parse(ChartJson.Of([figure]))!["f"]!;
        Assert.Equal("[\"start: J = 1\",\"end: J = 0\"]", chart["moments"]!.ToJsonString());
        Assert.Equal([0, 1], chart["panels"]!.AsArray().Select(p => (int)p!["moment"]!));
    }

    [Fact]
    public void Blocks_NumberTheirPanels_AndHaveHeadings()
    {
        var panel = new Panel { Title = "p", X = Any, Y = Any };
        var figure = new Figure("f", "t", "r", new PanelBlock(panel, panel) { Heading = "first" }, new PanelBlock(panel));
        JsonNode chart = JsonNode.Parse(ChartJson.Of([figure]))!["f"]!;
        Assert.Equal("[\"first\",\"\"]", chart["headings"]!.ToJsonString());
        Assert.Equal([("p", 0), ("p", 0), ("p", 1)], chart["panels"]!.AsArray().Select(p => ((string)p!["title"]!, (int)p["block"]!)));
    }

    private static JsonNode Panel(Panel panel) => JsonNode.Parse(ChartJson.Of([new Figure("f", "t", "r", new PanelBlock(panel))]))!["f"]!["panels"]![0]!;
}
