using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class CentroidStartTests
{
    [Fact]
    public void Start_DoesNotDependOnTheSignsOfEigenvectors()
    {
        // W_l = O_l·V·diag(w_l)·Vᵀ·O_{l−1}ᵀ: without the random factors what is left is a function of H, and symmetric, whatever signs V has.
        DataSet data = Classes(16, [5, 4, 3], 6);
        var settings = new ObjectiveSettings { Lambda = 1e-3, Delta = 0.1 };
        var problem = new CentroidProblem(new NetworkSpecification(16, [8, 6, 3]), data, settings);
        CentroidFirstLayer first = problem.FirstLayer(CentroidStiffness.Uniform(problem.Coefficients.DataFactor, problem.Sizes));
        var network = new Network(problem.Specification);
        Assert.True(CentroidStart.TryFill(network, first, problem, PenaltyRatios.Of(settings, 3, data.SampleCount), seed: 3));
        Matrix[] factors = [Factor(8, 1), Factor(6, 2), Matrix.Identity(3)];
        Matrix start = Product.Multiply(network.Weights(1), first.Inputs);
        for (int k = 0; k < 3; k++)
        {
            for (int i = 0; i < start.Rows; i++) start[i, k] *= Math.Sqrt(problem.Sizes[k]);
        }
        AssertSymmetric(Product.MultiplyTransposedLeft(factors[0], start));
        for (int l = 2; l <= 3; l++)
            AssertSymmetric(Product.MultiplyTransposedLeft(factors[l - 1], Product.Multiply(network.Weights(l), factors[l - 2])));

        static Matrix Factor(int width, int layer) => RandomMatrix.HaarOrthogonal(width, 3, new RandomStream(3, RandomPurpose.Initialization, layer));

        // 1e-12: a few products of sizes up to 8, and an inverse of the inputs, whose condition number is below 100.
        static void AssertSymmetric(Matrix a) => Assert.True(Frobenius.Distance(a, a.Transpose()) < 1e-12 * Frobenius.Norm(a));
    }

    [Theory]
    [InlineData(2, 1.0)]
    [InlineData(8, 0.0)]
    public void Start_OfANarrowLayerOrWithoutPenalties_DoesNotExist(int width, double penalty)
    {
        DataSet data = Classes(16, [5, 4, 3], 6);
        var settings = new ObjectiveSettings { Lambda = 1, LambdaFeatures = penalty };
        var problem = new CentroidProblem(new NetworkSpecification(16, [width, 3]), data, settings);
        CentroidFirstLayer first = problem.FirstLayer(CentroidStiffness.Uniform(1, problem.Sizes));
        Assert.False(CentroidStart.TryFill(new Network(problem.Specification), first, problem, PenaltyRatios.Of(settings, 2, data.SampleCount), seed: 1));
    }
}
