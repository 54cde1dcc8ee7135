using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;

namespace RankCollapse.Tests.Reporting.Rendering;

public sealed class LegendTests
{
    private static readonly Axis Any = new("x");

    [Fact]
    public void Entries_NameEverySeriesKindAndLineOnce()
    {
        Series[] series =
        [
            Series.OfLayer(1, 2, [1], [1]) with { Kind = "trained" },
            Series.OfLayer(1, 2, [1], [1], Mark.Dots) with { Kind = "predicted" },
            Series.OfLayer(2, 2, [1], [1]) with { Kind = "trained" },
        ];
        var panel = new Panel { X = Any, Y = Any, Series = series, Levels = [new ReferenceLine(1, "K")], Marks = [new ReferenceLine(1, "K")] };
        var figure = new Figure("f", "t", "r", new PanelBlock(panel, panel));
        Assert.Equal(["layer 1", "layer 2", "trained", "predicted", "K"], Legend.Entries(figure).Select(entry => entry.Name));
    }

    [Fact]
    public void Entries_OfManyLayers_AreThinnedAndKeepTheLast()
    {
        var panel = new Panel { X = Any, Y = Any, Series = [.. Enumerable.Range(1, 40).Select(l => Series.OfLayer(l, 40, [1], [1]))] };
        IReadOnlyList<Series> entries = Legend.Entries(new Figure("f", "t", "r", new PanelBlock(panel)));
        Assert.InRange(entries.Count, 8, 16);
        Assert.Equal("layer 40", entries[^1].Name);
    }

    [Fact]
    public void Entry_OfSeveralColours_IsNeutral()
    {
        var panel = new Panel
        {
            X = Any,
            Y = Any,
            Series = [new Series("of the classes", Palette.Kind(0), [1], [1]), new Series("of the classes", Palette.Kind(1), [1], [1])]
        };
        Assert.Equal(Palette.Muted, Assert.Single(Legend.Entries(new Figure("f", "t", "r", new PanelBlock(panel)))).Colour);
    }
}
