using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class ForecastSetTests
{
    private static readonly DataSet Data = Classes(16, [4, 3, 3], 1);

    private static readonly NetworkSpecification Specification = new(16, [10, 10, 3]);

    [Fact]
    public void Forecasts_OfThePapersSetting_AreThree()
    {
        var set = ForecastSet.Compute(Specification, Data, new ObjectiveSettings { Lambda = 1e-3 });
        Assert.Equal(["penalised recursion", "Theorem 4.2", "centroid problem"], set.Forecasts.Select(f => f.Source));
        Assert.Empty(set.Missing);
        Assert.Null(set.Refinement);
    }

    [Fact]
    public void Forecasts_OfCrossEntropy_AreThatOfTheCentroidProblem()
    {
        var set = ForecastSet.Compute(Specification, Data, new ObjectiveSettings { Lambda = 1e-2, Loss = Loss.CrossEntropy });
        Assert.Equal("centroid problem", Assert.Single(set.Forecasts).Source);
        Assert.All(set.Missing, m => Assert.Contains("cross-entropy", m.Reason));
    }

    [Theory]
    [InlineData("identity", false)]
    [InlineData("tanh", true)]
    [InlineData("sigmoid", false)]
    public void Candidates_AreOrderedNetworksWithOneOfConstantOutputs(string activation, bool hasBias)
    {
        var specification = new NetworkSpecification(16, [10, 10, 3], hasBias: hasBias, hiddenActivation: Activation.Parse(activation));
        var set = ForecastSet.Compute(specification, Data, new ObjectiveSettings { Lambda = 1e-2, Delta = 0.3, Convention = Convention.Mean });
        Assert.True(set.Candidates.Count >= 2);
        Assert.Equal(set.Candidates.OrderBy(one => one.Objective), set.Candidates);
        ForecastCandidate constant = set.Candidates[^1];
        Assert.All(constant.Ranks, rank => Assert.InRange(rank, 0, 1));
        Assert.True(constant.Objective >= set.Existence.LeastConstant * (1 - 1e-12));
        Assert.Equal(set.Centroids!.LiftedValue.Total, set.Candidates[0].Objective, 1e-3 * set.Candidates[0].Objective);
    }

    [Fact]
    public void Candidate_OfConstantOutputs_HasTheMeanWhereBiasesAreFree()
    {
        // ½/N·Σ‖y − ȳ‖² = ½(1 − Σ(N_k/N)²) for one-hot targets: all weights are 0 and the last bias is ȳ.
        var specification = new NetworkSpecification(16, [10, 3], hasBias: true, hiddenActivation: Activation.Identity);
        var settings = new ObjectiveSettings { Lambda = 1e-2, LambdaFeatures = 0, Delta = 0.3, Convention = Convention.Mean };
        var set = ForecastSet.Compute(specification, Data, settings);
        Assert.Equal(0.5 * (1 - ((16 + 9 + 9) / 100.0)), set.Candidates[^1].Objective, 1e-6);
    }

    [Fact]
    public void Refinement_ReachesWhatIsAsked()
    {
        var set = ForecastSet.Compute(Specification, Data, new ObjectiveSettings { Lambda = 1e-2, Convention = Convention.Mean, Delta = 0.5 }, refineTo: 1e-8);
        Assert.InRange(set.Refinement!.Gradient.Relative, 0, 1e-8);
    }

    [Fact]
    public void Refinement_WithoutClasses_IsRefused()
    {
        var regression = new DataSet("regression", Data.Inputs, Data.Targets, []);
        var error = Assert.Throws<InvalidInputException>(() => ForecastSet.Compute(Specification, regression, new ObjectiveSettings(), refineTo: 1e-8));
        Assert.Contains("no labels", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.PositiveInfinity)]
    public void Refinement_ToNoTolerance_IsRefused(double tolerance)
    {
        var error = Assert.Throws<InvalidInputException>(() => ForecastSet.Compute(Specification, Data, new ObjectiveSettings(), refineTo: tolerance));
        Assert.Contains("refine", error.Message);
    }

    [Fact]
    public void Settings_WithoutAnyForecast_AreRefused() =>
        Assert.Throws<InvalidInputException>(() => ForecastSet.Compute(Specification, Data, new ObjectiveSettings { Lambda = 0, LambdaFeatures = 0 }));
}
