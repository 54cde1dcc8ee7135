using RankCollapse.Experiments;
using RankCollapse.Experiments.Ranks;
using RankCollapse.Experiments.Rivals;

namespace RankCollapse.Tests.Experiments.Rivals;

public sealed class RivalsVerdictsTests
{
    [Fact]
    public void LowerRank_ThatCostsLessAndIsNotFound_SpeaksForBoth()
    {
        IReadOnlyList<ClaimVerdict> verdicts = RivalsVerdicts.Judge([Contest(3, 1.1, 6), Contest(8, 0.9, 6)], Heads(width => 2, linear => 1.0 / linear));
        Assert.Equal(
            [VerdictOutcome.Reproduced, VerdictOutcome.NotReproduced, VerdictOutcome.Reproduced],
            verdicts.Take(3).Select(v => v.Outcome));
    }

    [Fact]
    public void EndsOfLowerRankInDeepNetworks_LeaveCollapseToShallowOnes()
    {
        IReadOnlyList<ClaimVerdict> verdicts = RivalsVerdicts.Judge([Contest(3, 1.1, 6), Contest(8, 0.9, 4)], Heads(width => 2, linear => 1.0 / linear));
        Assert.Equal(VerdictOutcome.Reproduced, verdicts[1].Outcome);
        Assert.Equal((VerdictOutcome.ReproducedUnder, 0.5), (verdicts[2].Outcome, verdicts[2].AsStated.Value));
        Assert.Contains("relu, K = 6, L = 8: 4, 4", verdicts[2].Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void ConditionThatFallsWithLinearLayersAndNotWithWidth_SpeaksAgainstWidthAlone()
    {
        IReadOnlyList<ClaimVerdict> verdicts = RivalsVerdicts.Judge([Contest(3, 1.1, 6)], Heads(_ => 2, linear => 1.0 / linear));
        Assert.Equal(1, verdicts[4].AsStated.Value, 1e-12);
        Assert.Equal(1.0 / 3, verdicts[4].UnderCondition!.Value, 1e-12);
        Assert.Equal([VerdictOutcome.Reproduced, VerdictOutcome.Reproduced, VerdictOutcome.NotReproduced, VerdictOutcome.Reproduced],
            verdicts.Skip(4).Select(v => v.Outcome));
        Assert.Equal(VerdictOutcome.Reproduced, RivalsVerdicts.Judge([Contest(3, 1.1, 6)], Heads(width => 1 + (10.0 / width), _ => 1))[6].Outcome);
    }

    [Fact]
    public void Pictures_AreSound()
    {
        FigurePictures.RequireSound(RivalsFigure.Ranks([Contest(3, 1.1, 6), Contest(8, 0.9, 4)]));
        FigurePictures.RequireSound(RivalsFigure.Heads(Heads(width => width, linear => 1.0 / linear)));
    }

    private static RankContest Contest(int depth, double lower, int rank) =>
        new(new RankCell("relu", 6, 4, depth, lower, 1, 6), [new RankEnd(0, 1, 1e-6, rank, rank, rank), new RankEnd(1, 1.1, 1e-6, rank, rank, rank)]);

    private static HeadEnd[] Heads(Func<int, double> ofWidth, Func<int, double> power) =>
    [
        .. from width in (int[])[20, 60]
           from linear in (int[])[1, 3]
           let condition = Math.Pow(ofWidth(width), power(linear))
           select new HeadEnd(
               new HeadCell(width, linear, 0), 0.1, 1e-6, 0.01, condition, linear == 1 ? double.NaN : 1.1 * condition, linear == 1 ? double.NaN : 1e-6,
                   14, 5, 4)
           {
               Classes = 5,
           },
    ];
}
