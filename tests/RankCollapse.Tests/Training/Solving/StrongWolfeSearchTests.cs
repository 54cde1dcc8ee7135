using RankCollapse.LinearAlgebra;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training.Solving;

public sealed class StrongWolfeSearchTests
{
    [Fact]
    public void Find_OnRandomFunctions_ReturnsAStrongWolfePoint_EvaluatedLast()
    {
        var stream = new RandomStream(1, RandomPurpose.Sampling);
        for (int i = 0; i < 500; i++)
        {
            // A convex parabola, waves and a steep side: bounded below, with many local minima.
            double a = Math.Exp(3 * stream.NextGaussian()), wave = stream.NextGaussian();
            double frequency = 5 * stream.NextUniform(), phase = 6 * stream.NextUniform();
            double centre = Math.Exp(2 * stream.NextGaussian()), rise = stream.NextUniform();
            double Value(double t) =>
                (a * (t - centre) * (t - centre)) + (wave * Math.Sin((frequency * t) + phase)) + (rise * Math.Exp(Math.Min(t - centre, 500)));
            double Slope(double t) =>
                (2 * a * (t - centre)) + (wave * frequency * Math.Cos((frequency * t) + phase)) + (rise * Math.Exp(Math.Min(t - centre, 500)));
            if (!(Slope(0) < -1e-3)) continue;
            AssertStrongWolfe(Value, Slope, Math.Exp(4 * stream.NextGaussian()));
        }
    }

    [Fact]
    public void Find_WithStepsThatOverflow_BacksOff()
    {
        // −log(1 − t) − 3t: infinite from t = 1, then NaN.
        AssertStrongWolfe(t => -Math.Log(1 - t) - (3 * t), t => (1 / (1 - t)) - 3, 64);
        AssertStrongWolfe(t => -Math.Log(1 - t) - (3 * t), t => (1 / (1 - t)) - 3, 1e-6);
    }

    /// <summary>φ = 10⁶ + t²/2·10⁻¹² − 10⁻¹²t: the decrease of 5·10⁻¹³ is lost in the rounding of 10⁶, the slope is not.</summary>
    [Theory]
    [InlineData(1.0)]
    [InlineData(50.0)]
    [InlineData(0.01)]
    public void Find_WhereTheDecreaseIsBelowRounding_GoesBySlopes(double firstStep)
    {
        double? step = new StrongWolfeSearch(t => (1e6 + (1e-12 * ((0.5 * t * t) - t)), 1e-12 * (t - 1))).Find(1e6, -1e-12, firstStep);
        Assert.NotNull(step);
        Assert.InRange(Math.Abs(step.Value - 1), 0, 0.9);
    }

    [Fact]
    public void Find_OnAnAscentThatClaimsDescent_ReturnsNull() =>
        Assert.Null(new StrongWolfeSearch(t => (1 + t, 1)).Find(1, -1, 1));

    private static void AssertStrongWolfe(Func<double, double> value, Func<double, double> slope, double firstStep)
    {
        double last = double.NaN;
        int evaluations = 0;
        var search = new StrongWolfeSearch(t =>
        {
            last = t;
            evaluations++;
            return (value(t), slope(t));
        });
        double? found = search.Find(value(0), slope(0), firstStep);
        Assert.NotNull(found);
        double step = found.Value;
        Assert.Equal(last, step);
        Assert.InRange(evaluations, 1, 26);
        Assert.True(step > 0);
        double rounding = 32 * Tolerances.MachineEpsilon * Math.Abs(value(0));
        Assert.True(value(step) <= value(0) + (1e-4 * step * slope(0)) + rounding, $"no sufficient decrease at {step}");
        Assert.True(Math.Abs(slope(step)) <= 0.9 * Math.Abs(slope(0)), $"too steep at {step}: {slope(step)} from {slope(0)}");
    }
}
