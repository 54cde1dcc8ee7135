using RankCollapse.Training;

namespace RankCollapse.Tests.Training;

public sealed class LearningRateTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Rates_ThatAreNotPositive_AreRefused(double rate) =>
        Assert.Throws<InvalidInputException>(() => new LearningRate(rate, RateSchedule.Constant, 0));

    [Fact]
    public void CosineRate_FallsFromAllToNothing()
    {
        var rate = new LearningRate(2, RateSchedule.Cosine, 100);
        Assert.Equal(2, rate.At(0));
        Assert.Equal(1, rate.At(50), 1e-15);
        Assert.Equal(0, rate.At(100));
        Assert.Equal(0, rate.At(1000));
    }
}
