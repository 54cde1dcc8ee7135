using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class MinimumExistenceTests
{
    private static readonly int[] Sizes = [2, 3, 4];

    [Theory]
    [InlineData("asinh", 12, 3, 0, 0, Attainment.NotAttained)]
    [InlineData("identity", 4, 3, 0, 0, Attainment.NotAttained)]
    [InlineData("relu", 4, 3, 0, 0, Attainment.NotAttained)]
    [InlineData("softplus", 12, 3, 0, 0, Attainment.NotAttained)]
    [InlineData("tanh", 12, 2, 0, 0, Attainment.NotAttained)]
    [InlineData("tanh", 12, 3, 0, 0, Attainment.AtConstantsOnly)]
    [InlineData("sigmoid", 12, 4, 0, 0, Attainment.AtConstantsOnly)]
    [InlineData("asinh", 4, 3, 0, 0, Attainment.Undecided)]
    [InlineData("gelu", 12, 3, 0, 0, Attainment.Undecided)]
    [InlineData("tanh", 12, 3, 0, 1e-2, Attainment.Undecided)]
    [InlineData("asinh", 12, 3, 0, 1e-2, Attainment.Attained)]
    [InlineData("tanh", 12, 3, 0.1, 0, Attainment.Attained)]
    [InlineData("relu", 4, 3, 1, 0, Attainment.Attained)]
    public void Attainment_FollowsFromSettingsActivationsAndData(
        string activation, int dimension, int depth, double delta, double features, Attainment expected) =>
        Assert.Equal(
            expected,
            MinimumExistence.Decide(Shape(activation, dimension, depth), Classes(dimension, Sizes, 1), Penalties(delta, features)).Attainment);

    [Fact]
    public void PenalisedFeaturesWithoutWeights_HaveNoMinimum() =>
        Assert.Equal(Attainment.NotAttained, MinimumExistence.Decide(
            Shape("tanh", 12, 3), Classes(12, Sizes, 1), new ObjectiveSettings { Lambda = 0, LambdaFeatures = 1e-2 }).Attainment);

    [Theory]
    [InlineData("asinh")]
    [InlineData("tanh")]
    [InlineData("sigmoid")]
    [InlineData("softplus")]
    [InlineData("leaky-relu(0.2)")]
    public void LargerFirstFeaturesAndSmallerSecondWeights_LowerTheObjectiveAtTheSameOutputs(string name)
    {
        DataSet data = Classes(12, Sizes, 2);
        NetworkSpecification shape = Shape(name, 12, 3);
        var network = new Network(shape);
        Initialization.Initialize(network, InitializationScheme.Gaussian, 3);
        var objective = new Objective(shape, data, Penalties(0, 0));
        double before = objective.Value(network).Total;
        Matrix outputs = network.Features(data.Inputs)[^1], first = network.Features(data.Inputs)[1];
        double scale = 1 + (0.5 * (name is "tanh" or "sigmoid" ? (1 / first.AsSpan().ToArray().Max(Math.Abs)) - 1 : 1));
        Matrix wanted = first.Scaled(scale), preimage = new(wanted.Rows, wanted.Columns);
        shape.ActivationOf(1).Inverse(wanted.AsSpan(), preimage.AsSpan());
        Product.Multiply(preimage, PseudoInverse.Compute(data.Inputs).Inverse, network.Weights(1));
        network.Weights(2).Scaled(1 / scale).CopyTo(network.Weights(2));
        Assert.True(Frobenius.RelativeDistance(network.Features(data.Inputs)[^1], outputs) < 1e-8);
        Assert.True(objective.Value(network).Total < before);
    }

    [Theory]
    [InlineData("tanh", 12)]
    [InlineData("tanh", 4)]
    [InlineData("arctan", 12)]
    public void Training_WhereNothingHoldsTheFirstLayer_IsSaidToFindNoMinimum(string activation, int dimension)
    {
        var configuration = new RunConfiguration
        {
            Data = "gaussian-mixture",
            Samples = 9,
            Classes = 3,
            ClassCounts = [2, 3, 4],
            Dimension = dimension,
            Sigma = 0.3,
            Depth = 3,
            Width = [6],
            Activation = activation,
            Convention = Convention.Mean,
            Lambda = 3e-3,
            Delta = 0,
            LambdaFeatures = 0,
            MaxEpochs = 2000,
        };
        using var folder = new TemporaryFolder();
        TrainingRunResult result = TrainingRun.Start(configuration, folder.File("run"));
        Assert.Equal(TrainingStatus.NoMinimum, result.Run.Summary.Status);
    }

    [Fact]
    public void Training_ThatRunsOutOfEpochsOnItsWayToInfinity_DoesNotAdviseMore()
    {
        var configuration = new RunConfiguration
        {
            Data = "gaussian-mixture",
            Samples = 9,
            Classes = 3,
            Dimension = 12,
            Depth = 3,
            Width = [6],
            Activation = "asinh",
            Lambda = 3e-3,
            Delta = 0,
            LambdaFeatures = 0,
            MaxEpochs = 5,
        };
        using var folder = new TemporaryFolder();
        TrainingRunResult result = TrainingRun.Start(configuration, folder.File("run"));
        Assert.Equal(TrainingStatus.MaxEpochs, result.Run.Summary.Status);
        Assert.Contains("There is no minimum", result.Advice!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Forecast_WithoutAMinimum_TabulatesNoCentroidProblem()
    {
        var set = ForecastSet.Compute(Shape("asinh", 12, 3), Classes(12, Sizes, 1), Penalties(0, 0));
        Assert.Null(set.Centroids);
        Assert.Contains(set.Missing, m => m.Source == "centroid problem" && m.Reason.Contains("no minimum", StringComparison.Ordinal));
        Assert.All(set.Forecasts, f => Assert.Contains(f.UnmetHypotheses, h => h.Contains("has a minimum", StringComparison.Ordinal)));
        var bounded = ForecastSet.Compute(Shape("tanh", 12, 3), Classes(12, Sizes, 1), Penalties(0, 0));
        Assert.Null(bounded.Centroids);
    }

    private static ObjectiveSettings Penalties(double delta, double features) =>
        new() { Convention = Convention.Mean, Lambda = 3e-3, Delta = delta, LambdaFeatures = features };

    private static NetworkSpecification Shape(string activation, int dimension, int depth) =>
        new(dimension, [.. Enumerable.Repeat(9, depth - 1), 3], hiddenActivation: Activation.Parse(activation));
}
