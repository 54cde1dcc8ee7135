using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.RepresentationCosts;
using RankCollapse.Training;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class CollapsedForecastTests
{
    private static readonly FeatureProblem Problem = Square(Stream(7), 4, 60, 3, Activation.Tanh);

    private static readonly Forecast Found = Of(new ObjectiveSettings { Lambda = 2e-3 });

    private static readonly double[] Sizes = [.. Problem.Data.Labels.GroupBy(k => k).Select(g => (double)g.Count()).OrderDescending()];

    [Fact]
    public void Rank_OfEveryLayer_IsTheNumberOfClasses() => Assert.All(Found.Layers, l => Assert.Equal(3, l.FeatureSingularValues.Count));

    [Fact]
    public void Weights_AfterTheFirstLayer_HaveSingularValuesOne() =>
        Assert.All(Found.Layers.Skip(1), l => Assert.All(l.WeightSingularValues!, s => Assert.Equal(1, s, 1e-9)));

    [Fact]
    public void Weights_OfAFreeFirstLayer_AreNotForecast() => Assert.Null(Found.Layers[0].WeightSingularValues);

    [Fact]
    public void Features_BeforeTheLastLayer_HaveTheSingularValuesOfTheTargets()
    {
        for (int k = 0; k < 3; k++) Assert.Equal(Math.Sqrt(Sizes[k]), Found.Layers[2].FeatureSingularValues[k], 1e-9);
    }

    [Fact]
    public void Objective_IsTheMinimumAndTheFeaturesPenalty() =>
        Assert.Equal(4.5 + (0.5 * Found.Layers.Sum(l => l.FeatureSingularValues.Sum(s => s * s))), Found.ObjectivePerLambda, 1e-9);

    [Fact]
    public void Penalties_ThatTheTheoremDoesNotHave_AreNamed()
    {
        Assert.Contains("features are constrained, not penalised (found μ/λ = 1)", Found.UnmetHypotheses);
        Assert.Contains("δ = 0 (found 0.5)", Of(new ObjectiveSettings { Delta = 0.5 }).UnmetHypotheses);
    }

    [Fact]
    public void CrossEntropy_IsRefused() =>
        Assert.Throws<InvalidInputException>(() => Of(new ObjectiveSettings { Loss = Loss.CrossEntropy }));

    private static Forecast Of(ObjectiveSettings settings) => CollapsedForecast.Compute(Problem.Specification, Problem.Data, settings);
}
