using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.RepresentationCosts;

public sealed class FeatureProblemTests
{
    [Fact]
    public void Network_OfFeatures_HasThem()
    {
        Gen<(FeatureProblem, Matrix[])> interpolating =
            from sizes in ClassSizes(2, 3)
            from depth in Gen.Int[2, 4]
            from activation in WithConstants.Select(one => one.Activation)
            from architecture in Gen.Enum<Architecture>()
            from problem in Squares(sizes, depth, activation, architecture)
            from features in Interpolations(problem)
            select (problem, features);
        interpolating.Sample(
            (problem, features) =>
            {
                Matrix[] found = problem.ToNetwork(features, 1e-6).Features(problem.Data.Inputs);
                return found.Zip(features).All(p => Frobenius.RelativeDistance(p.First, p.Second) < 1e-6);
            },
            iter: 200);
    }

    [Fact]
    public void Shape_WithBiases_IsRefused()
    {
        var shape = new NetworkSpecification(4, [9, 3], hasBias: true);
        Assert.Contains("biases", Assert.Throws<InvalidInputException>(() => new FeatureProblem(shape, Classes(4, 9, 3, Stream(1)))).Message);
    }

    [Fact]
    public void Data_OfAnotherShape_AreRefused() =>
        Assert.Throws<ShapeMismatchException>(() => new FeatureProblem(new NetworkSpecification(5, [9, 3]), Classes(4, 9, 3, Stream(1))));

    [Fact]
    public void Features_OfAnotherSize_AreNamed()
    {
        FeatureProblem problem = Square(Stream(2), 3, 6, 2, Activation.Tanh);
        Matrix[] features = Interpolating(problem, Stream(3));
        features[1] = new Matrix(5, 6);
        Assert.Contains("Z^1 is 5×6", Assert.Throws<ShapeMismatchException>(() => problem.ToNetwork(features)).Message);
    }
}
