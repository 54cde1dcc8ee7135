using RankCollapse.LinearAlgebra;

namespace RankCollapse.Sweeps.Specification;

/// <summary>Numbers in equal steps, or in equal steps of their logarithm.</summary>
public static class SpacedValues
{
    /// <summary>Numbers from one end to the other.</summary>
    /// <param name="from">The first, above 0 on a logarithmic scale.</param>
    /// <param name="to">The last, above 0 on a logarithmic scale.</param>
    /// <param name="count">How many; at least 1, which is the first end.</param>
    /// <param name="isLogarithmic">Whether the steps are those of the logarithm.</param>
    public static double[] Between(double from, double to, int count, bool isLogarithmic)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return [.. Enumerable.Range(0, count).Select(i => At(from, to, count == 1 ? 0 : (double)i / (count - 1), isLogarithmic))];
    }

    /// <summary>The number at a position from 0 to 1; the ends are met exactly.</summary>
    internal static double At(double from, double to, double position, bool isLogarithmic) => position switch
    {
        0 => from,
        1 => to,
        _ when isLogarithmic => Clean(Elementary.Exp(Elementary.Log(from) + (position * Elementary.Log(to / from)))),
        _ => Clean(from + (position * (to - from))),
    };

    /// <summary>Fourteen digits, so that 0.1 + 2·0.1 is 0.3 and the middle of 1e−4 and 1e−2 is 1e−3.</summary>
    internal static double Clean(double value) => double.Parse(value.ToString("G14"));
}
