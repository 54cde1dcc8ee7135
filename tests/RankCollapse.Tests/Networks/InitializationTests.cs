using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Tests.Networks;

public sealed class InitializationTests
{
    [Fact]
    public void Orthogonal_HasOrthonormalRowsOrColumns()
    {
        Network network = Initialized(InitializationScheme.Orthogonal, 3, 30, [50, 20, 20, 7]);
        for (int l = 1; l <= 4; l++)
        {
            Matrix w = network.Weights(l);
            Matrix gram = w.Rows < w.Columns ? Product.MultiplyTransposedRight(w, w) : Product.MultiplyTransposedLeft(w, w);
            for (int i = 0; i < gram.Rows; i++)
                for (int j = 0; j < gram.Columns; j++)
                    Assert.Equal(i == j ? 1 : 0, gram[i, j], 1e-13);
        }
    }

    /// <summary>
    /// Of m = 40,000 normal entries the mean has standard error s/√m and the variance s²√(2/m), 0.7 %; five of each are allowed.
    /// The fourth moment tells normal from uniform: 3 against 1.8.
    /// </summary>
    [Theory]
    [InlineData(InitializationScheme.Gaussian, 1.0 / 400)]
    [InlineData(InitializationScheme.Xavier, 2.0 / 500)]
    [InlineData(InitializationScheme.He, 2.0 / 400)]
    [InlineData(InitializationScheme.Orthogonal, 1.0 / 400)]
    public void Entries_HaveTheMomentsOfTheirScheme(InitializationScheme scheme, double variance)
    {
        double[] w = Initialized(scheme, 5, 400, [100]).Weights(1).AsSpan().ToArray();
        double deviation = Math.Sqrt(variance);
        Assert.Equal(0, w.Average(), 5 * deviation / 200);
        Assert.Equal(1, w.Average(x => x * x) / variance, 0.036);
        Assert.Equal(3, w.Average(x => x * x * x * x) / (variance * variance), 0.3);
    }

    [Theory]
    [InlineData(InitializationScheme.Orthogonal)]
    [InlineData(InitializationScheme.Gaussian)]
    [InlineData(InitializationScheme.Xavier)]
    [InlineData(InitializationScheme.He)]
    public void SameSeed_GivesTheSameWeights_AndOtherSeedsAndLayersOthers(InitializationScheme scheme)
    {
        Network network = Initialized(scheme, 8, 12, [12, 12, 3]);
        Assert.Equal(network.Parameters, Initialized(scheme, 8, 12, [12, 12, 3]).Parameters);
        Network other = Initialized(scheme, 9, 12, [12, 12, 3]);
        Assert.NotEqual(network.Weights(1).AsSpan().ToArray(), other.Weights(1).AsSpan().ToArray());
        Assert.NotEqual(network.Weights(1).AsSpan().ToArray(), network.Weights(2).AsSpan().ToArray());
        Network deeper = Initialized(scheme, 8, 12, [12, 12, 12, 3]);
        Assert.Equal(network.Weights(2).AsSpan().ToArray(), deeper.Weights(2).AsSpan().ToArray());
    }

    [Fact]
    public void Biases_StartAtZero()
    {
        var network = new Network(new NetworkSpecification(4, [6, 2], hasBias: true));
        Array.Fill(network.Parameters, 7);
        Initialization.Initialize(network, InitializationScheme.He, 0);
        Assert.All(new[] { 1, 2 }, l => Assert.All(network.Bias(l)!.AsSpan().ToArray(), b => Assert.Equal(0, b)));
        Assert.DoesNotContain(7, network.Parameters);
    }

    [Fact]
    public void Names_ReadBack_AreTheSame()
    {
        foreach (InitializationScheme scheme in Enum.GetValues<InitializationScheme>())
        {
            Assert.Equal(scheme, Initialization.Parse(Initialization.NameOf(scheme)));
            Assert.Equal(scheme, Initialization.Parse(Initialization.NameOf(scheme).ToUpperInvariant()));
        }
        string message = Assert.Throws<InvalidInputException>(() => Initialization.Parse("ortogonal")).Message;
        Assert.Contains("There is no initialisation 'ortogonal'; did you mean 'orthogonal'?", message);
    }

    private static Network Initialized(InitializationScheme scheme, long seed, int inputs, int[] widths)
    {
        var network = new Network(new NetworkSpecification(inputs, widths));
        Initialization.Initialize(network, scheme, seed);
        return network;
    }
}
