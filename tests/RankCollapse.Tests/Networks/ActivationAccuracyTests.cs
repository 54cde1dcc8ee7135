using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using static RankCollapse.Tests.Networks.ActivationSamples;

namespace RankCollapse.Tests.Networks;

/// <summary>Values against references that share nothing with the vector code.</summary>
public sealed class ActivationAccuracyTests
{
    [Fact]
    public void Sigmoid_IsWithinThreeUlp() => AssertAccurate("sigmoid", PreciseExponential.Sigmoid, 3);

    [Fact]
    public void Elu_IsWithinTwoUlp() => AssertAccurate("elu", x => x < 0 ? PreciseExponential.ExpMinusOne(x) : x, 2);

    [Fact]
    public void Arctan_IsWithinThreeUlpOfTheSystems() => AssertAccurate("arctan", Math.Atan, 3);

    [Fact]
    public void Asinh_IsWithinFourUlpOfTheSystems() => AssertAccurate("asinh", Math.Asinh, 4);

    [Theory]
    [InlineData(1e8)]
    [InlineData(1e11)]
    [InlineData(1e160)]
    [InlineData(double.MaxValue)]
    public void Asinh_OfHugeArguments_IsAccurate(double x)
    {
        (double value, double first, _) = At(Activation.Parse("asinh"), -x);
        AssertUlps(-Math.Asinh(x), value, 4);
        AssertUlps(1 / x, first, 2);
    }

    [Fact]
    public void Softplus_SolvesItsEquation()
    {
        Activation softplus = Activation.Parse("softplus");
        double[] x = [.. Points()];
        double[] y = Values(softplus, x);
        for (int i = 0; i < x.Length; i++)
            Assert.True(Math.Abs(PreciseExponential.SoftplusResidual(x[i], y[i])) <= 6e-16 * y[i], $"softplus({x[i]:R}) = {y[i]:R}");
    }

    /// <summary>Φ from its convergent series Φ(x) = ½ + φ(x)(x + x³/3 + x⁵/15 + …), which has no cancellation for x > 0.</summary>
    [Fact]
    public void Gelu_AgreesWithTheSeriesOfTheNormalDistribution()
    {
        Activation gelu = Activation.Parse("gelu");
        for (double x = 0.01; x < 6; x += 0.037)
        {
            double term = x, sum = x;
            for (int k = 3; term > 1e-18 * sum; k += 2) sum += term *= x * x / k;
            double above = 0.5 + (Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI) * sum);
            Assert.Equal(x * above, At(gelu, x).Value, 2e-15 * x);
            Assert.Equal(-x * (1 - above), At(gelu, -x).Value, 2e-15 * x);
        }
    }

    /// <summary>1 − Φ(x) = φ(x)/(x + 1/(x + 2/(x + 3/…))) keeps its digits where Φ is near 1; φ(x) itself is known to about x²ε.</summary>
    [Fact]
    public void Gelu_KeepsRelativeAccuracyInItsTail()
    {
        Activation gelu = Activation.Parse("gelu");
        for (double x = 3; x < 37; x += 0.31)
        {
            double fraction = x;
            for (int k = 200; k > 0; k--) fraction = x + (k / fraction);
            double expected = -x * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI) / fraction;
            Assert.Equal(1, At(gelu, -x).Value / expected, 1e-15 * (4 + (x * x)));
        }
    }

    [Fact]
    public void Gelu_HasItsMinimumAtTheEndOfItsRange()
    {
        Activation gelu = Activation.Parse("gelu");
        (double value, double first, _) = At(gelu, -0.751791524693564457);
        Assert.Equal(0, first, 1e-15);
        Assert.Equal(gelu.Range.Lower, value, 1e-16);
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("sigmoid")]
    [InlineData("softplus")]
    [InlineData("elu")]
    [InlineData("arctan")]
    [InlineData("asinh")]
    [InlineData("softsign")]
    public void VectorWidths_AgreeToRounding(string name)
    {
        switch (Activation.Parse(name))
        {
            case TanhActivation a: AssertWidthsAgree(a); break;
            case SigmoidActivation a: AssertWidthsAgree(a); break;
            case SoftplusActivation a: AssertWidthsAgree(a); break;
            case EluActivation a: AssertWidthsAgree(a); break;
            case ArctanActivation a: AssertWidthsAgree(a); break;
            case AsinhActivation a: AssertWidthsAgree(a); break;
            case SoftsignActivation a: AssertWidthsAgree(a); break;
            default: Assert.Fail(name); break;
        }
    }

    private static void AssertWidthsAgree<TFormula>(VectorizedActivation<TFormula> activation)
        where TFormula : struct, IActivationFormula
    {
        double[] x = [0, double.NaN, double.NegativeInfinity, double.PositiveInfinity, 800, -800, .. Points()];
        double[][] wide = Pass<Doubles512>(), middle = Pass<Doubles256>(), narrow = Pass<Doubles128>();
        for (int order = 0; order < 3; order++)
        {
            for (int i = 0; i < x.Length; i++)
            {
                AssertUlps(wide[order][i], middle[order][i], 4);
                AssertUlps(wide[order][i], narrow[order][i], 4);
            }
        }

        double[][] Pass<TDoubles>()
            where TDoubles : struct, IDoubles<TDoubles>
        {
            double[][] results = [new double[x.Length], new double[x.Length], new double[x.Length]];
            activation.ValueFirstAndSecond<TDoubles>(x, results[0], results[1], results[2]);
            return results;
        }
    }

    private static void AssertAccurate(string name, Func<double, double> reference, double ulps)
    {
        var stream = new RandomStream(11, RandomPurpose.Sampling);
        double[] x = [.. Points(), .. Enumerable.Range(0, 2000).Select(_ => 40 * (stream.NextUniform() - 0.5))];
        double[] value = Values(Activation.Parse(name), x);
        for (int i = 0; i < x.Length; i++) AssertUlps(reference(x[i]), value[i], ulps);
    }
}
