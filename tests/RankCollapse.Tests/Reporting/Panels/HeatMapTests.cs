using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;

namespace RankCollapse.Tests.Reporting.Panels;

public sealed class HeatMapTests
{
    [Fact]
    public void Picture_HasTheMatrixsRowsFromAbove_InItsUnit()
    {
        HeatMap picture = HeatMap.Picture(Matrix.FromEntries(2, 2, (i, j) => (2 * i) + j), 2, new ColourScale("v", 0, 1), ["a", "b"]);
        Assert.Equal([[0, 0.5], [1, 1.5]], picture.Values.Select(row => row.Select(value => value!.Value)));
    }

    [Theory]
    [InlineData(1.0, 0)]
    [InlineData(10.0, 0.5)]
    [InlineData(1000.0, 1)]
    public void Place_OnALogarithmicScale_FollowsTheLogarithm(double value, double place) =>
        Assert.Equal(place, new ColourScale("v", 1, 100, IsLogarithmic: true).Place(value)!.Value, 1e-12);

    [Fact]
    public void Place_OfNoValue_IsNone()
    {
        var scale = new ColourScale("v", 1, 100, IsLogarithmic: true);
        Assert.Null(scale.Place(null));
        Assert.Null(scale.Place(double.NaN));
        Assert.Null(scale.Place(0));
        Assert.Equal(0, (scale with { HasZero = true }).Place(0));
    }

    [Fact]
    public void Scale_OfValues_IsLogarithmicWhereTheySpanMuch()
    {
        Assert.True(ColourScale.Of("v", [1, 50, double.NaN]).IsLogarithmic);
        Assert.False(ColourScale.Of("v", [1, 49]).IsLogarithmic);
        Assert.False(ColourScale.Of("v", [-1, 0, 1000]).IsLogarithmic);
        ColourScale withZero = ColourScale.Of("v", [0, 5, 999]);
        Assert.Equal((1, 1000, true, true), (withZero.Minimum, withZero.Maximum, withZero.IsLogarithmic, withZero.HasZero));
        Assert.Equal(0, withZero.Place(0));
        Assert.True(double.IsNaN(ColourScale.Of("v", []).Minimum));
    }
}
