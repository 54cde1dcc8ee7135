using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class SecantPairsTests
{
    private const int Outputs = 3, Samples = 5;

    /// <summary>Outputs change by 0.4, 1 or 2.5 times what is asked for: the walk diverges without memory; with it three steps know the whole map.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    public void Walk_EndsWhereItWithoutMemoryDiverges(double scale)
    {
        double[] factors = [0.4, 1, 2.5];
        Matrix departure = RandomMatrix.Gaussian(Outputs, Samples, new RandomStream(1, RandomPurpose.Sampling)), plain = departure.Copy();
        var pairs = new SecantPairs(Outputs, Samples);
        double start = Frobenius.Norm(departure);
        for (int walk = 0; walk < 2; walk++)
        {
            pairs.Clear();
            departure = plain.Copy();
            for (int i = 0; i < 4; i++)
            {
                bool knowsAll = i == 3;
                Matrix asked = pairs.Direction(departure, scale);
                for (int r = 0; r < Outputs; r++)
                    TensorPrimitives.MultiplyAdd(asked.Row(r), -factors[r] * (knowsAll ? 1 : scale), departure.Row(r), departure.Row(r));
            }
            Assert.InRange(Frobenius.Norm(departure), 0, 1e-12 * start);
        }
    }

    [Fact]
    public void FirstDirection_IsTheDeparture()
    {
        Matrix departure = RandomMatrix.Gaussian(Outputs, Samples, new RandomStream(2, RandomPurpose.Sampling));
        var pairs = new SecantPairs(Outputs, Samples);
        pairs.Direction(departure.Scaled(2), 1);
        pairs.Clear();
        Assert.Equal(departure.AsSpan(), pairs.Direction(departure, 1).AsSpan());
    }

    /// <summary>What was asked for and changed hardly anything tells of rounding: it must not be multiplied up.</summary>
    [Fact]
    public void StepsWithoutEffect_AreNotLearntFrom()
    {
        Matrix departure = RandomMatrix.Gaussian(Outputs, Samples, new RandomStream(3, RandomPurpose.Sampling));
        var pairs = new SecantPairs(Outputs, Samples);
        pairs.Direction(departure, 1);
        Matrix next = departure.Scaled(0.99);
        Assert.Equal(next.AsSpan(), pairs.Direction(next, 1).AsSpan());
    }
}
