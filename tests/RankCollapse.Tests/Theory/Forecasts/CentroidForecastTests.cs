using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class CentroidForecastTests
{
    private static readonly CentroidForecastOptions Precise = new() { GradientTolerance = 1e-10, MaxSteps = 1000 };

    [Theory]
    [InlineData("tanh", Architecture.Feedforward, Loss.Squared, false)]
    [InlineData("tanh", Architecture.Residual, Loss.Squared, true)]
    [InlineData("asinh", Architecture.Feedforward, Loss.CrossEntropy, true)]
    public void LiftedNetwork_OfAFreeFirstLayer_IsAStationaryPointOfTheFullProblemWithTheForecastSpectra(
        string activation, Architecture architecture, Loss loss, bool hasBias)
    {
        DataSet data = Classes(20, [6, 4, 3], 3);
        var specification = new NetworkSpecification(20, [8, 8, 8, 3], architecture, hasBias, Activation.Parse(activation));
        var settings = new ObjectiveSettings { Loss = loss, Lambda = 0.02, LambdaFeatures = 0.05 };
        CentroidForecast found = CentroidForecast.Compute(specification, data, settings, Precise);
        Assert.InRange(found.RelativeGradient, 0, 1e-10);
        Assert.Empty(found.Forecast.UnmetHypotheses);
        Assert.Equal(found.Forecast.Objective, found.LiftedValue.Total, 1e-12 * found.LiftedValue.Total);

        // ∇_{W_1} is E·Sᵀ·(…)·Xᵀ: what is 0 for the classes is 0 for the samples.
        Assert.InRange(found.LiftedGradient.Relative, 0, 1e-8);
        AssertSpectra(found, specification, data, settings, hasFirstWeights: false);
    }

    [Fact]
    public void LiftedNetwork_OfAPenalisedFirstLayer_HasTheForecastObjectiveAndSpectra()
    {
        DataSet data = Classes(20, [6, 4, 3], 4);
        var specification = new NetworkSpecification(20, [8, 8, 3]);
        var settings = new ObjectiveSettings { Convention = Convention.Mean, Lambda = 1e-2, Delta = 0.5 };
        CentroidForecast found = CentroidForecast.Compute(specification, data, settings, Precise);
        Assert.Equal(found.Forecast.Objective, found.LiftedValue.Total, 1e-11 * found.LiftedValue.Total);
        AssertSpectra(found, specification, data, settings, hasFirstWeights: true);

        // It is the objective of a network, and so an upper bound.
        CentroidRefinement refined = found.Refine(1e-9);
        Assert.InRange(refined.Gradient.Relative, 0, 1e-9);
        Assert.InRange(refined.Value.Total, 0.9 * found.Forecast.Objective, found.Forecast.Objective);
    }

    [Theory]
    [InlineData("tanh", Loss.Squared, Architecture.Feedforward, 0.01)]
    [InlineData("asinh", Loss.Squared, Architecture.Residual, 0.01)]
    [InlineData("tanh", Loss.CrossEntropy, Architecture.Feedforward, 0.03)]
    public void Forecast_OfAPenalisedFirstLayer_IsTheMinimumNearIt(string activation, Loss loss, Architecture architecture, double deviation)
    {
        // Neither a collapsed Z^1 nor one that no penalty acts on: within-class spread of a few per cent.
        DataSet data = Classes(40, [6, 4, 5], 4);
        var specification = new NetworkSpecification(40, [8, 8, 3], architecture, hiddenActivation: Activation.Parse(activation));
        var settings = new ObjectiveSettings { Loss = loss, Convention = Convention.Mean, Lambda = 1e-3, Delta = 1 };
        CentroidForecast found = CentroidForecast.Compute(specification, data, settings);
        CentroidRefinement refined = found.Refine(1e-8);
        Assert.InRange(refined.Gradient.Relative, 0, 1e-8);
        Assert.InRange(found.Forecast.Objective, refined.Value.Total, 1.002 * refined.Value.Total);
        var trained = new Objective(specification, data, settings);
        trained.Value(refined.Network);
        for (int l = 1; l <= 3; l++)
        {
            Assert.InRange(found.Forecast.Layers[l - 1].FeatureDistance(SingularValueDecomposition.SingularValues(trained.Features[l]))!.Value, 0, deviation);
            double[] weights = SingularValueDecomposition.SingularValues(refined.Network.Weights(l));
            Assert.InRange(found.Forecast.Layers[l - 1].WeightDistance(weights)!.Value, 0, deviation);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void Forecast_OfALinearNetworkAndSmallLambda_IsThePenalisedRecursion(double delta)
    {
        DataSet data = Classes(20, [4, 4, 4], 5);
        var specification = new NetworkSpecification(20, [7, 6, 5, 3], hiddenActivation: Activation.Identity);
        var settings = new ObjectiveSettings { Lambda = 1e-7, Delta = delta };
        Forecast expected = PenalizedForecast.Compute(specification, data, settings);
        Forecast found = CentroidForecast.Compute(specification, data, settings).Forecast;
        Assert.Equal(expected.ObjectivePerLambda, found.ObjectivePerLambda, 1e-5 * expected.ObjectivePerLambda);
        for (int l = 0; l < 4; l++)
        {
            Assert.Equal(3, found.Layers[l].FeatureSingularValues.Count);
            IReadOnlyList<double> wanted = expected.Layers[l].FeatureSingularValues, values = found.Layers[l].FeatureSingularValues;
            for (int k = 0; k < 3; k++) Assert.Equal(wanted[k], values[k], 1e-4 * wanted[k]);
            Assert.Equal(expected.Layers[l].WeightSingularValues is null, found.Layers[l].WeightSingularValues is null);
        }
    }

    [Fact]
    public void RecursionStarts_LeadAsLowAsOrthogonalOnes()
    {
        DataSet data = Classes(16, [5, 4, 3], 6);
        var specification = new NetworkSpecification(16, [8, 8, 3]);
        var settings = new ObjectiveSettings { Lambda = 1e-3, Delta = 0.1 };
        double lowestOfRecursion = double.PositiveInfinity, lowest = double.PositiveInfinity;
        for (int seed = 0; seed < 3; seed++)
        {
            CentroidForecastOptions options = Precise with { GradientTolerance = 1e-8, Seed = seed, MaxOperations = double.PositiveInfinity };
            double one = CentroidForecast.Compute(specification, data, settings, options).Forecast.Objective;
            double many = CentroidForecast.Compute(specification, data, settings, options with { Starts = 4 }).Forecast.Objective;

            // The first of many starts is the only one of one, to the bit.
            Assert.True(many <= one, $"seed {seed}: {many:R} of many, {one:R} of one");
            (lowestOfRecursion, lowest) = (Math.Min(one, lowestOfRecursion), Math.Min(many, lowest));
        }

        // There are three minima, 7e-6 and 3e-4 of the objective apart, and each seed leads to one of them. At a relative gradient of 1e-8 an end lies above
        // its minimum by a share of the order of 1e-16, and rounding in sums of hundreds of terms is below 1e-13.
        Assert.InRange(lowestOfRecursion, lowest, lowest * (1 + 1e-12));
    }

    [Fact]
    public void Forecast_WithoutWorkLeft_TakesOneStepOfOneStartAndSaysSo()
    {
        DataSet data = Classes(16, [5, 4, 3], 6);
        var specification = new NetworkSpecification(16, [8, 8, 3]);
        CentroidForecastOptions options = Precise with { Starts = 3, MaxOperations = 1 };
        CentroidForecast found = CentroidForecast.Compute(specification, data, new ObjectiveSettings { Lambda = 1e-3 }, options);
        Assert.Equal(1, found.Steps);
        Assert.Contains(found.Forecast.UnmetHypotheses, hypothesis => hypothesis.Contains("stopped at a relative gradient", StringComparison.Ordinal));
    }

    [Fact]
    public void Problems_WithoutClassesOrThatCannotCollapse_AreRefusedOrNamed()
    {
        DataSet data = Classes(2, [5, 4, 3], 7);
        var specification = new NetworkSpecification(2, [5, 3]);
        CentroidForecast found = CentroidForecast.Compute(specification, data, new ObjectiveSettings { Lambda = 1e-2 });
        Assert.Contains(found.Forecast.UnmetHypotheses, hypothesis => hypothesis.Contains("spread", StringComparison.Ordinal));
        Assert.Throws<InvalidInputException>(() => CentroidForecast.Compute(specification, data, new ObjectiveSettings { Lambda = 1e-2, Delta = 1 }));
        var regression = new DataSet("regression", data.Inputs, data.Targets, []);
        Assert.Throws<InvalidInputException>(() => CentroidForecast.Compute(specification, regression, new ObjectiveSettings()));
    }

    private static void AssertSpectra(
        CentroidForecast found, NetworkSpecification specification, DataSet data, ObjectiveSettings settings, bool hasFirstWeights)
    {
        var objective = new Objective(specification, data, settings);
        objective.Value(found.Lifted);
        for (int l = 1; l <= specification.Depth; l++)
        {
            AssertValues(found.Forecast.Layers[l - 1].FeatureSingularValues, objective.Features[l], isCollapsed: !hasFirstWeights);
            IReadOnlyList<double>? weights = found.Forecast.Layers[l - 1].WeightSingularValues;
            if (l > 1 || hasFirstWeights) AssertValues(weights!, found.Lifted.Weights(l), isCollapsed: !hasFirstWeights);
            else Assert.Null(weights);
        }
    }

    private static void AssertValues(IReadOnlyList<double> expected, Matrix matrix, bool isCollapsed)
    {
        double[] values = SingularValueDecomposition.SingularValues(matrix);
        for (int k = 0; k < expected.Count; k++) Assert.Equal(expected[k], values[k], 2e-6 * values[0]);
        if (isCollapsed) Assert.All(values.Skip(expected.Count), value => Assert.InRange(value, 0, Tolerances.NumericalRank * values[0]));
    }
}
