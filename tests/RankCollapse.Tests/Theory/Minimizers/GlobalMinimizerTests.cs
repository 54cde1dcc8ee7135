using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Minimizers;

public sealed class GlobalMinimizerTests
{
    /// <summary>A problem within the hypotheses, C, and the minimiser for a seed of factors.</summary>
    private static readonly Gen<(FeatureProblem Problem, double Constant, GlobalMinimizer Found)> Minimizers =
        Gen.Select(Gen.OneOf(Pyramids, Residuals), Gen.Double[0.5, 1.5], Gen.Int[0, 1000]).Select((problem, constant, seed) =>
            (problem, constant, GlobalMinimizer.Construct(problem, new GlobalMinimizerOptions { Constant = constant, Seed = seed })));

    [Fact]
    public void Minimizer_WithinTheHypotheses_NamesNone() => Minimizers.Sample(m => m.Found.UnmetHypotheses.Count == 0, iter: 500);

    [Fact]
    public void Value_IsThatOfTheTheorems() =>
        Minimizers.Sample(m => Math.Abs(m.Found.Value - TheoremsValue(m.Problem, m.Constant)) <= 1e-14 * m.Found.Value, iter: 500);

    [Fact]
    public void Cost_OfTheFeatures_IsTheValue() =>
        Minimizers.Sample(m => Math.Abs(RepresentationCost.OfFeatures(m.Problem, m.Found.Features).Value - m.Found.Value) <= 1e-9 * m.Found.Value, iter: 500);

    [Fact]
    public void Features_LieInTheConstraints() =>
        Minimizers.Sample(m => FeatureConstraints.Check(m.Problem, m.Found.Features, m.Constant).AreSatisfied, iter: 500);

    [Fact]
    public void Features_OfEveryLayer_AreCollapsed() =>
        Minimizers.Sample(
            m =>
            {
                var partition = new Partition(m.Problem.Data.Labels, m.Problem.Data.OutputDimension);
                return m.Found.Features.Skip(1).All(z =>
                    ClassCentroids.Compute(z, partition).WithinVariation <= 1e-20 * (1 + Math.Pow(Frobenius.Norm(z), 2)));
            },
            iter: 500);

    [Fact]
    public void Cost_OfTheNetwork_IsTheValue() =>
        Minimizers.Sample(m => Math.Abs(RepresentationCost.OfWeights(m.Problem, m.Found.RequireNetwork()) - m.Found.Value) <= 1e-9 * m.Found.Value, iter: 500);

    [Fact]
    public void Network_HasTheFeatures() =>
        Minimizers.Sample(
            m => m.Found.RequireNetwork().Features(m.Problem.Data.Inputs).Zip(m.Found.Features).All(p => Frobenius.RelativeDistance(p.First, p.Second) < 1e-8),
            iter: 500);

    [Fact]
    public void Cost_OfFeaturesWithinTheConstraints_IsNotBelowTheMinimum()
    {
        Gen<(FeatureProblem, Matrix[])> interpolations =
            from sizes in ClassSizes(3, 3)
            from depth in Gen.Int[2, 4]
            from activation in OntoReals
            from architecture in Gen.Enum<Architecture>()
            from problem in Squares(sizes, depth, activation, architecture)
            from features in Interpolations(problem)
            select (problem, features);
        interpolations.Sample(
            (problem, features) =>
            {
                // Every interpolating configuration lies in S for its own least C.
                double constant = FeatureConstraints.Check(problem, features, 1).LeastConstant;
                return RepresentationCost.OfFeatures(problem, features).Value >= TheoremsValue(problem, constant) * (1 - 1e-9);
            },
            iter: 500);
    }

    [Fact]
    public void Minimizer_OfTanhLayers_NeedsSpreadFactors()
    {
        RandomStream stream = Stream(5);
        FeatureProblem problem = Square(stream, 4, 40, 4, Activation.Tanh);
        GlobalMinimizer spread = GlobalMinimizer.Construct(problem);
        Assert.NotNull(spread.Network);
        Matrix[] canonical = [Matrix.Identity(40), Matrix.Identity(40), Matrix.Identity(40, 4)];
        var options = new GlobalMinimizerOptions { OrthogonalFactors = canonical };
        Assert.Contains("tanh", Assert.Throws<InvalidInputException>(() => GlobalMinimizer.Construct(problem, options)).Message);
        GlobalMinimizer small = GlobalMinimizer.Construct(problem, options with { Constant = 0.2 });
        Assert.Equal(3 * 4 / 0.4, small.Value, 1e-12);
    }

    [Fact]
    public void Minimizer_OutsideTheHypotheses_SaysWhich()
    {
        DataSet data = Classes(4, 9, 3, Stream(6));
        var narrow = GlobalMinimizer.Construct(Of([5, 3, 3], Activation.Identity));
        Assert.Null(narrow.Network);
        Assert.Contains("no network has them", Assert.Throws<InvalidInputException>(narrow.RequireNetwork).Message);
        Assert.Contains(narrow.UnmetHypotheses, h => h.StartsWith("n_1 ≥ N", StringComparison.Ordinal));
        Assert.Contains(narrow.UnmetHypotheses, h => h.StartsWith("X reaches Z^1", StringComparison.Ordinal));
        Assert.Throws<InvalidInputException>(() => GlobalMinimizer.Construct(Of([9, 2, 3], Activation.Tanh)));
        Assert.Throws<InvalidInputException>(() => GlobalMinimizer.Construct(Of([9, 9, 3], Activation.Parse("relu"))));
        Assert.Throws<InvalidInputException>(() => GlobalMinimizer.Construct(Of([9, 9, 3], Activation.Parse("softplus"))));

        FeatureProblem Of(int[] widths, Activation activation) => new(new NetworkSpecification(4, widths, hiddenActivation: activation), data);
    }

    /// <summary>(L − 1)/2·rank(Y)/C of Theorem 4.2, rank(Y)/(2C) of Theorem C.2.</summary>
    private static double TheoremsValue(FeatureProblem problem, double constant) =>
        (problem.Specification.Architecture == Architecture.Residual ? 1 : problem.Specification.Depth - 1) * problem.Data.OutputDimension / (2 * constant);
}
