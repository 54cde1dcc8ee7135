using RankCollapse.Theory.Rivals;

namespace RankCollapse.Tests.Theory.Rivals;

public sealed class RankExplanationTests
{
    [Theory]
    [InlineData(20, 20, 10, 4, RankExplainer.FullRank, false)]
    [InlineData(5, 20, null, null, RankExplainer.None, false)]
    [InlineData(10, 20, 10, 12, RankExplainer.Collapse, true)]
    [InlineData(9, 20, 10, 12, RankExplainer.Collapse, false)]
    [InlineData(4, 20, 10, 4, RankExplainer.Batches, true)]
    [InlineData(10, 20, 10, 10, RankExplainer.Both, true)]
    public void Explanation_IsTheLeastBound_AndSharpWhereItIsTheRank(int rank, int full, int? collapse, int? batches, RankExplainer explains, bool isSharp)
    {
        var found = new RankExplanation(1, 0.05, rank, full, null, collapse, batches);
        Assert.Equal((explains, isSharp), (found.Explains, found.IsSharp));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(0.59, 2)]
    [InlineData(0.61, 1)]
    public void RankWithin_LeavesOutATailOfThatShare(double tolerance, int rank) => Assert.Equal(rank, RankTolerance.Of([4, 3, 0], tolerance));

    [Fact]
    public void RankWithin_OfNothing_IsZero() => Assert.Equal(0, RankTolerance.Of([0, 0]));
}
