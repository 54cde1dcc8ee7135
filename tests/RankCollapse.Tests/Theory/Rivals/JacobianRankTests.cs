using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Tests.Theory.Certificates;
using RankCollapse.Tests.Training;
using RankCollapse.Theory.Rivals;
using RankCollapse.Training;

namespace RankCollapse.Tests.Theory.Rivals;

public sealed class JacobianRankTests
{
    [Fact]
    public void Jacobians_AreCentralDifferences()
    {
        const double Step = 1e-5;
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
        {
            Network network = TrainingProblem.Random(4, Activation.Tanh, Loss.Squared, Convention.Mean, architecture, hasBias: true).Network;
            Matrix inputs = Matrix.FromEntries(network.Specification.InputDimension, 3, (i, j) => 0.3 - (0.2 * i) + (0.1 * i * j));
            int[] samples = [0, 2];
            Matrix[] jacobians = [.. JacobianRank.Jacobians(network, inputs, samples)];
            for (int s = 0; s < samples.Length; s++)
            {
                for (int i = 0; i < inputs.Rows; i++)
                {
                    Matrix after = Outputs(network, inputs, samples[s], i, Step), before = Outputs(network, inputs, samples[s], i, -Step);
                    for (int k = 0; k < after.Rows; k++) Assert.Equal((after[k, 0] - before[k, 0]) / (2 * Step), jacobians[s][i, k], 1e-7);
                }
            }
        }
    }

    [Fact]
    public void Rank_OfTheJacobian_IsAtMostThatOfTheNarrowestLayer() =>
        TrainingPoint.WithKinks(1).Where(point => point.Network.Specification.Architecture == Architecture.Feedforward).Sample(
            point =>
            {
                var found = JacobianRank.Measure(point.Network, point.Data);
                // A singular value of W_l that is read as 0 may be ε‖W_l‖, and no slope is above 2.
                double rounding = 1e-13 * found.WeightSingularValues.Aggregate(1.0, (product, values) => 2 * product * values[0]);
                return found.SingularValues.All(values => values.Skip(found.BottleneckWithin(0)).All(value => value <= rounding));
            },
            iter: 200);

    [Fact]
    public void Ranks_OfALinearMap_AreItsOwn()
    {
        var network = new Network(new NetworkSpecification(4, [5, 3], hiddenActivation: Activation.Identity));
        for (int i = 0; i < 2; i++)
        {
            network.Weights(1)[i, i] = 2;
            network.Weights(2)[i, i] = 3;
        }
        DataSet data = new("zero", new Matrix(4, 6), new Matrix(3, 6), []);
        var found = JacobianRank.Measure(network, data, most: 3);
        Assert.Equal([0, 2, 4], found.Samples);
        Assert.Equal([6, 6, 0], found.SingularValues[0], (a, b) => Math.Abs(a - b) < 1e-14);
        Assert.Equal((2, 2, (8 + 18) / 2.0), (found.RankWithin(0), found.BottleneckWithin(0), found.MeanSquare));
    }

    private static Matrix Outputs(Network network, Matrix inputs, int sample, int moved, double by) =>
        network.Features(Matrix.FromEntries(inputs.Rows, 1, (i, _) => inputs[i, sample] + (i == moved ? by : 0)))[^1];
}
