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

    [Fact]
    public void SteppedRate_IsMultipliedAtItsMilestones()
    {
        var rate = new LearningRate(2, RateSchedule.Step, 100) { Milestones = [10, 30], Gamma = 0.1 };
        Assert.Equal([2, 2, 0.2, 0.2, 0.02], new long[] { 0, 9, 10, 29, 30 }.Select(t => Math.Round(rate.At(t), 15)));
        Assert.Equal(2, rate.At(39, 4));
        Assert.Equal(0.2, rate.At(40, 4), 1e-15);
    }

    [Fact]
    public void WarmUp_RisesToTheScheduleByStepsOfEqualSize()
    {
        var rate = new LearningRate(3, RateSchedule.Constant, 100) { WarmupEpochs = 2 };
        Assert.Equal([0.5, 1, 1.5, 2, 2.5, 3, 3, 3], Enumerable.Range(0, 8).Select(step => rate.At(step, 3)));
    }
}
