using RankCollapse.Experiments;

namespace RankCollapse.Tests.Experiments;

public sealed class ClaimVerdictTests
{
    [Theory]
    [InlineData(1.0, null, VerdictOutcome.Reproduced, "reproduced")]
    [InlineData(2.0, null, VerdictOutcome.NotReproduced, "not reproduced")]
    [InlineData(2.0, 1.0, VerdictOutcome.ReproducedUnder, "reproduced under a condition")]
    [InlineData(2.0, 2.0, VerdictOutcome.NotReproduced, "not reproduced")]
    [InlineData(1.0, 2.0, VerdictOutcome.Reproduced, "reproduced")]
    [InlineData(double.NaN, 1.0, VerdictOutcome.ReproducedUnder, "reproduced under a condition")]
    [InlineData(double.NaN, double.NaN, VerdictOutcome.NotReproduced, "not reproduced")]
    public void Outcome_FollowsFromTheMeasurements(double stated, double? under, VerdictOutcome outcome, string words)
    {
        var verdict = new ClaimVerdict
        {
            Claim = "a claim",
            AsStated = new Measurement("a number", stated, Comparison.AtMost, 1),
            Condition = under is null ? null : "a condition",
            UnderCondition = under is { } value ? new Measurement("a number", value, Comparison.AtMost, 1) : null,
        };
        Assert.Equal((outcome, words), (verdict.Outcome, verdict.InWords));
    }

    [Fact]
    public void Measurement_HoldsOnItsSideOfTheThreshold()
    {
        Assert.True(new Measurement("", 3, Comparison.AtLeast, 3).Holds);
        Assert.False(new Measurement("", 2, Comparison.AtLeast, 3).Holds);
        Assert.False(new Measurement("", double.NaN, Comparison.AtLeast, 3).Holds);
        Assert.False(new Measurement("", double.NaN, Comparison.AtMost, 3).Holds);
        Assert.True(new Measurement("", double.NegativeInfinity, Comparison.AtMost, 3).Holds);
    }
}
