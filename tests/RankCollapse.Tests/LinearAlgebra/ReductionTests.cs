using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class ReductionTests
{
    /// <summary>The order of sums as it is documented, entry by entry: what every machine has to come to, bit for bit.</summary>
    [Fact]
    public void Sums_HaveTheDocumentedOrder()
    {
        var stream = new RandomStream(5, RandomPurpose.Sampling);
        for (int length = 0; length < 140; length++)
        {
            double[] x = [.. Enumerable.Range(0, length).Select(_ => stream.NextGaussian())], y = [.. x.Select(_ => stream.NextGaussian())];
            Assert.Equal(InOrder(length, (sum, i) => sum + x[i]), Reduction.Sum(x));
            Assert.Equal(InOrder(length, (sum, i) => Fused.MultiplyAdd(x[i], x[i], sum)), Reduction.SumOfSquares(x));
            Assert.Equal(InOrder(length, (sum, i) => Fused.MultiplyAdd(x[i], y[i], sum)), Reduction.Dot(x, y));
            Assert.Equal(Math.Sqrt(InOrder(length, (sum, i) => Fused.MultiplyAdd(x[i] - y[i], x[i] - y[i], sum))), Reduction.Distance(x, y));
            Assert.Equal(Math.Sqrt(Reduction.SumOfSquares(x)), Reduction.Norm(x));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    public void Sums_CarryWhatIsNotFinite(int place)
    {
        var x = new double[50];
        x[place] = double.NaN;
        Assert.Equal(double.NaN, Reduction.Sum(x));
        Assert.Equal(double.NaN, Reduction.Norm(x));
        x[place] = double.NegativeInfinity;
        Assert.Equal(double.NegativeInfinity, Reduction.Sum(x));
        Assert.Equal(double.PositiveInfinity, Reduction.Norm(x));
        Assert.Equal(double.NaN, Reduction.Dot(x, new double[50]));
    }

    [Fact]
    public void Dot_OfVectorsThatDoNotFit_NamesBothLengths()
    {
        string message = Assert.Throws<ShapeMismatchException>(() => Reduction.Dot(new double[3], new double[4])).Message;
        Assert.Contains("3", message, StringComparison.Ordinal);
        Assert.Contains("4", message, StringComparison.Ordinal);
    }

    private static double InOrder(int length, Func<double, int, double> add)
    {
        var lanes = new double[32];
        int i = 0;
        for (; i <= length - 32; i += 32)
            for (int lane = 0; lane < 32; lane++) lanes[lane] = add(lanes[lane], i + lane);
        for (; i <= length - 8; i += 8)
            for (int lane = 0; lane < 8; lane++) lanes[lane] = add(lanes[lane], i + lane);
        double[] eight = [.. Enumerable.Range(0, 8).Select(lane => lanes[lane] + lanes[lane + 8] + (lanes[lane + 16] + lanes[lane + 24]))];
        double[] four = [.. Enumerable.Range(0, 4).Select(lane => eight[lane] + eight[lane + 4])];
        double total = four[0] + four[2] + (four[1] + four[3]);
        for (; i < length; i++) total = add(total, i);
        return total;
    }
}
