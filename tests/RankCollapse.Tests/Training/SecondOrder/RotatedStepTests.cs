using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class RotatedStepTests
{
    public static TheoryData<Architecture> Architectures => [Architecture.Feedforward, Architecture.Residual];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void RotatedStep_AgreesWithTheStraightOneToFirstOrder(Architecture architecture)
    {
        Network from = Start(architecture), direction = Gaussian(from.Specification, 2);
        double longer = Departure(1e-3), shorter = Departure(1e-4);
        Assert.True(longer > 1e-12, $"The step of 1e-3 is not curved: {longer}.");
        Assert.InRange(longer / shorter, 50, 200);

        double Departure(double t)
        {
            Network step = new(from.Specification), to = new(from.Specification);
            TensorPrimitives.Multiply(direction.Parameters, t, step.Parameters);
            new RotatedStep(new SpareNetworks(from.Specification)).Write(from, step, to);
            TensorPrimitives.Subtract(to.Parameters, from.Parameters, to.Parameters);
            TensorPrimitives.Subtract(to.Parameters, step.Parameters, to.Parameters);
            return TensorPrimitives.Norm<double>(to.Parameters);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void RotatedStep_AlongAnOrbit_KeepsNormsAndTheOutputsOfALinearNetwork(Architecture architecture)
    {
        Network from = Start(architecture), step = new(from.Specification), to = new(from.Specification);
        var stream = new RandomStream(3, RandomPurpose.Sampling);
        Matrix skew = new(6, 6);
        for (int i = 0; i < 6; i++)
        {
            for (int j = 0; j < i; j++)
            {
                skew[i, j] = 0.1 * stream.NextGaussian();
                skew[j, i] = -skew[i, j];
            }
        }

        // The same rotation in every hidden layer, as a residual network needs it: p_1 = A·W_1, p_l = A·W_l − W_l·A, p_L = −W_L·A.
        for (int l = 1; l <= from.Specification.Depth; l++)
        {
            if (l < from.Specification.Depth)
            {
                Product.Multiply(skew, from.Weights(l), step.Weights(l), accumulate: true);
                Product.Multiply(skew, from.Bias(l)!, step.Bias(l)!);
            }
            if (l > 1) Product.MultiplyTransposedRight(from.Weights(l), skew, step.Weights(l), accumulate: true);
        }
        new RotatedStep(new SpareNetworks(from.Specification)).Write(from, step, to);
        Matrix inputs = RandomMatrix.Gaussian(4, 7, new RandomStream(4, RandomPurpose.Sampling));
        Matrix before = from.Features(inputs)[^1], after = to.Features(inputs)[^1], straight = Straight(from, step).Features(inputs)[^1];
        double scale = TensorPrimitives.Norm<double>(before.AsSpan());
        Assert.True(TensorPrimitives.Distance<double>(before.AsSpan(), after.AsSpan()) < 1e-4 * scale);
        Assert.True(TensorPrimitives.Distance<double>(before.AsSpan(), straight.AsSpan()) > 1e-2 * scale);
        double norm = TensorPrimitives.Norm<double>(from.Parameters);
        Assert.Equal(norm, TensorPrimitives.Norm<double>(to.Parameters), 1e-5 * norm);
        Assert.True(TensorPrimitives.Norm<double>(Straight(from, step).Parameters) > 1.005 * norm);
    }

    private static Network Straight(Network from, Network step)
    {
        Network to = from.Copy();
        TensorPrimitives.Add(from.Parameters, step.Parameters, to.Parameters);
        return to;
    }

    private static Network Start(Architecture architecture) =>
        Gaussian(new NetworkSpecification(4, [6, 6, 6, 3], architecture, hasBias: true, Activation.Identity), 1);

    private static Network Gaussian(NetworkSpecification specification, long seed)
    {
        var network = new Network(specification);
        RandomMatrix.Gaussian(1, network.Parameters.Length, new RandomStream(seed, RandomPurpose.Sampling)).AsSpan().CopyTo(network.Parameters);
        return network;
    }
}
