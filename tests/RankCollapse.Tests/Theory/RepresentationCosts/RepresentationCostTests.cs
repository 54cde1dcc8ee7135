using System.Numerics.Tensors;
using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.RepresentationCosts;

public sealed class RepresentationCostTests
{
    private const double Tolerance = 1e-6;

    private static readonly Gen<(FeatureProblem Problem, Matrix[] Features)> Interpolating =
        from sizes in ClassSizes(2, 3)
        from depth in Gen.Int[2, 4]
        from activation in Analytic
        from architecture in Gen.Enum<Architecture>()
        from problem in Squares(sizes, depth, activation, architecture)
        from features in Interpolations(problem)
        select (problem, features);

    [Fact]
    public void Cost_OfFeatures_IsThatOfTheirWeights() =>
        Interpolating.Sample(
            (problem, features) =>
            {
                var options = new RepresentationCostOptions { FirstLayer = 0.3, Tolerance = Tolerance };
                double cost = RepresentationCost.OfFeatures(problem, features, options).Value;
                return Math.Abs(RepresentationCost.OfWeights(problem, problem.ToNetwork(features, Tolerance), options) - cost) <= 1e-12 * cost;
            },
            iter: 200);

    [Fact]
    public void Gradient_IsThatOfCentralDifferences()
    {
        Gen<(FeatureProblem Problem, Matrix[] Features, int Layer, Matrix Direction)> directions =
            from instance in Interpolating
            from layer in Gen.Int[1, instance.Problem.Specification.Depth - 1]
            from direction in Matrices.OfEntries(instance.Features[layer].Rows, instance.Features[layer].Columns)
            select (instance.Problem, instance.Features, layer, direction);
        directions.Sample(
            d =>
            {
                var options = new RepresentationCostOptions { FirstLayer = 0.2, Tolerance = Tolerance };
                Matrix[] gradient = RepresentationCost.Gradient(d.Problem, d.Features, options, out _)!;
                double cost = RepresentationCost.OfFeatures(d.Problem, d.Features, options).Value, step = 1e-6 / (1 + Math.Sqrt(cost));
                double expected = (Moved(step) - Moved(-step)) / (2 * step);
                double found = TensorPrimitives.Dot<double>(gradient[d.Layer].AsSpan(), d.Direction.AsSpan());
                return Math.Abs(found - expected) <= 1e-5 * (1 + Math.Abs(expected) + cost);

                double Moved(double by)
                {
                    Matrix[] moved = [.. d.Features];
                    moved[d.Layer] = d.Features[d.Layer].Copy();
                    TensorPrimitives.MultiplyAdd(d.Direction.AsSpan(), by, moved[d.Layer].AsSpan(), moved[d.Layer].AsSpan());
                    return RepresentationCost.OfFeatures(d.Problem, moved, options).Value;
                }
            },
            iter: 300);
    }

    [Fact]
    public void PartsOfRemarkB6_AddUpToTheWhole() =>
        Gen.Select(Interpolating, Gen.Double.Unit).Sample(
            (instance, share) =>
            {
                int depth = instance.Problem.Specification.Depth, split = 1 + (int)(share * (depth - 1));
                double all = Part(instance, 0, depth - 1);
                return Math.Abs(all - Part(instance, 0, split - 1) - Part(instance, split, depth - 1)) <= 1e-12 * all;
            },
            iter: 200);

    [Fact]
    public void SumOfRemarkB6_IsTwiceTheCostOverTheDepth() =>
        Interpolating.Sample(
            (problem, features) =>
            {
                int depth = problem.Specification.Depth;
                double all = Part((problem, features), 0, depth - 1);
                double cost = RepresentationCost.OfFeatures(problem, features, new RepresentationCostOptions { FirstLayer = 1, Tolerance = Tolerance }).Value;
                return Math.Abs(all - (2 * cost / depth)) <= 1e-12 * all;
            },
            iter: 200);

    [Fact]
    public void CostOfEquation12_AddsTheFirstLayerOverLambda() =>
        Interpolating.Sample(
            (problem, features) =>
            {
                double found = RepresentationCost.OfFeatures(problem, features, RepresentationCostOptions.OfEquation12(4) with { Tolerance = Tolerance }).Value;
                double plain = RepresentationCost.OfFeatures(problem, features, new RepresentationCostOptions { Tolerance = Tolerance }).Value;
                double first = Part((problem, features), 0, 0) * problem.Specification.Depth;
                return Math.Abs(found - (plain + (0.25 * first))) <= 1e-12 * found;
            },
            iter: 200);

    [Fact]
    public void Cost_OutsideItsDomain_IsInfiniteWithTheReason()
    {
        RandomStream stream = Stream(9);
        FeatureProblem problem = Square(stream, 3, 6, 2, Activation.Tanh);
        Matrix[] features = Instances.Interpolating(problem, stream);
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
    }

    [Fact]
    public void Gradient_AtCollapsedFeatures_DoesNotExist()
    {
        FeatureProblem linear = Square(Stream(2), 3, 6, 2, Activation.Identity);
        Assert.Null(RepresentationCost.Gradient(linear, GlobalMinimizer.Construct(linear).Features, null, out string? reason));
        Assert.Contains("rank 2, below N = 6", reason);
    }

    [Fact]
    public void Gradient_WhereTheInputsDoNotReachAllFeatures_DoesNotExist()
    {
        RandomStream stream = Stream(4);
        var network = new Network(new NetworkSpecification(2, [6, 6, 2], hiddenActivation: Activation.Parse("asinh")));
        for (int i = 0; i < network.Parameters.Length; i++) network.Parameters[i] = stream.NextGaussian();
        Matrix[] features = network.Features(Gaussian(2, 6, stream));
        var problem = new FeatureProblem(network.Specification, new DataSet("wide", features[0], features[^1], []));
        var options = new RepresentationCostOptions { FirstLayer = 0.2, Tolerance = Tolerance };
        Assert.Null(RepresentationCost.OfFeatures(problem, features, options).Reason);
        Assert.Null(RepresentationCost.Gradient(problem, features, options, out string? reason));
        Assert.Contains("X has rank 2, below N = 6", reason);
    }

    [Fact]
    public void Equation12_WithoutAPositiveLambda_IsRefused() => Assert.Throws<InvalidInputException>(() => RepresentationCostOptions.OfEquation12(0));

    private static double Part((FeatureProblem Problem, Matrix[] Features) instance, int from, int to) =>
        RepresentationCost.OfFeatures(instance.Problem, instance.Features, RepresentationCostOptions.OfRemarkB6(from, to) with { Tolerance = Tolerance }).Value;
}
