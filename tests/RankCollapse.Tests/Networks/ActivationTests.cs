using RankCollapse.Networks;
using static RankCollapse.Tests.Networks.ActivationSamples;

namespace RankCollapse.Tests.Networks;

/// <summary>Facts that hold for every activation.</summary>
public sealed class ActivationTests
{
    public static TheoryData<string> Names => [.. ActivationSamples.Names];

    public static TheoryData<string> Homeomorphisms => [.. ActivationSamples.Names.Where(n => Activation.Parse(n).IsHomeomorphism)];

    /// <summary>
    /// A central difference with step h has error h²/6·sup|σ'''| from curvature and about ε·|σ|/h from rounding;
    /// h = 1e−5 makes both about 1e−10. Steps across a kink are left out.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Derivatives_AreThoseOfTheValue(string name)
    {
        Activation activation = Activation.Parse(name);
        const double Step = 1e-5;
        foreach (double x in Points().Where(x => Math.Abs(x) > 2 * Step))
        {
            (_, double first, double second) = At(activation, x);
            (double valueAfter, double firstAfter, _) = At(activation, x + Step);
            (double valueBefore, double firstBefore, _) = At(activation, x - Step);
            double width = (x + Step) - (x - Step);
            double rounding = 1e-15 * (1 + Math.Abs(valueAfter)) / Step;
            Assert.Equal((valueAfter - valueBefore) / width, first, rounding + 1e-9);
            Assert.Equal((firstAfter - firstBefore) / width, second, rounding + 1e-9);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void PassesOfEveryOrder_Agree(string name)
    {
        Activation activation = Activation.Parse(name);
        double[] x = [0, -0.0, .. Points()];
        double[] value = Values(activation, x);
        double[] value1 = new double[x.Length], first1 = new double[x.Length];
        double[] value2 = new double[x.Length], first2 = new double[x.Length], second2 = new double[x.Length];
        activation.ValueAndFirst(x, value1, first1);
        activation.ValueFirstAndSecond(x, value2, first2, second2);
        Assert.Equal(value, value1);
        Assert.Equal(value, value2);
        Assert.Equal(first1, first2);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Passes_InPlace_GiveTheSame(string name)
    {
        Activation activation = Activation.Parse(name);
        double[] x = Points();
        double[] value = new double[x.Length], first = new double[x.Length], second = new double[x.Length];
        activation.ValueFirstAndSecond(x, value, first, second);
        double[] place = [.. x];
        activation.Value(place, place);
        Assert.Equal(value, place);
        place = [.. x];
        double[] other = new double[x.Length];
        activation.ValueAndFirst(place, place, other);
        Assert.Equal(value, place);
        Assert.Equal(first, other);
        place = [.. x];
        double[] another = new double[x.Length];
        activation.ValueFirstAndSecond(place, place, other, another);
        Assert.Equal(value, place);
        Assert.Equal(first, other);
        Assert.Equal(second, another);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Results_DoNotDependOnThePlace_AndNothingElseIsWritten(string name)
    {
        Activation activation = Activation.Parse(name);
        double[] points = [.. Points().Where((_, i) => i % 9 == 0)];
        (double Value, double First, double Second)[] alone = [.. points.Select(x => At(activation, x))];
        for (int start = 0; start < 9; start++)
        {
            for (int length = 0; length <= 35; length++)
            {
                double[][] results = [Filled(50), Filled(50), Filled(50)];
                activation.ValueFirstAndSecond(
                    points.AsSpan(start, length), results[0].AsSpan(3, length), results[1].AsSpan(3, length), results[2].AsSpan(3, length));
                for (int i = 0; i < 50; i++)
                {
                    bool isInside = i >= 3 && i < 3 + length;
                    (double value, double first, double second) = isInside ? alone[start + i - 3] : (double.NaN, double.NaN, double.NaN);
                    Assert.Equal(value, results[0][i]);
                    Assert.Equal(first, results[1][i]);
                    Assert.Equal(second, results[2][i]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ShortDestination_IsRejected(string name)
    {
        Activation activation = Activation.Parse(name);
        var x = new double[20];
        var shorter = new double[19];
        Assert.ThrowsAny<Exception>(() => activation.Value(x, shorter));
        Assert.ThrowsAny<Exception>(() => activation.ValueAndFirst(x, new double[20], shorter));
        Assert.ThrowsAny<Exception>(() => activation.ValueFirstAndSecond(x, new double[20], new double[20], shorter));
    }

    [Theory]
    [MemberData(nameof(Homeomorphisms))]
    public void Inverse_OfValue_IsTheArgument(string name)
    {
        Activation activation = Activation.Parse(name);
        double[] x = [.. Points().Where(x => Math.Abs(x) < 15)];
        double[] value = Values(activation, x);
        var back = new double[x.Length];
        activation.Inverse(value, back);
        for (int i = 0; i < x.Length; i++)
        {
            // A value rounded by ε|σ| moves the argument by ε|σ|/σ'.
            double first = At(activation, x[i]).First;
            double tolerance = 4e-16 * ((2 * Math.Abs(x[i])) + (4 * Math.Abs(value[i]) / first));
            if (tolerance < 0.01 * Math.Abs(x[i]) + 1e-12) Assert.Equal(x[i], back[i], tolerance);
        }
        activation.Inverse(value, value);
        Assert.Equal(back, value);
    }

    [Theory]
    [MemberData(nameof(Homeomorphisms))]
    public void Inverse_AtAndBeyondTheEndsOfTheRange_IsInfiniteAndNaN(string name)
    {
        Activation activation = Activation.Parse(name);
        (double lower, double upper) = activation.Range;
        var x = new double[5];
        activation.Inverse([lower, upper, double.IsInfinity(lower) ? double.NaN : lower - 0.1, double.IsInfinity(upper) ? double.NaN : upper + 0.1, double.NaN],
            x);
        Assert.Equal([double.NegativeInfinity, double.PositiveInfinity, double.NaN, double.NaN, double.NaN], x);
    }

    [Theory]
    [InlineData("relu")]
    [InlineData("gelu")]
    public void Inverse_OfNoHomeomorphism_IsRefused(string name) =>
        Assert.Throws<NotSupportedException>(() => Activation.Parse(name).Inverse([0.5], new double[1]));

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_RiseExactlyForHomeomorphisms_WithinTheRange(string name)
    {
        Activation activation = Activation.Parse(name);
        (double lower, double upper) = activation.Range;
        double[] x = [.. Points().Order()];
        double[] value = Values(activation, x);
        bool increases = true;
        for (int i = 0; i < x.Length; i++)
        {
            Assert.InRange(value[i], lower, upper);
            // Next to 0 or far out neighbours may round to the same value.
            if (i > 0 && Math.Abs(x[i]) is > 1e-9 and < 10) increases &= value[i] > value[i - 1];
        }
        Assert.Equal(activation.IsHomeomorphism, increases);
        Assert.Equal(activation.FixesZero, At(activation, 0).Value == 0);
        double[] far = Values(activation, [double.NegativeInfinity, double.PositiveInfinity]);
        if (activation.IsHomeomorphism) Assert.Equal([lower, upper], far);
        Assert.Equal(double.IsInfinity(lower) && double.IsInfinity(upper), activation.IsOntoReals);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Attains_HoldsForValuesAndNotForTheOpenEnds(string name)
    {
        Activation activation = Activation.Parse(name);
        (double lower, double upper) = activation.Range;
        Assert.All(Values(activation, [-3, -0.7, -0.01, 0.02, 1.4, 3]), v => Assert.True(activation.Attains(v)));
        Assert.False(activation.Attains(upper));
        Assert.Equal(name is "relu" or "gelu", activation.Attains(lower));
        Assert.False(activation.Attains(double.NaN));
        if (double.IsFinite(lower)) Assert.False(activation.Attains(Math.BitDecrement(lower)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void OddActivations_AreOddToTheBit(string name)
    {
        Activation activation = Activation.Parse(name);
        double[] x = [.. Points().Where(x => x > 0)];
        double[] positive = Values(activation, x);
        double[] negative = Values(activation, [.. x.Select(v => -v)]);
        bool isOdd = positive.Zip(negative).All(p => p.First == -p.Second);
        Assert.Equal(IsOdd(name), isOdd);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NaN_GivesNaN_AndInfinities_GiveTheLimits(string name)
    {
        Activation activation = Activation.Parse(name);
        Assert.True(double.IsNaN(At(activation, double.NaN).Value));
        (double value, double first, double second) = At(activation, double.PositiveInfinity);
        Assert.Equal(activation.Range.Upper, value);
        Assert.Equal(At(activation, 1e300).First, first, 1e-299);
        Assert.Equal(0, second);
        (value, first, second) = At(activation, double.NegativeInfinity);
        Assert.Equal(name == "gelu" ? 0 : activation.Range.Lower, value);
        Assert.Equal(At(activation, -1e300).First, first, 1e-299);
        Assert.Equal(0, second);
        Assert.True(double.IsFinite(At(activation, -1e300).Second + At(activation, double.MaxValue).Second));
    }

    [Theory]
    [InlineData("relu", 0, 1, 0)]
    [InlineData("leaky-relu(0.2)", 0, 1, 0)]
    [InlineData("softsign", 0, 1, -2)]
    [InlineData("elu", 0, 1, 0)]
    [InlineData("selu", 0, 1.0507009873554805, 0)]
    public void AtKinks_TheRightDerivativesAreUsed(string name, double value, double first, double second) =>
        Assert.Equal((value, first, second), At(Activation.Parse(name), 0));

    private static double[] Filled(int length)
    {
        var result = new double[length];
        Array.Fill(result, double.NaN);
        return result;
    }
}
