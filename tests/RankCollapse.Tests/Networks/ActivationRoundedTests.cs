using RankCollapse.Networks;

namespace RankCollapse.Tests.Networks;

public sealed class ActivationRoundedTests
{
    private static readonly double[] Points = [-30, -2, -0.3, -1e-3, -1e-9, 0, 1e-9, 2e-3, 0.4, 1, 20];

    public static TheoryData<string> Kinked => [.. Activation.All.Where(a => a.HasKink).Select(a => a.Name)];

    [Fact]
    public void Kinks_AreThoseOfReluLeakyReluAndSelu() => Assert.Equal(["leaky-relu(0.01)", "selu", "relu"], Kinked.Select(row => row.Data));

    /// <summary>Central differences of step h = 1e−4·ε err by h²σ‴/6 ≤ 1e−8·|s₊ − s₋|/ε and by rounding.</summary>
    [Theory]
    [MemberData(nameof(Kinked))]
    public void Derivatives_AreThoseOfTheValues(string name)
    {
        foreach (double width in (double[])[0.5, 1e-2])
        {
            var rounded = new RoundedActivation(Activation.Parse(name)) { Width = width };
            double step = 1e-4 * width;
            foreach (double x in Points)
            {
                if (Math.Abs(x) < 2 * step && name == "selu") continue; // σ'' of the exponential jumps at 0.
                double[] value = new double[3], first = new double[3], second = new double[3];
                rounded.ValueFirstAndSecond([x - step, x, x + step], value, first, second);
                Assert.Equal((value[2] - value[0]) / (2 * step), first[1], 1e-7);
                Assert.Equal((first[2] - first[0]) / (2 * step), second[1], 1e-6 / width);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinked))]
    public void Values_StayWithinHalfTheWidthOfTheExactOnes(string name)
    {
        var exact = Activation.Parse(name);
        (double left, double right) = exact.SlopesAtZero;
        double[] expected = new double[Points.Length], found = new double[Points.Length];
        exact.Value(Points, expected);
        foreach (double width in (double[])[0, 1e-6, 0.3])
        {
            new RoundedActivation(exact) { Width = width }.Value(Points, found);
            for (int i = 0; i < Points.Length; i++) Assert.InRange(Math.Abs(found[i] - expected[i]), 0, (0.5 * Math.Abs(right - left) * width) + 1e-15);
        }
    }
}
