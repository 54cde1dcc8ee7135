using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.RepresentationCosts;
using RankCollapse.Training;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Minimizers;

public sealed class GlobalMinimizerTests
{
    private static bool IsCollapsed(FeatureProblem problem, Matrix features)
    {
        var partition = new Partition(problem.Data.Labels, problem.Data.OutputDimension);
        return ClassCentroids.Compute(features, partition).WithinVariation <= 1e-20 * (1 + Math.Pow(Frobenius.Norm(features), 2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Minimizer_CollapsesLiesInTheConstraintsAndHasTheTheoremsValue(bool isResidual) =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                FeatureProblem problem = isResidual ? Residual(stream) : Pyramid(stream);
                double constant = 0.5 + stream.NextUniform();
                GlobalMinimizer found = GlobalMinimizer.Construct(problem, new GlobalMinimizerOptions { Constant = constant, Seed = seed });
                var cost = RepresentationCost.OfFeatures(problem, found.Features);
                int rank = problem.Data.OutputDimension, depth = problem.Specification.Depth;
                double value = (isResidual ? 1 : depth - 1) * rank / (2 * constant);
                return found.UnmetHypotheses.Count == 0
                    && Math.Abs(found.Value - value) <= 1e-14 * value
                    && Math.Abs(cost.Value - value) <= 1e-9 * value
                    && FeatureConstraints.Check(problem, found.Features, constant).AreSatisfied
                    && found.Features.Skip(1).All(z => IsCollapsed(problem, z))
                    && Math.Abs(RepresentationCost.OfWeights(problem, found.Network!) - value) <= 1e-9 * value
                    && found.Network!.Features(problem.Data.Inputs).Zip(found.Features).All(p => Frobenius.RelativeDistance(p.First, p.Second) < 1e-8);
            },
            iter: 250);

    [Theory]
    [InlineData(Architecture.Feedforward)]
    [InlineData(Architecture.Residual)]
    public void Cost_OfFeaturesWithinTheConstraints_IsNotBelowTheMinimum(Architecture architecture)
    {
        int drawn = 0;
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                int samples = 3 + stream.NextInteger(5), classes = 1 + stream.NextInteger(3);
                FeatureProblem problem = Square(stream, 2 + stream.NextInteger(3), samples, classes, Activation.Parse(OntoReals[stream.NextInteger(3)]), architecture);
                Matrix[] features = Interpolating(problem, stream);

                // Every interpolating configuration lies in S for its own least C.
                double constant = FeatureConstraints.Check(problem, features, 1).LeastConstant;
                var check = FeatureConstraints.Check(problem, features, constant);
                double cost = RepresentationCost.OfFeatures(problem, features).Value;
                if (double.IsFinite(cost)) Interlocked.Increment(ref drawn);
                int terms = architecture == Architecture.Residual ? 1 : problem.Specification.Depth - 1;
                return check.AreSatisfied && cost >= terms * classes / (2 * constant) * (1 - 1e-9);
            },
            iter: 300);
        Assert.True(drawn >= 200, $"{drawn} instances of finite cost");
    }

    [Fact]
    public void Minimizer_OfTanhLayers_NeedsSpreadFactors()
    {
        RandomStream stream = Stream(5);
        FeatureProblem problem = Square(stream, 4, 40, 4, Activation.Tanh);
        GlobalMinimizer spread = GlobalMinimizer.Construct(problem);
        Assert.NotNull(spread.Network);
        Matrix[] canonical = [Matrix.Identity(40), Matrix.Identity(40), Matrix.Identity(40, 4)];
        var error = Assert.Throws<InvalidInputException>(() => GlobalMinimizer.Construct(problem, new GlobalMinimizerOptions { OrthogonalFactors = canonical }));
        Assert.Contains("tanh", error.Message);
        GlobalMinimizer small = GlobalMinimizer.Construct(problem, new GlobalMinimizerOptions { OrthogonalFactors = canonical, Constant = 0.2 });
        Assert.Equal(3 * 4 / 0.4, small.Value, 1e-12);
    }

    [Fact]
    public void Minimizer_OutsideTheHypotheses_SaysWhich()
    {
        RandomStream stream = Stream(6);
        DataSet data = Classes(4, 9, 3, stream);
        var narrow = GlobalMinimizer.Construct(new FeatureProblem(new NetworkSpecification(4, [5, 3, 3], hiddenActivation: Activation.Identity), data));
        Assert.Null(narrow.Network);
        Assert.Contains(narrow.UnmetHypotheses, h => h.StartsWith("n_1 ≥ N", StringComparison.Ordinal));
        Assert.Contains(narrow.UnmetHypotheses, h => h.StartsWith("X reaches Z^1", StringComparison.Ordinal));
        Assert.Throws<InvalidInputException>(() => GlobalMinimizer.Construct(new FeatureProblem(new NetworkSpecification(4, [9, 2, 3]), data)));
        Assert.Throws<InvalidInputException>(() => GlobalMinimizer.Construct(new FeatureProblem(new NetworkSpecification(4, [9, 9, 3], hiddenActivation: Activation.Parse("relu")), data)));
        Assert.Throws<InvalidInputException>(() => GlobalMinimizer.Construct(new FeatureProblem(new NetworkSpecification(4, [9, 9, 3], hiddenActivation: Activation.Parse("softplus")), data)));
        Assert.Throws<InvalidInputException>(() => new FeatureProblem(new NetworkSpecification(4, [9, 3], hasBias: true), data));
    }

    [Fact]
    public void CollapsedForecast_IsTheMinimizersSpectra()
    {
        FeatureProblem problem = Square(Stream(7), 4, 60, 3, Activation.Tanh);
        Forecast forecast = CollapsedForecast.Compute(problem.Specification, problem.Data, new ObjectiveSettings { Lambda = 2e-3 });
        Assert.Contains("features are constrained, not penalised (found μ/λ = 1)", forecast.UnmetHypotheses);
        int[] sizes = [.. problem.Data.Labels.GroupBy(k => k).Select(g => g.Count()).OrderDescending()];
        double features = 0;
        for (int k = 0; k < 3; k++)
        {
            for (int l = 2; l <= 4; l++) Assert.Equal(1, forecast.Layers[l - 1].WeightSingularValues![k], 1e-9);
            Assert.Equal(Math.Sqrt(sizes[k]), forecast.Layers[2].FeatureSingularValues[k], 1e-9);
            features += forecast.Layers.Sum(l => l.FeatureSingularValues[k] * l.FeatureSingularValues[k]);
        }
        Assert.All(forecast.Layers, l => Assert.Equal(3, l.FeatureSingularValues.Count));
        Assert.Equal(4.5 + (0.5 * features), forecast.ObjectivePerLambda, 1e-9);
        Assert.Null(forecast.Layers[0].WeightSingularValues);
    }
}
