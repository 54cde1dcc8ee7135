using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Paths;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Paths;

public sealed class CollapsePathTests
{
    internal static (FeatureProblem Problem, Matrix[] Start)? Draw(RandomStream stream, int largest)
    {
        // Mostly small, because large instances take long.
        int samples = 2 + (int)((largest - 1) * Math.Pow(stream.NextUniform(), 3)), classes = 1 + stream.NextInteger(Math.Min(3, samples)), depth = 2 + stream.NextInteger(3);
        FeatureProblem problem = Square(stream, depth, samples, classes, Activation.Parse(stream.NextInteger(2) == 0 ? "asinh" : "identity"));
        Matrix[] start = Interpolating(problem, stream);

        // Almost every start has full rank; those close to the exceptions lose the digits that the assertions ask for.
        bool isSound = Enumerable.Range(1, depth - 1).All(l => NumericalRank.Of(start[l], 3e-3) == samples);
        return isSound ? (problem, start) : null;
    }

    private static readonly CollapsePathOptions Quick = new() { SamplesPerLayer = 24 };

    [Fact]
    public void Path_FromRandomInterpolatingStarts_DescendsToACollapsedGlobalMinimum()
    {
        int drawn = 0;
        Seeds.Sample(
            seed =>
            {
                if (Draw(Stream(seed), 40) is not { } instance) return true;
                Interlocked.Increment(ref drawn);
                var path = CollapsePath.Compute(instance.Problem, instance.Start, Quick);
                return path.IsMonotone && path.ReachesMinimum && path.EndIsCollapsed && path.OrthogonalityError <= 1e-12
                    && path.UnmetHypotheses.Count == 0 && path.StartCost >= path.EndCost;
            },
            iter: 500);
        Assert.True(drawn >= 200, $"{drawn} instances");
    }

    [Fact]
    public void Cost_AlongThePath_IsTheRepresentationCostOfItsFeatures()
    {
        int drawn = 0;
        Seeds.Sample(
            seed =>
            {
                if (Draw(Stream(seed), 12) is not { } instance) return true;
                Interlocked.Increment(ref drawn);
                (FeatureProblem problem, Matrix[] start) = instance;
                var path = CollapsePath.Compute(problem, start, Quick);
                foreach (double time in new[] { 0, 0.13, 0.41, 0.5, 0.77, 1 })
                {
                    (IReadOnlyList<Matrix> features, double cost) = path.At(time);
                    if (path.RankDrops.Any(d => Math.Abs(d.Time - time) < 1e-3)) continue;
                    var found = RepresentationCost.OfFeatures(problem, features, new RepresentationCostOptions { Tolerance = 1e-5 });
                    if (found.Reason is { } reason && reason.Contains("rank", StringComparison.Ordinal)) continue;
                    if (Math.Abs(found.Value - cost) > 1e-4 * cost) return false;
                    if (!FeatureConstraints.Check(problem, features, 1, 1e-5).Layers.All(l => l.LargestRatio <= path.Constants[l.Layer - 1] * (1 + 1e-5))) return false;
                }
                return true;
            },
            iter: 500);
        Assert.True(drawn >= 200, $"{drawn} instances");
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
    public void Discretization_OfAnyStepSize_NeverGrowsAndEndsAtTheMinimum()
    {
        int drawn = 0;
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                if (Draw(stream, 40) is not { } instance) return true;
                Interlocked.Increment(ref drawn);
                var path = CollapsePath.Compute(instance.Problem, instance.Start, Quick);
                int count = 2 + stream.NextInteger(40);
                IReadOnlyList<PathSample> points = path.Discretize(count);
                return points.Count == count && points[0].Time == 0 && points[^1].Time == 1
                    && points.Zip(points.Skip(1)).All(p => p.Second.Cost <= p.First.Cost * (1 + 1e-12) && p.Second.Time > p.First.Time)
                    && Math.Abs(points[^1].Cost - path.Minimum) <= 1e-8 * path.Minimum;
            },
            iter: 500);
        Assert.True(drawn >= 200, $"{drawn} instances");
    }

    [Fact]
    public void Path_OfFortySamples_Descends()
    {
        RandomStream stream = Stream(12);
        FeatureProblem problem = Square(stream, 4, 40, 4, Activation.Parse("asinh"));
        var path = CollapsePath.Compute(problem, Interpolating(problem, stream));
        Assert.True(path.IsMonotone && path.ReachesMinimum && path.EndIsCollapsed);
        Assert.True(path.OrthogonalityError <= 1e-12);
    }

    [Fact]
    public void Path_OfTanhLayers_LeavesItsRangeFromLargeFeaturesAndNotFromSmallOnes()
    {
        RandomStream stream = Stream(21);
        FeatureProblem problem = Square(stream, 4, 30, 3, Activation.Tanh);
        var network = new Network(problem.Specification);
        Initialization.Initialize(network, InitializationScheme.Orthogonal, 1);
        var error = Assert.Throws<InvalidInputException>(() => CollapsePath.Compute(problem, CollapsePath.InterpolatingStart(problem, network, 60)));
        Assert.Contains("scale", error.Message);
        var path = CollapsePath.Compute(problem, CollapsePath.InterpolatingStart(problem, network, 0.1));
        Assert.True(path.IsMonotone && path.ReachesMinimum && path.EndIsCollapsed);
        Assert.Contains(path.UnmetHypotheses, h => h.Contains("onto R", StringComparison.Ordinal));
        Assert.Throws<InvalidInputException>(() => CollapsePath.InterpolatingStart(problem, network, 0));

        // Left to itself the start is halved until its path stays inside.
        network.Weights(1).Scaled(60).CopyTo(network.Weights(1));
        (CollapsePath found, double scale) = CollapsePath.FromNetwork(problem, network);
        Assert.True(found.IsMonotone && found.ReachesMinimum && scale < 1);
        Assert.Throws<InvalidInputException>(() => CollapsePath.FromNetwork(problem, network, 2 * scale));
    }

    [Fact]
    public void RankDrops_AreWhereThePreimageIsSingular()
    {
        int found = 0;
        for (int seed = 0; seed < 2000 && found < 200; seed++)
        {
            RandomStream stream = Stream(seed);
            FeatureProblem problem = Square(stream, 4, 9, 2, Activation.Parse("asinh"));
            var path = CollapsePath.Compute(problem, Interpolating(problem, stream));
            foreach (RankDrop drop in path.RankDrops)
            {
                found++;
                Assert.True(drop.SmallestSingularValue is >= 0 and <= 1e-9, $"seed {seed}: {drop}");
                Assert.Equal(1 / (2 * path.Constants[drop.Layer - 2]), drop.Drop, 1e-12);
                Assert.InRange(drop.Layer, 2, 3);
            }
        }
        Assert.True(found >= 200, $"{found} rank drops");
    }

    [Fact]
    public void Path_OutsideTheHypotheses_NamesTheOneThatFails()
    {
        RandomStream stream = Stream(13);
        FeatureProblem problem = Square(stream, 3, 6, 2, Activation.Parse("asinh"));
        Matrix[] start = Interpolating(problem, stream);
        Assert.Contains("II", Refusal(problem, start, new CollapsePathOptions { Constant = 1e-9 }));
        Matrix[] elsewhere = [.. start];
        elsewhere[3] = start[3].Scaled(2);
        Assert.Contains("Z^L = Y", Refusal(problem, elsewhere));
        Matrix[] deficient = [.. start];
        deficient[1] = new Matrix(6, 6);
        Assert.Contains("full rank", Refusal(problem, deficient));
        FeatureProblem residual = Square(stream, 3, 6, 2, Activation.Tanh, Architecture.Residual);
        Assert.Contains("feedforward", Refusal(residual, Interpolating(residual, stream)));
        var wide = new FeatureProblem(new NetworkSpecification(6, [7, 6, 2]), problem.Data);
        Assert.Contains("widths", Refusal(wide, Interpolating(wide, stream)));
        FeatureProblem kinked = Square(stream, 3, 6, 2, Activation.Parse("leaky-relu(0.2)"));
        Assert.Contains(CollapsePath.Compute(kinked, Interpolating(kinked, stream)).UnmetHypotheses, h => h.Contains("analytic", StringComparison.Ordinal));

        static string Refusal(FeatureProblem problem, Matrix[] start, CollapsePathOptions? options = null) =>
            Assert.Throws<InvalidInputException>(() => CollapsePath.Compute(problem, start, options)).Message;
    }
}
