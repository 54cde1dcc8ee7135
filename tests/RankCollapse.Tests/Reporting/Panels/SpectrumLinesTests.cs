using RankCollapse.Reporting.Panels;

namespace RankCollapse.Tests.Reporting.Panels;

public sealed class SpectrumLinesTests
{
    [Fact]
    public void Line_FallsToTheAxisAfterTheNumericalRank()
    {
        double[] values = [4, 2, 1e-3, 1e-9, 0];
        Axis axis = SpectrumLines.AxisOf("singular value", "s_i", [values]);
        Series line = SpectrumLines.Of("line", Palette.Ink, values, axis);
        Assert.Equal([1, 2, 3, 4], line.X);
        Assert.Equal([4, 2, 1e-3, axis.Minimum!.Value], line.Y);
        Assert.InRange(axis.Minimum!.Value, 1e-5, 1e-3);
        Assert.InRange(axis.Maximum!.Value, 4, 10);
    }

    [Fact]
    public void Line_OfFullRank_EndsAtItsLastValue()
    {
        double[] values = [4, 2, 1];
        Assert.Equal(values, SpectrumLines.Of("line", Palette.Ink, values, SpectrumLines.AxisOf("s", "s_i", [values])).Y);
    }

    [Fact]
    public void Axes_HoldWhatIsThere()
    {
        double[] flat = [1, 1, 1, 1e-9];
        Axis y = SpectrumLines.AxisOf("s", "s_i", [flat]), x = SpectrumLines.IndexOf([flat]);
        Assert.True(y.Maximum < 1.5 && y.Minimum > 0.5);
        Assert.True(x.Maximum < 5);
    }

    [Fact]
    public void Markers_OfManyValues_AreApart()
    {
        Series markers = SpectrumLines.MarkersOf("dots", Palette.Ink, [.. Enumerable.Range(0, 500).Select(i => 500.0 - i)], Mark.Dots);
        Assert.InRange(markers.X.Count, 20, 100);
    }
}
