using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using static RankCollapse.Tests.Networks.ActivationSamples;

namespace RankCollapse.Tests.Networks;

public sealed class ActivationTanhTests
{
    [Theory]
    [InlineData(1e-12)]
    [InlineData(1e-4)]
    [InlineData(0.02)]
    [InlineData(0.6)]
    [InlineData(3)]
    [InlineData(20)]
    public void Tanh_OfAnySize_IsWithinThreeUlp_AndItsDerivativeWithinSix(double scale)
    {
        double[] x = Sample(scale, 2000);
        var value = new double[x.Length];
        var first = new double[x.Length];
        Activation.Tanh.ValueAndFirst(x, value, first);
        for (int i = 0; i < x.Length; i++)
        {
            AssertUlps(PreciseExponential.Tanh(x[i]), value[i], 3);
            AssertUlps(PreciseExponential.TanhFirst(x[i]), first[i], 6);
        }
    }

    [Fact]
    public void Tanh_AtSpecialValues_IsExact()
    {
        double[] x = [0, -0.0, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1e-310, -double.Epsilon, 1000, -1000];
        double[] expected = [0, -0.0, 1, -1, double.NaN, 1e-310, -double.Epsilon, 1, -1];
        double[] slopes = [1, 1, 0, 0, double.NaN, 1, 1, 0, 0];
        var value = new double[x.Length];
        var first = new double[x.Length];
        var second = new double[x.Length];
        Activation.Tanh.ValueFirstAndSecond(x, value, first, second);
        Assert.Equal(expected, value);
        Assert.Equal(slopes, first);
        Assert.True(double.IsNegative(value[1]));
        Assert.True(double.IsNaN(second[4]));
        Assert.Equal(0, second[2]);
    }

    private static double[] Sample(double scale, int count)
    {
        var stream = new RandomStream(7, RandomPurpose.Sampling);
        var x = new double[count];
        for (int i = 0; i < count; i++) x[i] = scale * ((2 * stream.NextUniform()) - 1);
        return x;
    }
}
