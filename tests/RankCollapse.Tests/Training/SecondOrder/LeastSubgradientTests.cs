using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class LeastSubgradientTests
{
    /// <summary>
    /// f = w₂σ(w₁) at w = (0, 1), target −y: ∂J/∂w₁ = y·s and ∂J/∂w₂ = λ, for every slope s of the kink, so that the least gradient has the least |s|.
    /// </summary>
    [Theory]
    [InlineData("relu", 0)]
    [InlineData("leaky-relu(0.25)", 0.25)]
    [InlineData("leaky-relu(3)", 1)]
    [InlineData("selu", 1.0507009873554804934193349852946)]
    public void LeastGradient_HasTheSlopeNearestToZero(string activation, double slope)
    {
        const double Target = -2, Lambda = 0.1;
        var data = new DataSet("one", Matrix.FromRows([1]), Matrix.FromRows([Target]), [0]);
        var network = new Network(new NetworkSpecification(1, [1, 1], hiddenActivation: Activation.Parse(activation)), [0, 1]);
        var objective = new Objective(network.Specification, data, new ObjectiveSettings { Lambda = Lambda, Delta = 1 });
        var gradient = new Network(network.Specification);
        GradientSize size = new LeastSubgradient(objective).Measure(network, gradient, 0);
        Assert.Equal(-Target * slope, gradient.Parameters[0], 1e-9);
        Assert.Equal(Lambda, gradient.Parameters[1], 1e-12);
        Assert.Equal(double.Hypot(Target * slope, Lambda), size.Norm, 1e-9);
    }

    [Fact]
    public void AwayFromKinks_ItIsTheGradient()
    {
        TrainingProblem problem = TrainingProblem.Random(3, Activation.Parse("relu"), Loss.Squared, Convention.Mean, Architecture.Feedforward, true);
        Objective objective = problem.Objective();
        Network expected = new(problem.Network.Specification), found = new(problem.Network.Specification);
        objective.ValueAndGradient(problem.Network, expected);
        Assert.Equal(objective.GradientSize, new LeastSubgradient(objective).Measure(problem.Network, found, 1e-3));
        Assert.Equal(expected.Parameters, found.Parameters);
    }
}
