using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Paths;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Paths;

public sealed class PathHypothesesTests
{
    private static readonly FeatureProblem Problem = Square(Stream(13), 3, 6, 2, Activation.Parse("asinh"));

    [Fact]
    public void Start_ThatDoesNotInterpolate_IsRefused()
    {
        Matrix[] elsewhere = Interpolating(Problem, Stream(14));
        elsewhere[3] = elsewhere[3].Scaled(2);
        Assert.Contains("Z^L = Y", Refusal(Problem, elsewhere));
    }

    [Fact]
    public void Start_OfASmallerRank_IsRefused()
    {
        Matrix[] deficient = Interpolating(Problem, Stream(14));
        deficient[1] = new Matrix(6, 6);
        Assert.Contains("full rank", Refusal(Problem, deficient));
    }

    [Fact]
    public void ResidualShape_IsRefused()
    {
        FeatureProblem residual = Square(Stream(15), 3, 6, 2, Activation.Tanh, Architecture.Residual);
        Assert.Contains("feedforward", Refusal(residual, Interpolating(residual, Stream(16))));
    }

    [Fact]
    public void Widths_OtherThanTheSamples_AreRefused()
    {
        var wide = new FeatureProblem(new NetworkSpecification(6, [7, 6, 2]), Problem.Data);
        Assert.Contains("widths", Refusal(wide, Interpolating(wide, Stream(17))));
    }

    [Fact]
    public void ActivationThatIsNotAnalytic_IsNamed()
    {
        FeatureProblem kinked = Square(Stream(18), 3, 6, 2, Activation.Parse("leaky-relu(0.2)"));
        Assert.Contains(PathHypotheses.Unmet(kinked), h => h.Contains("analytic", StringComparison.Ordinal));
    }

    private static string Refusal(FeatureProblem problem, Matrix[] start) =>
        Assert.Throws<InvalidInputException>(() => PathHypotheses.Require(problem, start)).Message;
}
