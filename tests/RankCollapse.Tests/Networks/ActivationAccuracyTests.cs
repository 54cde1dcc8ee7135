using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Vectors;
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

    /// <summary>Values, first and second derivatives to 17 digits, computed with 60 digits (mpmath).</summary>
    [Theory]
    [InlineData(-37, -2.1184613523340934e-298, -7.8382986694185162e-297, -2.8980489559341359e-295)]
    [InlineData(-30, -1.4720141781444561e-196, -4.4160316907084944e-195, -1.3233342291209357e-193)]
    [InlineData(-20, -5.5072482372124674e-88, -1.1014360483133464e-86, -2.1973374481395858e-85)]
    [InlineData(-12, -2.1317785344932148e-32, -2.5578956616748956e-31, -3.0478649046415457e-30)]
    [InlineData(-8, -4.9767684594174273e-15, -3.979607261086796e-14, -3.1324080717928732e-13)]
    [InlineData(-5, -1.4332578593959696e-6, -7.1469460017922946e-6, -0.000034194548838888847)]
    [InlineData(-3, -0.00404969409489028358, -0.011945647204183927, -0.031022938883566050)]
    [InlineData(-2, -0.045500263896358414, -0.085231801078196897, -0.10798193302637610)]
    [InlineData(-1, -0.15865525393145705, -0.083315470587686298, 0.24197072451914335)]
    [InlineData(-0.5, -0.15426876936299345, 0.13250487534383716, 0.61611432183752408)]
    [InlineData(-0.1, -0.046017216272297104, 0.42047690797526984, 0.78993556947925341)]
    [InlineData(-1e-8, -4.9999999601057721e-9, 0.49999999202115439, 0.79788456080286528)]
    [InlineData(1e-3, 0.00050039894221391107, 0.50079788429484140, 0.79788376291860376)]
    [InlineData(0.5, 0.34573123063700655, 0.86749512465616284, 0.61611432183752408)]
    [InlineData(2, 1.9544997361036416, 1.0852318010781969, -0.10798193302637610)]
    [InlineData(8, 7.9999999999999950, 1.0000000000000398, -3.1324080717928732e-13)]
    [InlineData(12, 12, 1, -3.0478649046415457e-30)]
    public void Gelu_KeepsRelativeAccuracyEverywhere(double x, double value, double first, double second)
    {
        (double v, double d, double dd) = At(Activation.Parse("gelu"), x);
        Assert.Equal(1, v / value, 1.5e-15);
        Assert.Equal(1, d / first, 1.5e-15);
        Assert.Equal(1, dd / second, 1.5e-15);
    }

    [Fact]
    public void Gelu_AtTheEndsOfTheLine_IsItsLimit()
    {
        Activation gelu = Activation.Parse("gelu");
        Assert.Equal((0, 0, 0), At(gelu, double.NegativeInfinity));
        Assert.Equal((double.PositiveInfinity, 1, 0), At(gelu, double.PositiveInfinity));
        Assert.Equal((0, 0, 0), At(gelu, -1e300));
        Assert.Equal((1e300, 1, 0), At(gelu, 1e300));
        Assert.Equal((double.NaN, double.NaN, double.NaN), At(gelu, double.NaN));
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
    [InlineData("gelu")]
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
            case GeluActivation a: AssertWidthsAgree(a); break;
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
