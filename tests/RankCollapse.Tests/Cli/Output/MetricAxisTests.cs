using System.Globalization;
using RankCollapse.Cli.Output;
using RankCollapse.Reporting.Panels;

namespace RankCollapse.Tests.Cli.Output;

public sealed class MetricAxisTests
{
    private static readonly Axis Any = new("x");

    [Theory]
    [InlineData("1E-05 0.0001 0.001", "10⁻⁵ 10⁻⁴ 10⁻³")]
    [InlineData("0.1 0.2 0.4 0.8", "0.1 0.2 0.4 0.8")]
    [InlineData("1 3.3333 4", "1 3.33 4")]
    public void Values_ThatAreShortOrUneven_AreLabels(string values, string labels) => Assert.Equal(labels, string.Join(' ', Of(values).Labels!));

    [Fact]
    public void Values_InEqualFactors_AreALogarithmicScale()
    {
        Axis axis = Of("1E-05 3.1622776601683795E-05 0.0001 0.00031622776601683794");
        Assert.True(axis is { IsLogarithmic: true, Labels: null });
        Assert.Equal(1e-5 / Math.Pow(10, 0.25), axis.Minimum!.Value, 1e-12);
    }

    [Fact]
    public void Values_InEqualSteps_AreALinearScale()
    {
        Axis axis = Of("1.125 1.25 1.375 1.5");
        Assert.Equal((false, 1.0625, 1.5625), (axis.IsLogarithmic, axis.Minimum!.Value, axis.Maximum!.Value));
    }

    [Fact]
    public void ManyValues_ArePutTogetherOnAScale()
    {
        object?[] values = [.. Enumerable.Range(0, 100).Select(i => (object?)Math.Pow(10, -5 + (0.05 * i)))];
        Axis axis = MetricAxis.Of(values, "lambda", 48).ToAxis(Any);
        Assert.True(axis is { IsLogarithmic: true, Labels: null });
        Assert.InRange(axis.Minimum!.Value, 0.99e-5, 1.01e-5);
    }

    private static Axis Of(string values) =>
        MetricAxis.Of(values.Split(' ').Select(value => (object?)double.Parse(value, CultureInfo.InvariantCulture)), "x", 48).ToAxis(Any);
}
