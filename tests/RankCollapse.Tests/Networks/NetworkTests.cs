using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Tests.Networks;

public sealed class NetworkTests
{
    [Theory]
    [InlineData(false, 22)]
    [InlineData(true, 27)]
    public void Parameters_AreWeightsAndBiases_LayerByLayer(bool hasBias, int count)
    {
        Network network = Counted(new NetworkSpecification(4, [3, 2, 2], Architecture.Feedforward, hasBias));
        Assert.Equal(count + (hasBias ? 2 : 0), network.Parameters.Length);
        Assert.Equal((0.0, 11.0), (network.Weights(1)[0, 0], network.Weights(1)[2, 3]));
        Assert.Equal(hasBias ? 15.0 : 12.0, network.Weights(2)[0, 0]);
        Assert.Equal(hasBias ? 12.0 : null, network.Bias(1)?[0, 0]);
    }

    [Fact]
    public void Weights_AreViewsOfTheParameters()
    {
        var network = new Network(new NetworkSpecification(2, [2, 1]));
        network.Weights(2)[0, 1] = 5;
        Assert.Equal([0, 0, 0, 0, 0, 5], network.Parameters);
    }

    [Fact]
    public void Copy_SharesNothing()
    {
        Network network = Counted(new NetworkSpecification(2, [2, 1])), copy = network.Copy();
        network.Parameters[0] = 9;
        Assert.Equal(0, copy.Parameters[0]);
    }

    /// <summary>Z^l = σ(W_l·Z^{l−1} + b_l), and Z^{l−1} more in inner residual layers.</summary>
    [Theory]
    [InlineData(Architecture.Feedforward)]
    [InlineData(Architecture.Residual)]
    public void Features_AreThoseOfTheDefinition(Architecture architecture)
    {
        var specification = new NetworkSpecification(3, [2, 2, 2], architecture, hasBias: true, Activation.Tanh);
        Network network = Counted(specification);
        foreach (ref double parameter in network.Parameters.AsSpan()) parameter = Math.Sin(parameter);
        Matrix inputs = Matrix.FromEntries(3, 5, (i, j) => Math.Cos((7 * i) + j));
        Matrix[] features = network.Features(inputs);
        for (int l = 1; l <= 3; l++)
        {
            for (int n = 0; n < 5; n++)
            {
                for (int i = 0; i < 2; i++)
                {
                    double sum = network.Bias(l)![i, 0];
                    for (int j = 0; j < features[l - 1].Rows; j++) sum += network.Weights(l)[i, j] * features[l - 1][j, n];
                    double expected = (l < 3 ? Math.Tanh(sum) : sum) + (specification.HasSkip(l) ? features[l - 1][i, n] : 0);
                    // A handful of operations on numbers below 4.
                    Assert.Equal(expected, features[l][i, n], 1e-14);
                }
            }
        }
    }

    [Fact]
    public void Inputs_OfAnotherDimension_AreRefusedWithBothSizes()
    {
        var network = new Network(new NetworkSpecification(4, [3, 2]));
        string message = Assert.Throws<ShapeMismatchException>(() => network.Features(new Matrix(5, 1))).Message;
        Assert.Contains("weights are 3×4 but the inputs have 5 rows", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_OfAnotherLength_AreRefusedWithBothLengths() =>
        Assert.Contains(
            "has 18 parameters, but the vector has 17",
            Assert.Throws<ShapeMismatchException>(() => new Network(new NetworkSpecification(4, [3, 2]), new double[17])).Message,
            StringComparison.Ordinal);

    /// <summary>A network whose parameters are 0, 1, 2, ….</summary>
    private static Network Counted(NetworkSpecification specification) =>
        new(specification, [.. Enumerable.Range(0, Network.CountParameters(specification)).Select(i => (double)i)]);
}
