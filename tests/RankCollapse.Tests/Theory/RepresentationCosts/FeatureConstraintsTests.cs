using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.RepresentationCosts;

public sealed class FeatureConstraintsTests
{
    private static readonly Gen<(FeatureProblem Problem, Matrix[] Features)> Interpolating =
        from sizes in ClassSizes(3, 3)
        from depth in Gen.Int[2, 4]
        from activation in WithConstants.Select(one => one.Activation)
        from problem in Squares(sizes, depth, activation)
        from features in Interpolations(problem)
        select (problem, features);

    [Fact]
    public void InterpolatingFeatures_LieInTheConstraintsForTheirLeastConstant() =>
        Interpolating.Sample(
            (problem, features) => FeatureConstraints.Check(problem, features, FeatureConstraints.Check(problem, features, 1).LeastConstant).AreSatisfied,
            iter: 200);

    [Fact]
    public void SmallerConstant_ViolatesTheSecondConditionAlone() =>
        Interpolating.Sample(
            (problem, features) => FeatureConstraints.Check(problem, features, 0.5 * FeatureConstraints.Check(problem, features, 1).LeastConstant)
                .Layers.SelectMany(l => l.Violations).Select(v => v[..v.IndexOf(' ', StringComparison.Ordinal)]).Distinct().SequenceEqual(["(II)"]),
            iter: 200);

    [Fact]
    public void Margin_OfHalfTheLeastConstant_IsMinusOne() =>
        Interpolating.Sample(
            (problem, features) =>
            {
                var tight = FeatureConstraints.Check(problem, features, 0.5 * FeatureConstraints.Check(problem, features, 1).LeastConstant);
                return Math.Abs(tight.Layers.Min(l => l.SingularValueMargin) + 1) <= 1e-9;
            },
            iter: 200);

    [Fact]
    public void Features_OfTooSmallARank_ViolateTheFirstAndThirdCondition()
    {
        RandomStream stream = Stream(10);
        FeatureProblem problem = Square(stream, 3, 6, 2, Activation.Parse("asinh"));
        Matrix[] deficient = Instances.Interpolating(problem, stream);
        deficient[1] = Matrix.FromEntries(6, 6, (_, _) => 0.1);
        LayerConstraints first = FeatureConstraints.Check(problem, deficient, 1e9).Layers[0];
        Assert.Contains(first.Violations, v => v.StartsWith("(I)", StringComparison.Ordinal));
        Assert.Contains(first.Violations, v => v.StartsWith("(III)", StringComparison.Ordinal));
        Assert.Equal(-1, first.RankMargin);
    }

    [Fact]
    public void Constant_ThatIsNotPositive_IsRefused()
    {
        FeatureProblem problem = Square(Stream(1), 2, 3, 2, Activation.Identity);
        Assert.Throws<InvalidInputException>(() => FeatureConstraints.Check(problem, Instances.Interpolating(problem, Stream(2)), 0));
    }
}
