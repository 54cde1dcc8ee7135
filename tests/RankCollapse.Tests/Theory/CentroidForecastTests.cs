using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory;
using RankCollapse.Training;

namespace RankCollapse.Tests.Theory;

public sealed class CentroidForecastTests
{
    private static readonly CentroidForecastOptions Precise = new() { GradientTolerance = 1e-10, MaxSteps = 1000 };

    [Theory]
    [InlineData("tanh", Architecture.Feedforward, Loss.Squared, false)]
    [InlineData("tanh", Architecture.Residual, Loss.Squared, true)]
    [InlineData("asinh", Architecture.Feedforward, Loss.CrossEntropy, true)]
    public void LiftedNetwork_OfAFreeFirstLayer_IsAStationaryPointOfTheFullProblemWithTheForecastSpectra(string activation, Architecture architecture, Loss loss, bool hasBias)
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

        // The full problem has its minimum below, because Z^1 need not collapse there.
        CentroidRefinement refined = found.Refine(1e-9);
        Assert.InRange(refined.Gradient.Relative, 0, 1e-9);
        Assert.InRange(refined.Value.Total, 0.9 * found.Forecast.Objective, found.Forecast.Objective);
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
            for (int k = 0; k < 3; k++) Assert.Equal(expected.Layers[l].FeatureSingularValues[k], found.Layers[l].FeatureSingularValues[k], 1e-4 * expected.Layers[l].FeatureSingularValues[k]);
            Assert.Equal(expected.Layers[l].WeightSingularValues is null, found.Layers[l].WeightSingularValues is null);
        }
    }

    [Fact]
    public void RecursionStart_IsNoWorseThanOrthogonalStarts()
    {
        DataSet data = Classes(16, [5, 4, 3], 6);
        var specification = new NetworkSpecification(16, [8, 8, 3]);
        var settings = new ObjectiveSettings { Lambda = 1e-3, Delta = 0.1 };
        CentroidForecastOptions options = Precise with { GradientTolerance = 1e-8 };
        double one = CentroidForecast.Compute(specification, data, settings, options).Forecast.Objective;
        double many = CentroidForecast.Compute(specification, data, settings, options with { Starts = 4 }).Forecast.Objective;
        Assert.InRange(one, many, many * (1 + 1e-6));
    }

    [Fact]
    public void Problems_WithoutClassesOrThatCannotCollapse_AreRefusedOrNamed()
    {
        DataSet data = Classes(2, [5, 4, 3], 7);
        var specification = new NetworkSpecification(2, [5, 3]);
        CentroidForecast found = CentroidForecast.Compute(specification, data, new ObjectiveSettings { Lambda = 1e-2 });
        Assert.Contains(found.Forecast.UnmetHypotheses, hypothesis => hypothesis.Contains("row space", StringComparison.Ordinal));
        Assert.Throws<InvalidInputException>(() => CentroidForecast.Compute(specification, data, new ObjectiveSettings { Lambda = 1e-2, Delta = 1 }));
        Assert.Throws<InvalidInputException>(() => CentroidForecast.Compute(specification, new DataSet("regression", data.Inputs, data.Targets, []), new ObjectiveSettings()));
    }

    private static void AssertSpectra(CentroidForecast found, NetworkSpecification specification, DataSet data, ObjectiveSettings settings, bool hasFirstWeights)
    {
        var objective = new Objective(specification, data, settings);
        objective.Value(found.Lifted);
        for (int l = 1; l <= specification.Depth; l++)
        {
            AssertValues(found.Forecast.Layers[l - 1].FeatureSingularValues, objective.Features[l]);
            if (l > 1 || hasFirstWeights) AssertValues(found.Forecast.Layers[l - 1].WeightSingularValues!, found.Lifted.Weights(l));
            else Assert.Null(found.Forecast.Layers[0].WeightSingularValues);
        }
    }

    private static void AssertValues(IReadOnlyList<double> expected, Matrix matrix)
    {
        double[] values = SingularValueDecomposition.SingularValues(matrix);
        for (int k = 0; k < values.Length; k++) Assert.Equal(k < expected.Count ? expected[k] : 0, values[k], 2e-6 * values[0]);
    }

    private static DataSet Classes(int dimension, int[] sizes, int seed)
    {
        var stream = new RandomStream(seed, RandomPurpose.Data);
        int[] labels = [.. sizes.SelectMany((size, k) => Enumerable.Repeat(k, size))];
        return DataSet.FromLabels("classes", RandomMatrix.Gaussian(dimension, labels.Length, stream), labels, sizes.Length);
    }
}
