using RankCollapse.Networks;

namespace RankCollapse.Tests.Networks;

/// <summary>Activations by name for theories, and single evaluations.</summary>
internal static class ActivationSamples
{
    /// <summary>Names of every activation, with other slopes of leaky-relu beside the default.</summary>
    public static readonly string[] Names =
        [.. Activation.All.Select(a => a.Name), "leaky-relu(0.3)", "leaky-relu(2.5)", "leaky-relu(1)"];

    /// <summary>Whether σ(−x) = −σ(x).</summary>
    public static bool IsOdd(string name) => name is "identity" or "tanh" or "arctan" or "asinh" or "softsign" or "leaky-relu(1)";

    /// <summary>Points of every size and sign, from 1e−12 to 30, kinks left out.</summary>
    public static double[] Points()
    {
        var points = new List<double>();
        for (double size = 1e-12; size < 30; size *= 1.07)
        {
            points.Add(size);
            points.Add(-size);
        }
        return [.. points];
    }

    public static double[] Values(Activation activation, double[] x)
    {
        var value = new double[x.Length];
        activation.Value(x, value);
        return value;
    }

    public static (double Value, double First, double Second) At(Activation activation, double x)
    {
        var value = new double[1];
        var first = new double[1];
        var second = new double[1];
        activation.ValueFirstAndSecond([x], value, first, second);
        return (value[0], first[0], second[0]);
    }

    public static void AssertUlps(double expected, double actual, double ulps) =>
        Assert.True(
            expected.Equals(actual) || Math.Abs(actual - expected) <= ulps * (Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected)),
            $"expected {expected:R}, found {actual:R}");
}
