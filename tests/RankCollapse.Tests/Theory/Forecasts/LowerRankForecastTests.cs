using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class LowerRankForecastTests
{
    private static readonly ObjectiveSettings Settings = new() { Convention = Convention.Sum, Lambda = 1e-2, Delta = 0, LambdaFeatures = 1e-2 };

    [Fact]
    public void Network_OfALowerRank_HasItAndTheObjectiveThatWasForecast()
    {
        (NetworkSpecification specification, DataSet data) = Problem("tanh", 3);
        var lower = LowerRankForecast.Compute(specification, data, Settings, rank: 2, starts: 2);
        Assert.Equal(lower.Candidate.Objective, new Objective(specification, data, Settings).Value(lower.Network).Total, 1e-7);
        Matrix[] features = lower.Network.Features(data.Inputs);
        Assert.InRange(NumericalRank.Of(features[1]), 0, 2);
    }

    [Fact]
    public void Relu_TellsSixClassesApartInFourDimensions()
    {
        var stream = new RandomStream(2, RandomPurpose.Data);
        int[] labels = [.. Enumerable.Range(0, 12).Select(i => i / 2)];
        DataSet data = DataSet.FromLabels("edges", RandomMatrix.Gaussian(14, 12, stream), labels, 6);
        var specification = new NetworkSpecification(14, [8, 8, 8, 6], hiddenActivation: Activation.Parse("relu"));
        ObjectiveSettings small = Settings with { Lambda = 1e-4, LambdaFeatures = 1e-4 };
        var lower = LowerRankForecast.Compute(specification, data, small, rank: 4, starts: 1);

        // A class that is given up costs ½·N_k = 1.
        Assert.InRange(lower.Candidate.Objective, 0, 0.1);
        Matrix[] features = lower.Network.Features(data.Inputs);
        Assert.All(Enumerable.Range(1, 2), l => Assert.InRange(NumericalRank.Of(features[l]), 0, 4));
    }

    [Fact]
    public void LinearNetworks_WhoseDataAreWorthTheirPenalty_AreLowerAtRankK()
    {
        // Two dimensions cannot tell three classes of a linear network apart.
        (NetworkSpecification specification, DataSet data) = Problem("identity", 3);
        var lower = LowerRankForecast.Compute(specification, data, Settings, rank: 2, starts: 2);
        Assert.False(lower.IsLower);
        Assert.All(lower.CollapseRanks, rank => Assert.Equal(3, rank));
    }

    [Fact]
    public void Edges_OfACompleteGraph_AreAllPairsOnce_AndFewerUseVerticesEvenly()
    {
        Assert.Equal(10, GraphStart.Edges(5, 10).Distinct().Count());
        int[] uses = [.. Enumerable.Range(0, 5).Select(i => GraphStart.Edges(5, 5).Count(edge => edge.I == i || edge.J == i))];
        Assert.InRange(uses.Max() - uses.Min(), 0, 2);
    }

    [Fact]
    public void Ranks_ThatAreNotLower_AreRefused()
    {
        (NetworkSpecification specification, DataSet data) = Problem("tanh", 3);
        Assert.Contains("rank is 3", Assert.Throws<InvalidInputException>(() => LowerRankForecast.Compute(specification, data, Settings, 3)).Message);
        Assert.Throws<InvalidInputException>(() => LowerRankForecast.Compute(specification, data, Settings, 0));
        (specification, data) = Problem("sigmoid", 3);
        Assert.Contains("fixes 0", Assert.Throws<InvalidInputException>(() => LowerRankForecast.Compute(specification, data, Settings, 2)).Message);
    }

    private static (NetworkSpecification Specification, DataSet Data) Problem(string activation, int depth)
    {
        var stream = new RandomStream(2, RandomPurpose.Data);
        int[] labels = [.. Enumerable.Range(0, 12).Select(i => i / 4)];
        DataSet data = DataSet.FromLabels("classes", RandomMatrix.Gaussian(14, 12, stream), labels, 3);
        int[] widths = [.. Enumerable.Repeat(8, depth - 1), 3];
        return (new NetworkSpecification(14, widths, hiddenActivation: Activation.Parse(activation)), data);
    }
}
