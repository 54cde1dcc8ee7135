using System.Numerics.Tensors;
using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class CentroidStiffnessTests
{
    [Fact]
    public void Stiffness_OfALinearTail_IsThatOfItsWeights()
    {
        // φ(p) = (a/2)‖W_2 p − y‖² + (μ/2)(‖p‖² + ‖W_2 p‖²), whose second derivative is a·W_2ᵀW_2 + μ(I + W_2ᵀW_2).
        DataSet data = Classes(20, [4, 4, 4], 9);
        var settings = new ObjectiveSettings { Lambda = 1, LambdaFeatures = 0.3, Delta = 1 };
        var problem = new CentroidProblem(new NetworkSpecification(20, [3, 3], hiddenActivation: Activation.Identity), data, settings);
        var network = new Network(problem.Specification);
        var values = new[] { 3.0, 2.0, 1.0 };
        for (int i = 0; i < 3; i++) (network.Weights(1)[i, i], network.Weights(2)[i, i]) = (values[i], 0.5 + i);
        var stiffness = CentroidStiffness.Of(problem, network, Matrix.Identity(3));
        for (int q = 0; q < 3; q++) Assert.Equal((1.3 * Math.Pow(0.5 + q, 2)) + 0.3, stiffness.Values[q], 1e-5);
        Matrix sum = new(3, 3);
        for (int q = 0; q < 3; q++) TensorPrimitives.Add(sum.AsSpan(), stiffness.Projection(q).AsSpan(), sum.AsSpan());
        Assert.True(Frobenius.Distance(sum, Matrix.Identity(3)) < 1e-14);
    }

    [Fact]
    public void Root_OfUniformStiffness_IsItsRootTimesTheIdentity() =>
        Gen.Select(Gen.Double[0.1, 10], Gen.Double[1, 9].Array[1, 5]).Sample(
            (value, sizes) =>
            {
                Matrix root = CentroidStiffness.Uniform(value, sizes).Root(), expected = Matrix.Identity(sizes.Length).Scaled(Math.Sqrt(value));
                return Frobenius.RelativeDistance(root, expected) <= 1e-14;
            },
            iter: 200);
}
