using System.Numerics;
using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Tests.LinearAlgebra;

/// <summary>Elementary functions against their series with 1,500 binary digits.</summary>
public sealed class ElementaryTests
{
    private const int Points = 60;

    [Fact]
    public void Exp_IsWithinAUnitInTheLastPlace() => Within(1, Elementary.Exp, BigReal.Exp, Spread(-708, 709), Spread(-1, 1));

    [Fact]
    public void Exp_OfSubnormalResults_IsWithinAUnitInTheLastPlace() => Within(1, Elementary.Exp, BigReal.Exp, Spread(-744, -708));

    [Fact]
    public void ExpMinusOne_IsWithinTwoUnitsInTheLastPlace() =>
        Within(2, Elementary.ExpMinusOne, x => BigReal.Exp(x) - BigReal.One, Spread(-40, 709), Spread(-1, 1), Scales(-300, 0), Scales(-300, 0).Select(x => -x));

    [Fact]
    public void Log_IsWithinAUnitInTheLastPlace() => Within(1, Elementary.Log, BigReal.Log, Scales(-1070, 1020), Spread(0.5, 2));

    [Fact]
    public void LogOfOnePlus_IsWithinTwoUnitsInTheLastPlace() =>
        Within(2, Elementary.LogOfOnePlus, x => BigReal.Log(BigReal.One + x), Spread(-0.999, 3), Scales(-50, 1000), Scales(-50, -1).Select(x => -x));

    [Fact]
    public void Sinh_IsWithinTwoUnitsInTheLastPlace() =>
        Within(2, Elementary.Sinh, x => (BigReal.Exp(x) - BigReal.Exp(-x)) >> 1, Spread(-710, 710), Spread(-2, 2), Scales(-300, 0));

    [Fact]
    public void Atanh_IsWithinTwoUnitsInTheLastPlace() => Within(
        2, Elementary.Atanh, x => BigReal.Log(BigReal.Over(BigReal.One + x, BigReal.One - x)) >> 1, Spread(-0.9999, 0.9999), Scales(-200, -1));

    [Fact]
    public void Tan_IsWithinTwoUnitsInTheLastPlace() => Within(
        2, Elementary.Tan, x => BigReal.Over(BigReal.Sin(x), BigReal.Cos(x)), Spread(-1.5707, 1.5707), Scales(-300, 0), [Math.PI / 4, Math.PI / 2]);

    [Fact]
    public void SinCosPi_IsWithinTwoUnitsInTheLastPlace()
    {
        double[] far = [.. Spread(-1e6, 1e6).Select(x => Math.Round(x) + 0.01)];
        BigInteger Angle(BigInteger x) => BigReal.Times(BigReal.Pi, x - (2 * BigReal.One * BigInteger.Divide(x, 2 * BigReal.One)));
        Within(2, x => Elementary.SinCosPi(x).Sin, x => BigReal.Sin(Angle(x)), Spread(-2, 2), Scales(-300, 0), far);
        Within(2, x => Elementary.SinCosPi(x).Cos, x => BigReal.Cos(Angle(x)), Spread(-2, 2), Scales(-300, 0), far);
    }

    [Fact]
    public void Atan2_IsWithinTwoUnitsInTheLastPlace()
    {
        var stream = new RandomStream(3, RandomPurpose.Sampling);
        for (int i = 0; i < Points; i++)
        {
            double y = (2 * stream.NextUniform()) - 1, x = ((2 * stream.NextUniform()) - 1) * Math.ScaleB(1, stream.NextInteger(20) - 10);
            BigInteger exact = BigReal.Arctan(BigReal.Over(BigReal.Of(y), BigReal.Of(x)));
            if (x < 0) exact += Math.Sign(y) * BigReal.Pi;
            Assert.InRange(BigReal.Ulps(Elementary.Atan2(y, x), exact), 0, 2);
        }
    }

    [Fact]
    public void Power_IsRightToTheLastPlace()
    {
        foreach (double x in new[] { 0.9, 0.999, 1.1, -1.5, 10 })
        {
            foreach (long n in new long[] { 0, 1, 2, 3, 17, 100, 290 })
            {
                BigInteger exact = BigReal.One;
                for (long i = 0; i < n; i++) exact = BigReal.Times(exact, BigReal.Of(x));
                Assert.InRange(BigReal.Ulps(Elementary.Power(x, n), exact), 0, 0.501);
                Assert.InRange(BigReal.Ulps(Elementary.Power(x, -n), BigReal.Over(BigReal.One, exact)), 0, 1.1);
            }
        }
    }

    /// <summary>Zeros, ends and what is no number, where the platform's functions say the same.</summary>
    [Fact]
    public void SpecialValues_AreThoseOfThePlatform()
    {
        double[] special = [0, -0.0, 1, -1, double.Epsilon, double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN];
        foreach (double x in special)
        {
            Assert.Equal(Math.Exp(x), Elementary.Exp(x), 1e-15);
            Assert.Equal(double.ExpM1(x), Elementary.ExpMinusOne(x), 1e-15);
            Assert.Equal(Math.Log(x), Elementary.Log(x), 1e-12);
            Assert.Equal(double.LogP1(x), Elementary.LogOfOnePlus(x), 1e-12);
            Assert.Equal(Math.Sinh(x), Elementary.Sinh(x), 1e-15);
            Assert.Equal(Math.Atanh(x), Elementary.Atanh(x));
            Assert.Equal(Math.Pow(x, 2), Elementary.Power(x, 2));
            Assert.Equal(Math.Pow(x, -3), Elementary.Power(x, -3));
            Assert.Equal(Math.Abs(x) <= Math.PI / 2 ? Math.Tan(x) : double.NaN, Elementary.Tan(x), 1e-15);
            Assert.Equal(double.SinPi(x), Elementary.SinCosPi(x).Sin, 1e-15);
            Assert.Equal(double.CosPi(x), Elementary.SinCosPi(x).Cos, 1e-15);
            foreach (double y in special) Assert.Equal(Math.Atan2(y, x), Elementary.Atan2(y, x), 1e-15);
        }
        Assert.True(double.IsNegative(Elementary.Sinh(-0.0)) && double.IsNegative(Elementary.Atanh(-0.0)) && double.IsNegative(Elementary.Tan(-0.0)));
    }

    [Fact]
    public void ExpOfManyEntries_IsThatOfEachAtEveryWidth()
    {
        double[] x = [.. Spread(-750, 720), double.NaN, double.PositiveInfinity, double.NegativeInfinity], many = new double[x.Length];
        Elementary.Exp(x, many);
        Assert.Equal(x.Select(Elementary.Exp), many);
        for (int i = 0; i <= x.Length - 8; i += 8)
        {
            double[] four = new double[8], eight = new double[8];
            for (int j = 0; j < 8; j += 4) VectorFunctions.Exp(Doubles256.Load(ref x[i + j], 0)).Store(ref four[j], 0);
            VectorFunctions.Exp(Doubles512.Load(ref x[i], 0)).Store(ref eight[0], 0);
            Assert.Equal(many[i..(i + 8)], four);
            Assert.Equal(four, eight);
        }
    }

    private static void Within(double ulps, Func<double, double> computed, Func<BigInteger, BigInteger> exact, params IEnumerable<double>[] points)
    {
        foreach (double x in points.SelectMany(some => some))
        {
            double error = BigReal.Ulps(computed(x), exact(BigReal.Of(x)));
            Assert.True(error <= ulps, $"{error} units in the last place at {x:R}");
        }
    }

    private static double[] Spread(double from, double to)
    {
        var stream = new RandomStream(1, RandomPurpose.Sampling);
        return [.. Enumerable.Range(0, Points).Select(_ => from + ((to - from) * stream.NextUniform()))];
    }

    /// <summary>Numbers of every size from one power of two to another.</summary>
    private static double[] Scales(int from, int to)
    {
        var stream = new RandomStream(2, RandomPurpose.Sampling);
        return [.. Enumerable.Range(0, Points).Select(_ => Math.ScaleB(0.5 + (0.5 * stream.NextUniform()), from + stream.NextInteger(to - from)))];
    }
}
