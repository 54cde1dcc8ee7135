using RankCollapse.Networks;
using static RankCollapse.Tests.Networks.ActivationSamples;

namespace RankCollapse.Tests.Networks;

public sealed class ActivationBoundsTests
{
    private const double Spacing = 1.0 / 1024;

    public static TheoryData<string> Names => [.. ActivationSamples.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void FirstAndSecondBounds_HoldOnADenseGrid_AndAreReached(string name)
    {
        Activation activation = Activation.Parse(name);
        (double[] first, double[] second) = Grid(activation);
        (double boundOfFirst, double boundOfSecond, _) = activation.DerivativeBounds;
        double largest = first.Max(Math.Abs);
        Assert.InRange(largest, boundOfFirst * (1 - 1e-2), boundOfFirst * (1 + 1e-15));
        if (double.IsFinite(boundOfSecond))
            Assert.InRange(second.Max(Math.Abs), boundOfSecond * (1 - 1e-2), boundOfSecond * (1 + 1e-15));
    }

    /// <summary>
    /// Differences of σ'' over the spacing h of the grid are averages of σ''', at most its supremum and, near the maximum, close to it;
    /// the differences across a jump grow like 1/h.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void ThirdBound_IsTheSteepnessOfTheSecondDerivative(string name)
    {
        Activation activation = Activation.Parse(name);
        (_, double[] second) = Grid(activation);
        (_, _, double bound) = activation.DerivativeBounds;
        double steepest = second.Zip(second.Skip(1), (a, b) => Math.Abs(b - a) / Spacing).Max();
        if (double.IsFinite(bound)) Assert.InRange(steepest, bound * (1 - 1e-2), (bound * (1 + 1e-9)) + 1e-11);
        else Assert.True(steepest > 0.5 / Spacing || double.IsInfinity(activation.DerivativeBounds.Second));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SecondBound_IsInfiniteExactlyWhereTheFirstDerivativeJumps(string name)
    {
        Activation activation = Activation.Parse(name);
        double jump = Math.Abs(At(activation, 1e-12).First - At(activation, -1e-12).First);
        Assert.Equal(double.IsInfinity(activation.DerivativeBounds.Second), jump > 1e-6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Smoothness_FollowsFromTheJumpsOfTheSecondDerivative(string name)
    {
        Activation activation = Activation.Parse(name);
        double jump = Math.Abs(At(activation, 1e-12).Second - At(activation, -1e-12).Second)
            + Math.Abs(At(activation, 1e-12).First - At(activation, -1e-12).First);
        Assert.Equal(activation.IsSmooth, jump < 1e-6);
        Assert.Equal(activation.IsAnalytic, activation.IsSmooth);
    }

    /// <summary>All extrema lie in [−8, 8]; elsewhere the derivatives fall.</summary>
    private static (double[] First, double[] Second) Grid(Activation activation)
    {
        double[] x = [.. Enumerable.Range(0, (int)(16 / Spacing) + 1).Select(i => -8 + (i * Spacing))];
        double[] value = new double[x.Length], first = new double[x.Length], second = new double[x.Length];
        activation.ValueFirstAndSecond(x, value, first, second);
        return (first, second);
    }
}
