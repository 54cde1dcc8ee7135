using RankCollapse.Experiments;
using RankCollapse.Experiments.Depth;

namespace RankCollapse.Tests.Experiments.Depth;

public sealed class DepthVerdictsTests
{
    private static readonly WidthRegime Regime = new("wide", "N ≤ width", 12, 16);

    [Fact]
    public void Shares_OfEqualNorms_FallLikeOneOverL()
    {
        ClaimVerdict share = DepthVerdicts.Judge([Point(3, 2), Point(6, 2), Point(12, 2)])[0];
        Assert.Equal(1, share.AsStated.Value, 12);
        Assert.Equal(VerdictOutcome.Reproduced, share.Outcome);
    }

    [Fact]
    public void FirstCollapsedLayer_ThatMovesWithDepth_IsNotReproduced()
    {
        Assert.Equal(VerdictOutcome.Reproduced, DepthVerdicts.Judge([Point(3, 2), Point(12, 3)])[1].Outcome);
        ClaimVerdict moving = DepthVerdicts.Judge([Point(3, 2), Point(12, 7)])[1];
        Assert.Equal((VerdictOutcome.NotReproduced, 5.0), (moving.Outcome, moving.AsStated.Value));
    }

    [Fact]
    public void Picture_IsSound() => FigurePictures.RequireSound(DepthFigure.Draw("title", [Point(3, 2), Point(6, 3), Point(12, 4)]));

    internal static DepthPoint Point(int depth, int first) => new(Regime, depth, 0, 1, 1e-7, [.. Enumerable.Repeat(2.0, depth)], first, 0.01);
}
