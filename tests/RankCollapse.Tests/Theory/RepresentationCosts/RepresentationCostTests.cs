using System.Numerics.Tensors;
using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.RepresentationCosts;

public sealed class RepresentationCostTests
{
    private static FeatureProblem Smooth(RandomStream stream) =>
        Square(stream, 2 + stream.NextInteger(3), 2 + stream.NextInteger(4), 1 + stream.NextInteger(2), Activation.Parse(stream.NextInteger(2) == 0 ? "asinh" : "identity"), stream.NextInteger(2) == 0 ? Architecture.Feedforward : Architecture.Residual);

    [Fact]
    public void FeaturesAndWeights_AreMappedToEachOtherAndCostTheSame() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                FeatureProblem problem = Smooth(stream);
                Matrix[] features = Interpolating(problem, stream);
                var options = new RepresentationCostOptions { FirstLayer = 0.3, Tolerance = 1e-6 };
                Network network = problem.ToNetwork(features, 1e-6);
                double cost = RepresentationCost.OfFeatures(problem, features, options).Value;
                return double.IsFinite(cost) && Math.Abs(RepresentationCost.OfWeights(problem, network, options) - cost) <= 1e-12 * cost
                    && network.Features(problem.Data.Inputs).Zip(features).All(p => Frobenius.RelativeDistance(p.First, p.Second) < 1e-6);
            },
            iter: 200);

    [Fact]
    public void Gradient_IsThatOfCentralDifferences()
    {
        int drawn = 0;
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                FeatureProblem problem = Smooth(stream);
                Matrix[] features = Interpolating(problem, stream);
                if (features.Skip(1).Take(features.Length - 2).Any(z => NumericalRank.Of(z, 0.05) < z.Columns)) return true;
                Interlocked.Increment(ref drawn);
                var options = new RepresentationCostOptions { FirstLayer = 0.2, Tolerance = 1e-6 };
                Matrix[]? gradient = RepresentationCost.Gradient(problem, features, options, out string? reason);
                if (gradient is null || reason is not null) return false;
                int layer = 1 + stream.NextInteger(problem.Specification.Depth - 1);
                Matrix direction = Gaussian(features[layer].Rows, features[layer].Columns, stream);
                double expected = (Moved(1e-6) - Moved(-1e-6)) / 2e-6;
                double found = TensorPrimitives.Dot<double>(gradient[layer].AsSpan(), direction.AsSpan());
                return Math.Abs(found - expected) <= 1e-5 * (1 + Math.Abs(expected) + RepresentationCost.OfFeatures(problem, features, options).Value);

                double Moved(double step)
                {
                    Matrix[] moved = [.. features];
                    moved[layer] = features[layer].Copy();
                    TensorPrimitives.MultiplyAdd(direction.AsSpan(), step, moved[layer].AsSpan(), moved[layer].AsSpan());
                    return RepresentationCost.OfFeatures(problem, moved, options).Value;
                }
            },
            iter: 500);
        Assert.True(drawn >= 200, $"{drawn} instances");
    }

    [Fact]
    public void Cost_OfPartialSums_AddsUp() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                FeatureProblem problem = Smooth(stream);
                Matrix[] features = Interpolating(problem, stream);
                int depth = problem.Specification.Depth, split = stream.NextInteger(depth);
                double all = Of(0, depth - 1), upper = Of(split, depth - 1), lower = split == 0 ? 0 : Of(0, split - 1);
                double half = RepresentationCost.OfFeatures(problem, features, new RepresentationCostOptions { FirstLayer = 1, Tolerance = 1e-6 }).Value;
                double twelve = RepresentationCost.OfFeatures(problem, features, RepresentationCostOptions.OfEquation12(4) with { Tolerance = 1e-6 }).Value;
                double plain = RepresentationCost.OfFeatures(problem, features, new RepresentationCostOptions { Tolerance = 1e-6 }).Value;
                double first = Of(0, 0) * depth;
                return Math.Abs(all - upper - lower) <= 1e-12 * all && Math.Abs(all - (2 * half / depth)) <= 1e-12 * all
                    && Math.Abs(twelve - (plain + (0.25 * first))) <= 1e-12 * twelve;

                double Of(int from, int to) => RepresentationCost.OfFeatures(problem, features, RepresentationCostOptions.OfRemarkB6(from, to) with { Tolerance = 1e-6 }).Value;
            },
            iter: 200);

    [Fact]
    public void Cost_OutsideItsDomain_IsInfiniteWithTheReason()
    {
        RandomStream stream = Stream(9);
        FeatureProblem problem = Square(stream, 3, 6, 2, Activation.Tanh);
        Matrix[] features = Interpolating(problem, stream);
        Assert.Null(RepresentationCost.OfFeatures(problem, features).Reason);

        Matrix[] elsewhere = [.. features];
        elsewhere[3] = features[3].Scaled(1.01);
        Assert.Contains("differs from Y", RepresentationCost.OfFeatures(problem, elsewhere).Reason);

        Matrix[] outside = [.. features];
        outside[2] = features[2].Scaled(100);
        Assert.Contains("range", RepresentationCost.OfFeatures(problem, outside).Reason);

        Matrix[] deficient = [.. features];
        deficient[1] = Product.Multiply(Gaussian(6, 2, stream), Gaussian(2, 6, stream)).Scaled(0.01);
        var cost = RepresentationCost.OfFeatures(problem, deficient);
        Assert.Equal(double.PositiveInfinity, cost.Value);
        Assert.Contains("not representable", cost.Reason);
        Assert.Null(RepresentationCost.Gradient(problem, deficient, null, out string? reason));
        Assert.Equal(cost.Reason, reason);

        Matrix[] collapsed = [.. GlobalMinimizer.Construct(Square(Stream(2), 3, 6, 2, Activation.Identity)).Features];
        FeatureProblem linear = Square(Stream(2), 3, 6, 2, Activation.Identity);
        Assert.Null(RepresentationCost.Gradient(linear, collapsed, null, out string? jump));
        Assert.Contains("rank 2, below N = 6", jump);
    }

    [Fact]
    public void Gradient_WhereTheInputsDoNotReachAllFeatures_DoesNotExist()
    {
        RandomStream stream = Stream(4);
        var network = new Network(new NetworkSpecification(2, [6, 6, 2], hiddenActivation: Activation.Parse("asinh")));
        for (int i = 0; i < network.Parameters.Length; i++) network.Parameters[i] = stream.NextGaussian();
        Matrix[] features = network.Features(Gaussian(2, 6, stream));
        var problem = new FeatureProblem(network.Specification, new DataSet("wide", features[0], features[^1], []));
        var options = new RepresentationCostOptions { FirstLayer = 0.2, Tolerance = 1e-6 };
        Assert.Null(RepresentationCost.OfFeatures(problem, features, options).Reason);
        Assert.Null(RepresentationCost.Gradient(problem, features, options, out string? reason));
        Assert.Contains("X has rank 2, below N = 6", reason);
    }

    [Fact]
    public void Constraints_ThatFail_AreNamedWithTheirMargins()
    {
        RandomStream stream = Stream(10);
        FeatureProblem problem = Square(stream, 3, 6, 2, Activation.Parse("asinh"));
        Matrix[] features = Interpolating(problem, stream);
        double least = FeatureConstraints.Check(problem, features, 1).LeastConstant;
        Assert.True(FeatureConstraints.Check(problem, features, least * 1.001).AreSatisfied);
        var tight = FeatureConstraints.Check(problem, features, least * 0.5);
        Assert.Contains(tight.Layers.SelectMany(l => l.Violations), v => v.StartsWith("(II)", StringComparison.Ordinal));
        Assert.Equal(-1, tight.Layers.Min(l => l.SingularValueMargin), 1e-9);

        Matrix[] deficient = [.. features];
        deficient[1] = Matrix.FromEntries(6, 6, (_, _) => 0.1);
        var poor = FeatureConstraints.Check(problem, deficient, 1e9);
        Assert.Contains(poor.Layers[0].Violations, v => v.StartsWith("(I)", StringComparison.Ordinal));
        Assert.Contains(poor.Layers[0].Violations, v => v.StartsWith("(III)", StringComparison.Ordinal));
        Assert.Equal(-1, poor.Layers[0].RankMargin);
    }
}
