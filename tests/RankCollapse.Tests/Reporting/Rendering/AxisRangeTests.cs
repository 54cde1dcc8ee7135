using CsCheck;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;

namespace RankCollapse.Tests.Reporting.Rendering;

public sealed class AxisRangeTests
{
    [Fact]
    public void LogarithmicAxis_OfAnyRange_HasLabelsInside() =>
        Gen.Double[-300, 300].Select(Gen.Double[0, 300]).Sample((low, span) =>
        {
            AxisRange axis = AxisRange.Logarithmic(Math.Pow(10, low), Math.Pow(10, Math.Min(low + span, 307)));
            AxisTick[] labelled = Labelled(axis);
            Assert.InRange(labelled.Length, 1, 8);
            Assert.All(labelled, tick => Assert.InRange(tick.At, axis.Minimum - 1e-6, axis.Maximum + 1e-6));
        }, iter: 2000);

    [Fact]
    public void LinearAxis_OfAnyRange_HasTwoDifferentLabelsOrMore() =>
        Gen.Double[-1, 1].Select(Gen.Double[0.01, 1], Gen.Int[-12, 12]).Sample((low, span, power) =>
        {
            AxisTick[] labelled = Labelled(AxisRange.Linear(low * Math.Pow(10, power), (low + span) * Math.Pow(10, power)));
            Assert.InRange(labelled.Length, 2, 8);
            Assert.Equal(labelled.Length, labelled.Select(tick => tick.Label).Distinct().Count());
        }, iter: 2000);

    [Fact]
    public void Range_OfAnyValues_HoldsThemAll() =>
        Gen.Double[-1e6, 1e6].Array[1, 20].Select(Gen.Bool, Gen.Bool).Sample((values, isLogarithmic, isUpwards) =>
        {
            AxisRange range = AxisRange.Of(new Axis("x") { IsLogarithmic = isLogarithmic }, values, 6, isUpwards ? null : 0);
            Assert.All(values.Where(value => !isLogarithmic || value > 0),
                value => Assert.InRange(range.Place(isLogarithmic ? Math.Log10(value) : value), -1e-9, 1 + 1e-9));
        });

    [Theory]
    [InlineData(0.2, 7, "0.2 0.5 1 2 5")]
    [InlineData(1, 17, "1 2 5 10")]
    [InlineData(2e-5, 3e-4, "2·10⁻⁵ 5·10⁻⁵ 10⁻⁴ 2·10⁻⁴")]
    [InlineData(0.97, 1.04, "0.95 1.00 1.05 1.10")]
    [InlineData(1e-6, 1, "10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰")]
    public void LogarithmicAxis_OfANarrowRange_HasRoundLabelsAndLittleRoom(double low, double high, string labels)
    {
        AxisRange axis = AxisRange.Logarithmic(low, high, most: 7);
        Assert.Equal(labels, string.Join(' ', Labelled(axis).OrderBy(tick => tick.At).Select(tick => tick.Label)));
        Assert.True(axis.Maximum - axis.Minimum <= (1.1 * Math.Log10(high / low)) + 0.1);
    }

    [Fact]
    public void LogarithmicAxis_WithZeros_HasAPlaceForThemBelowAllOthers()
    {
        AxisRange axis = AxisRange.Of(new Axis("x") { IsLogarithmic = true }, [0, 1e-3, 10], 6, sides: null);
        double zero = axis.Place(axis.Drawn(0));
        Assert.InRange(zero, 0, axis.Place(axis.Drawn(1e-3)) - 0.05);
        Assert.Equal("0", axis.Ticks.Single(tick => tick.At == axis.Zero).Label);
        Assert.True(double.IsNaN(AxisRange.Of(new Axis("x") { IsLogarithmic = true }, [1e-3, 10], 6, sides: null).Drawn(0)));
    }

    [Fact]
    public void Range_ThatIsGiven_IsKept()
    {
        AxisRange range = AxisRange.Of(new Axis("x") { Minimum = 2, Maximum = 5 }, [-10, 100], 6, sides: 0.03);
        Assert.Equal((2, 5), (range.Minimum, range.Maximum));
        Assert.True(double.IsNaN(range.Place(6)));
    }

    [Fact]
    public void Epochs_StartAtZeroAndEndAtTheLast()
    {
        AxisRange range = AxisRange.Of(Axis.Epoch, [1, 50], 6, sides: 0);
        Assert.Equal((0, 50), (range.Minimum, range.Maximum));
    }

    [Fact]
    public void Names_AreTicksAtWholePlaces()
    {
        AxisRange range = AxisRange.Of(new Axis("activation") { Labels = ["relu", "tanh"] }, [], 6, sides: 0);
        Assert.Equal([new AxisTick(0, "relu"), new AxisTick(1, "tanh")], range.Ticks);
    }

    private static AxisTick[] Labelled(AxisRange axis) => [.. axis.Ticks.Where(tick => tick.Label.Length > 0)];
}
