using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class PenalizedForecastTests
{
    [Fact]
    public void Objective_OfTenBalancedClassesInTenLayers_IsTheMeasuredNumber()
    {
        DataSet data = Classes(200, [.. Enumerable.Repeat(20, 10)], 1);
        var specification = new NetworkSpecification(200, [.. Enumerable.Repeat(200, 9), 10]);
        Forecast forecast = PenalizedForecast.Compute(specification, data, new ObjectiveSettings { Lambda = 1e-5 });
        Assert.Equal(221.206, forecast.ObjectivePerLambda, 5e-4);
        Assert.Equal(1e-5 * forecast.ObjectivePerLambda, forecast.Objective, 1e-15);
        Assert.Empty(forecast.UnmetHypotheses);
        Assert.Equal(Math.Sqrt(20), forecast.Layers[9].FeatureSingularValues[0], 1e-13);
        Assert.Null(forecast.Layers[0].WeightSingularValues);
    }

    [Fact]
    public void Weights_OfTheMeanConvention_AreThoseThatTrainingApproached()
    {
        DataSet data = Classes(200, [.. Enumerable.Repeat(20, 10)], 2);
        var specification = new NetworkSpecification(200, [.. Enumerable.Repeat(200, 4), 10]);
        Forecast forecast = PenalizedForecast.Compute(specification, data, new ObjectiveSettings { Convention = Convention.Mean });
        double[] expected = [0.675, 0.814, 0.894, 0.954];
        for (int l = 2; l <= 5; l++) Assert.Equal(expected[l - 2], forecast.Layers[l - 1].WeightSingularValues![0], 6e-4);
    }

    [Theory]
    [InlineData(Architecture.Feedforward)]
    [InlineData(Architecture.Residual)]
    public void Forecast_OfUnbalancedClasses_IsTheCoupledChain(Architecture architecture)
    {
        DataSet data = Classes(14, [7, 3, 2], 5);
        var specification = new NetworkSpecification(14, [3, 3, 3, 3], architecture, hiddenActivation: Activation.Identity);
        Forecast forecast = PenalizedForecast.Compute(specification, data, new ObjectiveSettings { Lambda = 1, Delta = 0.7, LambdaFeatures = 0.3 });
        TargetDirections directions = TargetDirections.Of(data);
        var chain = CoupledChain.Solve(4, 0.3, directions.FirstLayerCost.Scaled(0.7), architecture == Architecture.Residual, directions.Values);
        Assert.Equal(chain.Cost, forecast.ObjectivePerLambda, 1e-10);
    }

    [Theory]
    [InlineData(5, 5, 5)]
    [InlineData(9, 4, 2)]
    public void Forecast_WithDelta_TendsToTheOneWithoutAndCostsMore(params int[] sizes)
    {
        DataSet data = Classes(20, sizes, 7);
        var specification = new NetworkSpecification(20, [15, 15, 3]);
        double limit = Of(0).ObjectivePerLambda, last = double.PositiveInfinity;
        foreach (double delta in new[] { 10, 1, 0.1, 1e-3, 1e-6 })
        {
            double found = Of(delta).ObjectivePerLambda;
            Assert.InRange(found, limit, last);
            last = found;
        }
        Assert.Equal(limit, last, 1e-4 * limit);

        Forecast Of(double delta) => PenalizedForecast.Compute(specification, data, new ObjectiveSettings { Lambda = 0.5, Delta = delta });
    }

    [Fact]
    public void Forecast_OutsideItsHypotheses_SaysWhich()
    {
        DataSet data = Classes(4, [5, 5, 5], 7);
        var specification = new NetworkSpecification(4, [2, 15, 3], hasBias: true, hiddenActivation: Activation.Parse("sigmoid"));
        string unmet = string.Join('\n', PenalizedForecast.Compute(specification, data, new ObjectiveSettings()).UnmetHypotheses);
        Assert.Contains("no biases", unmet);
        Assert.Contains("sigmoid", unmet);
        Assert.Contains("rank(Y) = 3", unmet);
        Assert.Contains("row space of X", unmet);
    }

    /// <summary>Features of one sign cost a unit with a kink nothing on its other side, so that minima lie below the recursion's.</summary>
    [Theory]
    [InlineData("relu", "0 to the left and 1 to the right")]
    [InlineData("leaky-relu(0.01)", "0.01 to the left and 1 to the right")]
    [InlineData("selu", "1.76 to the left and 1.05 to the right")]
    public void Kinks_AreOutsideItsHypotheses(string activation, string slopes)
    {
        DataSet data = Classes(20, [5, 5, 5], 7);
        var specification = new NetworkSpecification(20, [15, 15, 3], hiddenActivation: Activation.Parse(activation));
        Forecast forecast = PenalizedForecast.Compute(specification, data, new ObjectiveSettings { Delta = 1 });
        Assert.Contains(slopes, Assert.Single(forecast.UnmetHypotheses), StringComparison.Ordinal);
    }

    [Fact]
    public void Objective_WithoutAMinimum_IsRefused()
    {
        DataSet data = Classes(4, [5, 5, 5], 7);
        var specification = new NetworkSpecification(4, [2, 15, 3]);
        Refuse(new ObjectiveSettings { Loss = Loss.CrossEntropy });
        Refuse(new ObjectiveSettings { LambdaFeatures = 0 });
        Refuse(new ObjectiveSettings { Lambda = 0 });

        void Refuse(ObjectiveSettings settings) => Assert.Throws<InvalidInputException>(() => PenalizedForecast.Compute(specification, data, settings));
    }
}
