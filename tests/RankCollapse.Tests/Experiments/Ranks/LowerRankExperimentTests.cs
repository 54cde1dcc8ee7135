using RankCollapse.Experiments;
using RankCollapse.Experiments.Ranks;

namespace RankCollapse.Tests.Experiments.Ranks;

public sealed class LowerRankExperimentTests
{
    [Fact]
    public void Claim_FailsWhereALowerRankCostsLess_OrIsTheLowestOfFullWidth()
    {
        RankCell dearer = new("relu", 6, 4, 4, 2, 1, 6), cheaper = new("relu", 6, 4, 8, 0.9, 1, 6), found = new("tanh", 6, 4, 8, 2, 1, 5);
        Assert.Equal(VerdictOutcome.Reproduced, LowerRankExperiment.Judge([dearer])[0].Outcome);
        ClaimVerdict verdict = LowerRankExperiment.Judge([dearer, cheaper, found])[0];
        Assert.Equal((VerdictOutcome.NotReproduced, 1.0 / 3), (verdict.Outcome, verdict.AsStated.Value));
        Assert.Contains("relu, K = 6, L = 8", verdict.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Picture_IsSound() =>
        FigurePictures.RequireSound(LowerRankExperiment.Draw([new("relu", 6, 4, 4, 2, 1, 6), new("relu", 6, 4, 8, 0.9, 1, 6), new("tanh", 6, 4, 4, 2, 1, 6)]));
}
