using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Theory.Paths;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Paths;

public sealed class BrockettFlowTests
{
    private static double[] Diagonal(int size, double spread, RandomStream stream) =>
        [.. Enumerable.Range(0, size).Select(_ => Math.Pow(10, spread * stream.NextUniform()))];

    /// <summary>Distinct entries in random order, for the flow that slows down as they get close.</summary>
    private static double[] Spaced(int size, RandomStream stream)
    {
        double[] result = [.. Enumerable.Range(0, size).Select(i => 1 + (0.5 * i) + (0.2 * stream.NextUniform()))];
        stream.Shuffle(result.AsSpan());
        return result;
    }

    [Theory]
    [InlineData(BrockettDirection.PlaneAngles, 2.5)]
    [InlineData(BrockettDirection.SteepestDescent, 0.3)]
    public void Flow_FromRandomStarts_DescendsStaysOrthogonalAndReachesTheMinimum(BrockettDirection direction, double spread) =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                int size = 1 + stream.NextInteger(direction == BrockettDirection.SteepestDescent ? 4 : 9);
                double[] first = Diagonal(size, spread, stream), second = Diagonal(size, spread, stream);
                if (direction == BrockettDirection.SteepestDescent) (first, second) = (Spaced(size, stream), Spaced(size, stream));
                var options = new BrockettFlowOptions { Direction = direction, Tolerance = 1e-9, MaxSteps = 20000 };
                var flow = BrockettFlow.Integrate(first, second, RandomMatrix.HaarOrthogonal(size, size, stream), options);
                if (!flow.HasArrived || flow.OrthogonalityError > 1e-12 || flow.Value(flow.End) - flow.Minimum > 1e-8 * flow.Minimum) return false;
                return flow.Values.Zip(flow.Values.Skip(1)).All(p => p.Second <= p.First);
            },
            iter: 200);

    [Fact]
    public void Curve_BetweenSteps_DescendsToo() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                int size = 2 + stream.NextInteger(6);
                var flow = BrockettFlow.Integrate(Diagonal(size, 2, stream), Diagonal(size, 2, stream), RandomMatrix.HaarOrthogonal(size, size, stream));
                double last = double.PositiveInfinity;
                for (int i = 0; i <= 300; i++)
                {
                    Matrix q = flow.At(i / 300.0);
                    double value = flow.Value(q);
                    if (value > last * (1 + 1e-12) || Frobenius.Distance(Product.Gram(q), Matrix.Identity(size)) > 1e-12) return false;
                    last = value;
                }
                return true;
            },
            iter: 200);

    [Fact]
    public void Minimum_IsNotAboveTheValueAtAnyOrthogonalMatrix() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                int size = 1 + stream.NextInteger(5);
                var flow = BrockettFlow.Integrate(Diagonal(size, 1, stream), Diagonal(size, 1, stream), Matrix.Identity(size));
                return Enumerable.Range(0, 20).All(_ => flow.Value(RandomMatrix.HaarOrthogonal(size, size, stream)) >= flow.Minimum * (1 - 1e-12));
            },
            iter: 200);

    [Fact]
    public void Flow_OfEqualAndVanishingEntries_StillReachesTheMinimum() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                int size = 4 + stream.NextInteger(8), rank = 1 + stream.NextInteger(3);
                double[] first = [.. Enumerable.Range(0, size).Select(i => i < rank ? 3.0 : 0)];
                var flow = BrockettFlow.Integrate(first, Diagonal(size, 2, stream), RandomMatrix.HaarOrthogonal(size, size, stream));
                return flow.HasArrived && flow.Values.Zip(flow.Values.Skip(1)).All(p => p.Second <= p.First);
            },
            iter: 200);

    [Fact]
    public void Flow_AtAStrictSaddle_StaysAndSaysSo()
    {
        // The exceptional starts of measure zero: a permutation in the wrong order.
        var flow = BrockettFlow.Integrate([2, 1], [1, 3], Matrix.FromRows([0, 1], [1, 0]), new BrockettFlowOptions { Direction = BrockettDirection.SteepestDescent });
        Assert.Equal(0, flow.StepCount);
        Assert.False(flow.HasArrived);
        Assert.True(BrockettFlow.Integrate([2, 1], [3, 1], Matrix.FromRows([0, 1], [1, 0])).HasArrived);
    }

    [Fact]
    public void Flow_OutsideItsHypotheses_IsRefused()
    {
        Assert.Throws<InvalidInputException>(() => BrockettFlow.Integrate([1, 2], [1, 2], Gaussian(2, 2, Stream(1))));
        Assert.Throws<InvalidInputException>(() => BrockettFlow.Integrate([1, 2], [1], Matrix.Identity(2)));
        Assert.Throws<InvalidInputException>(() => BrockettFlow.Integrate([1, -2], [1, 2], Matrix.Identity(2)));
        Assert.Throws<InvalidInputException>(() => BrockettFlow.Integrate([1, 2], [1, 0], Matrix.Identity(2)));
    }
}
