using RankCollapse.Data;

namespace RankCollapse.Tests.Data;

public sealed class MoonsTests
{
    [Fact]
    public void WithoutNoise_EverySampleLiesOnTheArcOfItsClass()
    {
        DataSet data = Moons.Draw(31, 3, sigma: 0, seed: 4);
        Assert.Equal((2, 3, 31), (data.InputDimension, data.OutputDimension, data.SampleCount));
        for (int i = 0; i < data.SampleCount; i++)
        {
            int k = data.Labels[i];
            double x = data.Inputs[0, i] - k, y = k % 2 == 0 ? data.Inputs[1, i] : 0.5 - data.Inputs[1, i];
            Assert.Equal(1, (x * x) + (y * y), 14);
            Assert.True(y >= -1e-15);
        }
    }

    [Fact]
    public void TwoMoons_AreThoseOfOtherPrograms()
    {
        // scikit-learn's make_moons: (cos t, sin t) and (1 − cos t, ½ − sin t), here in the other direction of t for the first.
        DataSet data = Moons.Draw(10, 2, sigma: 0, seed: 0);
        for (int i = 0; i < 5; i++)
        {
            double t = Math.PI * i / 4;
            Assert.Equal(-Math.Cos(t), data.Inputs[0, i], 14);
            Assert.Equal(Math.Sin(t), data.Inputs[1, i], 14);
            Assert.Equal(1 - Math.Cos(t), data.Inputs[0, 5 + i], 14);
            Assert.Equal(0.5 - Math.Sin(t), data.Inputs[1, 5 + i], 14);
        }
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void BadSigma_IsRefused(double sigma) => Assert.Throws<InvalidInputException>(() => Moons.Draw(10, 2, sigma, 0));
}
