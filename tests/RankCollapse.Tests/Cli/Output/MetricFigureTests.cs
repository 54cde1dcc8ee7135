using RankCollapse.Cli.Output;
using RankCollapse.Reporting.Panels;
using RankCollapse.Tests.Experiments;

namespace RankCollapse.Tests.Cli.Output;

public sealed class MetricFigureTests
{
    [Fact]
    public void HeatMap_WithZeros_IsLogarithmicOnAxesWithPowersOfTen()
    {
        Panel panel = SampleFigures.Sweeps().First().Panels.Single();
        Assert.True(panel.Heat!.Scale is { IsLogarithmic: true, HasZero: true });
        Assert.True(panel.X is { IsLogarithmic: true, Labels: null });
        Assert.Equal("weight penalty λ", panel.X.Text);
        Assert.Equal(["4", "8", "16"], panel.Y.Labels!);
    }

    [Fact]
    public void Lines_WithZeros_AreLogarithmicToo()
    {
        Panel panel = SampleFigures.Sweeps().Last().Panels.Single();
        Assert.True(panel.X.IsLogarithmic && panel.Y.IsLogarithmic);
        Assert.Contains(panel.Series, series => series.Y.Contains(0));
    }

    [Theory]
    [InlineData("lambda", "weight penalty λ")]
    [InlineData("lambdaFeatures", "feature penalty λ′")]
    [InlineData("delta", "first layer's share δ")]
    [InlineData("sigma", "standard deviation of each class σ")]
    [InlineData("learningRate", "learning rate η")]
    [InlineData("depth", "number of layers L")]
    [InlineData("width", "width")]
    [InlineData("maxSeconds", "max seconds in seconds")]
    public void Names_OfSettings_AreWordsAndSymbols(string setting, string name) => Assert.Equal(name, MetricFigure.NameOf(setting));
}
