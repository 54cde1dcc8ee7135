using RankCollapse.Reporting.Panels;

namespace RankCollapse.Tests.Reporting.Panels;

public sealed class CoveredLinesTests
{
    private static readonly double[] X = [1, 2, 3, 4, 5];

    [Fact]
    public void Lines_ThatLieOnOneAnother_AreWiderFromTopToBottom()
    {
        double?[] widths = Widths([10, 10, 10, 10, 10], [40, 10, 10, 10, 10], [10, 10, 10, 10, 10]);
        Assert.Null(widths[0]);
        Assert.True(widths[1] > Series.LineWidth + 1);
        Assert.True(widths[2] > widths[1] + 1);
    }

    [Fact]
    public void Lines_ThatCrossOrLieApart_KeepTheirWidth() => Assert.All(Widths([1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [10, 10, 10, 10, 10]), Assert.Null);

    [Fact]
    public void Lines_OfOtherPositions_AreComparedBetweenTheirPoints()
    {
        var panel = new Panel
        {
            X = new Axis("x"),
            Y = new Axis("y"),
            Series = [new Series("a", Palette.Ink, [1, 5, 6], [1, 5, 100]), new Series("b", Palette.Ink, [1.5, 2.5, 4.5], [1.5, 2.5, 4.5])],
        };
        Assert.NotNull(CoveredLines.Widen(panel)[1].Size);
    }

    [Fact]
    public void Markers_KeepTheirSize()
    {
        var line = new Series("a", Palette.Ink, X, [1, 1, 1, 1, 1]);
        var panel = new Panel { X = new Axis("x"), Y = new Axis("y"), Series = [line, line with { Mark = Mark.Dots }] };
        Assert.Null(CoveredLines.Widen(panel)[1].Size);
    }

    private static double?[] Widths(params double[][] lines)
    {
        Series[] series = [.. lines.Select((y, i) => new Series($"{i}", Palette.Kind(i), X, y))];
        return [.. CoveredLines.Widen(new Panel { X = new Axis("x"), Y = new Axis("y"), Series = series }).Select(one => one.Size)];
    }
}
