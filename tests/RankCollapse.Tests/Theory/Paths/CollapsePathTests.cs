using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Paths;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;
using static RankCollapse.Tests.Theory.Paths.PathInstances;

namespace RankCollapse.Tests.Theory.Paths;

public sealed class CollapsePathTests
{
    private static readonly Gen<(CollapsePath Path, IReadOnlyList<PathSample> Points, int Count)> Discretizations =
        Gen.Select(Small, Gen.Int[2, 41]).Select((instance, count) => (instance.Path, instance.Path.Discretize(count), count));

    [Fact]
    public void Cost_AlongThePath_NeverGrows() => Of(12).Sample(p => p.Path.IsMonotone, iter: 200);

    [Fact]
    public void Cost_AtTheEnd_IsTheMinimum() => Small.Sample(p => p.Path.ReachesMinimum, iter: 200);

    [Fact]
    public void Features_AtTheEnd_AreCollapsed() => Small.Sample(p => p.Path.EndIsCollapsed, iter: 200);

    [Fact]
    public void Flows_StayOrthogonal() => Small.Sample(p => p.Path.OrthogonalityError <= 1e-12, iter: 200);

    [Fact]
    public void Path_WithinTheHypotheses_NamesNone() => Small.Sample(p => p.Path.UnmetHypotheses.Count == 0, iter: 200);

    [Fact]
    public void Parts_JoinTheStartAndTheEnd() =>
        Small.Sample(
            p =>
            {
                PathPart[] parts = [.. p.Path.Parts];
                double[] costs = [p.Path.StartCost, .. parts.Select(part => part.EndCost)];
                return costs[^1] == p.Path.EndCost && parts.Select(part => part.StartCost).SequenceEqual(costs.SkipLast(1));
            },
            iter: 200);

    [Fact]
    public void Cost_AlongThePath_IsTheRepresentationCostOfItsFeatures() =>
        Gen.Select(Small, Gen.Double.Unit).Sample(
            (instance, time) =>
            {
                (IReadOnlyList<Matrix> features, double cost, _, _) = instance.Path.At(time);
                var found = RepresentationCost.OfFeatures(instance.Problem, features, new RepresentationCostOptions { Tolerance = 1e-5 });
                bool isAtJump = instance.Path.RankDrops.Any(d => Math.Abs(d.Time - time) < 1e-3);
                return isAtJump || found.Reason?.Contains("rank", StringComparison.Ordinal) == true || Math.Abs(found.Value - cost) <= 1e-4 * cost;
            },
            iter: 300);

    [Fact]
    public void Features_AlongThePath_SatisfyTheSecondConstraint() =>
        Gen.Select(Small, Gen.Double.Unit).Sample(
            (instance, time) => instance.Path.RankDrops.Any(d => Math.Abs(d.Time - time) < 1e-3)
                || FeatureConstraints.Check(instance.Problem, instance.Path.At(time).Features, 1, 1e-5).Layers
                    .All(l => l.LargestRatio <= instance.Path.Constants[l.Layer - 1] * (1 + 1e-5)),
            iter: 300);

    [Fact]
    public void Discretization_HasTheCountThatWasAsked() => Discretizations.Sample(d => d.Points.Count == d.Count, iter: 200);

    [Fact]
    public void Discretization_GoesFromZeroToOne() => Discretizations.Sample(d => d.Points[0].Time == 0 && d.Points[^1].Time == 1, iter: 200);

    [Fact]
    public void Discretization_MovesForward() => Discretizations.Sample(d => d.Points.Zip(d.Points.Skip(1)).All(p => p.Second.Time > p.First.Time), iter: 200);

    [Fact]
    public void Cost_OfADiscretization_NeverGrows() =>
        Discretizations.Sample(
            d => d.Points.Zip(d.Points.Skip(1)).All(p => p.Second.Cost - p.First.Cost <= p.First.Error + p.Second.Error + (1e-12 * p.First.Cost)),
            iter: 200);

    [Fact]
    public void Cost_AtTheEndOfADiscretization_IsTheMinimum() =>
        Discretizations.Sample(d => Math.Abs(d.Points[^1].Cost - d.Path.Minimum) <= 1e-8 * d.Path.Minimum, iter: 200);

    [Fact]
    public void Features_AlongThePath_LieInTheConstraints() => Small.Sample(p => p.Path.IsInConstraints, iter: 200);

    [Fact]
    public void Cost_ComputedFromTheFeatures_IsThatOfThePathsFormulas() =>
        Small.Sample(
            p =>
            {
                // ½‖A·B⁺‖² = rank/(2C) of the layers that stay: all but the moving one, and those after it.
                double[] constants = [.. p.Path.Constants];
                return p.Path.Samples.SkipLast(1).Where(s => s.Layer == constants.Length).All(s =>
                {
                    double others = constants.SkipLast(1).Sum(c => p.Problem.Data.SampleCount / (2 * c));
                    return Math.Abs(s.Cost - others - s.MovingCost) <= s.Error + (1e-10 * s.Cost);
                });
            },
            iter: 200);

    [Fact]
    public void State_AtARankDrop_HasTheLowerCostAndTheLimit()
    {
        int found = 0;
        for (int seed = 0; seed < 60 && found == 0; seed++)
        {
            RandomStream stream = Stream(seed);
            FeatureProblem problem = Square(stream, 4, 7, 2, Activation.Parse("asinh"));
            var path = CollapsePath.Compute(problem, Interpolating(problem, stream));
            foreach (RankDrop drop in path.RankDrops)
            {
                found++;
                PathState at = path.At(drop.Time), before = path.At(drop.Time - 1e-6);
                Assert.Equal(drop.Cost - drop.Drop, at.Cost, 1e-12 * drop.Cost);
                Assert.Equal(drop.Cost, at.Limit, 1e-12 * drop.Cost);
                Assert.Equal(at.Limit, before.Cost, 1e-3 * at.Limit);
            }
            Assert.Equal(path.LimitAtEnd, path.At(1).Limit);
            Assert.Equal(path.Minimum, path.At(1).Cost, 1e-8 * path.Minimum);
        }
        Assert.True(found > 0);
    }

    [Fact]
    public void Path_WhoseFeaturesOverflow_IsRefusedWithTimeAndLayerAndFollowedFromASmallerStart()
    {
        (FeatureProblem problem, Network network) = Unbalanced();
        var error = Assert.Throws<InvalidInputException>(() => CollapsePath.FromNetwork(problem, network, 1));
        Assert.Matches(@"At t = 0\.\d+, while layer \d moves, .*Z\^?\d|At t = 0\.\d+, while layer \d moves, .*Layer \d", error.Message);
        (CollapsePath path, double scale) = CollapsePath.FromNetwork(problem, network);
        Assert.True(scale < 1);
        Assert.True(path.Holds);
        Assert.True(path.LargestError <= 1e-3);
        foreach (RankDrop drop in path.RankDrops) Assert.True(path.At(drop.Time).Cost < path.At(drop.Time).Limit);
    }

    [Fact]
    public void Path_IsContinuousAwayFromItsEnd()
    {
        RandomStream stream = Stream(4);
        FeatureProblem problem = Square(stream, 4, 7, 2, Activation.Parse("asinh"));
        var path = CollapsePath.Compute(problem, Interpolating(problem, stream));
        foreach (double time in new[] { 1.0 / 6, 1.0 / 3, 0.5, 2.0 / 3, 5.0 / 6, 0.4321 })
        {
            IReadOnlyList<Matrix> before = path.At(time - 1e-10).Features, after = path.At(time + 1e-10).Features;
            for (int l = 1; l <= 4; l++) Assert.True(Frobenius.RelativeDistance(before[l], after[l]) < 1e-5, $"layer {l} at {time}");
        }
        IReadOnlyList<Matrix> end = path.At(1).Features, nearly = path.At(1 - 1e-9).Features;
        for (int l = 1; l <= 4; l++) Assert.True(Frobenius.RelativeDistance(nearly[l], end[l]) < 1e-5, $"layer {l} at the end");
        Assert.All(end.Skip(1), z => Assert.Equal(2, NumericalRank.Of(z)));
        Assert.All(nearly.Skip(1).Take(3), z => Assert.Equal(7, NumericalRank.Of(z, 1e-13)));
    }

    [Fact]
    public void Path_OfFortySamples_HoldsWhatTheTheoremSays()
    {
        RandomStream stream = Stream(12);
        FeatureProblem problem = Square(stream, 4, 40, 4, Activation.Parse("asinh"));
        var path = CollapsePath.Compute(problem, Interpolating(problem, stream));
        Assert.True(path.Holds);
        Assert.True(path.OrthogonalityError <= 1e-12);
    }

    [Fact]
    public void Path_OfTanhLayers_LeavesItsRangeFromLargeFeaturesAndNotFromSmallOnes()
    {
        (FeatureProblem problem, Network network) = TanhLayers();
        var error = Assert.Throws<InvalidInputException>(() => CollapsePath.Compute(problem, CollapsePath.InterpolatingStart(problem, network, 60)));
        Assert.Contains("scale", error.Message);
        var path = CollapsePath.Compute(problem, CollapsePath.InterpolatingStart(problem, network, 0.1));
        Assert.True(path.Holds);
        Assert.Contains(path.UnmetHypotheses, h => h.Contains("onto R", StringComparison.Ordinal));
        Assert.Throws<InvalidInputException>(() => CollapsePath.InterpolatingStart(problem, network, 0));
    }

    [Fact]
    public void Scale_LeftToItself_IsHalvedUntilThePathStaysInRange()
    {
        (FeatureProblem problem, Network network) = TanhLayers();
        network.Weights(1).Scaled(60).CopyTo(network.Weights(1));
        (CollapsePath found, double scale) = CollapsePath.FromNetwork(problem, network);
        Assert.True(found.Holds && scale < 1);
        Assert.Throws<InvalidInputException>(() => CollapsePath.FromNetwork(problem, network, 2 * scale));
    }

    [Fact]
    public void Constant_BelowTheLeast_IsRefused()
    {
        FeatureProblem problem = Square(Stream(13), 3, 6, 2, Activation.Parse("asinh"));
        Matrix[] start = Interpolating(problem, Stream(14));
        var options = new CollapsePathOptions { Constant = 1e-9 };
        Assert.Contains("(II)", Assert.Throws<InvalidInputException>(() => CollapsePath.Compute(problem, start, options)).Message);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Time_OutsideThePath_IsRefused(double time)
    {
        FeatureProblem problem = Square(Stream(1), 2, 3, 2, Activation.Identity);
        var path = CollapsePath.Compute(problem, Interpolating(problem, Stream(2)));
        Assert.Throws<InvalidInputException>(() => path.At(time));
    }

    /// <summary>Gaussian weights of five layers of asinh, and classes of 1, 2, 4 and 7 samples: without a smaller start features would reach e^500.</summary>
    private static (FeatureProblem Problem, Network Network) Unbalanced()
    {
        DataSet data = Classes(20, [1, 2, 4, 7], 0);
        var problem = new FeatureProblem(new NetworkSpecification(20, [14, 14, 14, 14, 4], hiddenActivation: Activation.Parse("asinh")), data);
        var network = new Network(problem.Specification);
        Initialization.Initialize(network, InitializationScheme.Gaussian, 0);
        return (problem, network);
    }

    private static (FeatureProblem Problem, Network Network) TanhLayers()
    {
        FeatureProblem problem = Square(Stream(21), 4, 30, 3, Activation.Tanh);
        var network = new Network(problem.Specification);
        Initialization.Initialize(network, InitializationScheme.Orthogonal, 1);
        return (problem, network);
    }
}
