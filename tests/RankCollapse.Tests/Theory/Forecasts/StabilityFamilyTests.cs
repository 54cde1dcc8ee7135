using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.RepresentationCosts;
using RankCollapse.Training;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class StabilityFamilyTests
{
    private static readonly double[] Lambdas = [1, 1e2, 1e4, 1e8];

    private static readonly Gen<StabilityFamily> Families =
        from sizes in ClassSizes(3, 3)
        from depth in Gen.Int[2, 5]
        from architecture in Gen.Enum<Architecture>()
        from penalty in Gen.Double[0.02, 0.22]
        from data in Classes(sizes.Sum() + 4, sizes)
        let widths = Enumerable.Repeat(sizes.Sum(), depth - 1).Append(sizes.Length).ToArray()
        let specification = new NetworkSpecification(data.InputDimension, widths, architecture)
        select StabilityFamily.Follow(specification, data, new ObjectiveSettings { Lambda = 0.1, LambdaFeatures = penalty }, [1e-2, 1e-4, 1e-6, 1e-8]);

    /// <summary>Interpolating features, and those of a minimiser for C = ½, with the costs L_λ of (12) for growing λ.</summary>
    private static readonly Gen<(double[] Perturbed, double Limit, double FirstLayer)> Costs =
        from sizes in ClassSizes(2, 3)
        from depth in Gen.Int[2, 4]
        from architecture in Gen.Enum<Architecture>()
        from problem in Squares(sizes, depth, Activation.Parse("asinh"), architecture)
        from features in Gen.OneOf(Interpolations(problem), Gen.Int[0, 1000].Select(seed => Minimizer(problem, seed)))
        let limit = Cost(problem, features, new RepresentationCostOptions())
        let perturbed = Lambdas.Select(lambda => Cost(problem, features, RepresentationCostOptions.OfEquation12(lambda))).ToArray()
        select (perturbed, limit, 2 * (Cost(problem, features, new RepresentationCostOptions { FirstLayer = 1 }) - limit));

    [Fact]
    public void Distances_FromTheLimit_FallWithDelta() =>
        Families.Sample(f => f.Points.Zip(f.Points.Skip(1)).All(p => p.Second.Distances.Max() <= p.First.Distances.Max() + 1e-12), iter: 200);

    [Fact]
    public void Minimizers_TendToThoseWithoutFirstLayerPenalty() => Families.Sample(f => f.Points[^1].Distances.Max() < 1e-3, iter: 200);

    [Fact]
    public void Objectives_FallWithDelta() =>
        Families.Sample(
            f => f.Points.Zip(f.Points.Skip(1)).All(p => p.Second.Forecast.ObjectivePerLambda <= p.First.Forecast.ObjectivePerLambda * (1 + 1e-12)),
            iter: 200);

    [Fact]
    public void Objectives_AreNotBelowTheLimits() =>
        Families.Sample(f => f.Points[^1].Forecast.ObjectivePerLambda >= f.Limit.ObjectivePerLambda * (1 - 1e-12), iter: 200);

    [Fact]
    public void Costs_OfEquation12_FallWithLambda() =>
        Costs.Sample((perturbed, _, _) => perturbed.Zip(perturbed.Skip(1)).All(p => p.Second <= p.First), iter: 200);

    [Fact]
    public void Costs_OfEquation12_AreNotBelowTheLimit() => Costs.Sample((perturbed, limit, _) => perturbed.All(cost => cost >= limit), iter: 200);

    [Fact]
    public void Costs_OfEquation12_TendToTheLimit() =>
        Costs.Sample((perturbed, limit, first) => perturbed[^1] - limit <= 1e-8 * (first + limit), iter: 200);

    [Fact]
    public void Deltas_LeftOut_AreSeven()
    {
        FeatureProblem problem = Square(Stream(1), 3, 6, 2, Activation.Tanh);
        var family = StabilityFamily.Follow(problem.Specification, problem.Data, new ObjectiveSettings());
        Assert.Equal([1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6], family.Points.Select(p => p.Delta));
    }

    [Fact]
    public void Family_OutsideItsHypotheses_IsRefused()
    {
        FeatureProblem problem = Square(Stream(1), 3, 6, 2, Activation.Tanh);
        Refuse(new ObjectiveSettings(), 0);
        Refuse(new ObjectiveSettings { LambdaFeatures = 0 }, 1);
        Refuse(new ObjectiveSettings { Convention = Convention.Equation3 }, 1);

        void Refuse(ObjectiveSettings settings, double delta) =>
            Assert.Throws<InvalidInputException>(() => StabilityFamily.Follow(problem.Specification, problem.Data, settings, [delta]));
    }

    private static Matrix[] Minimizer(FeatureProblem problem, int seed) =>
        [.. GlobalMinimizer.Construct(problem, new GlobalMinimizerOptions { Seed = seed, Constant = 0.5 }).Features];

    private static double Cost(FeatureProblem problem, Matrix[] features, RepresentationCostOptions options) =>
        RepresentationCost.OfFeatures(problem, features, options with { Tolerance = 1e-6 }).Value;
}
