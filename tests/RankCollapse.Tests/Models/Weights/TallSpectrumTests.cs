using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Weights;

namespace RankCollapse.Tests.Models.Weights;

public sealed class TallSpectrumTests
{
    [Theory]
    [InlineData(300, 40)]
    [InlineData(40, 300)]
    [InlineData(900, 7)]
    [InlineData(2, 1)]
    public void ValuesOfTallAndWideMatrices_AreThoseOfTheDecomposition(int rows, int columns)
    {
        Matrix a = Random(rows, columns);
        double[] expected = SingularValueDecomposition.SingularValues(a), found = TallSpectrum.Of(a);
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], 1e-13 * expected[0]);
    }

    [Fact]
    public void ValuesFarBelowTheLargest_AreExactlyThoseOfTheDecomposition()
    {
        // Two equal columns, whose Gram matrix would leave a value of √ε where there is none.
        Matrix equal = Random(200, 10), small = Random(200, 10);
        for (int i = 0; i < equal.Rows; i++) (equal[i, 9], small[i, 3]) = (equal[i, 8], 1e-3 * small[i, 3]);
        Assert.Equal(SingularValueDecomposition.SingularValues(equal), TallSpectrum.Of(equal));
        Assert.Equal(SingularValueDecomposition.SingularValues(small), TallSpectrum.Of(small));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1e-180)]
    [InlineData(1e180)]
    public void NumbersWithoutSquares_AreLeftToTheDecomposition(double scale)
    {
        Matrix a = Random(100, 6);
        foreach (ref double entry in a.AsSpan()) entry *= scale;
        Assert.Equal(SingularValueDecomposition.SingularValues(a), TallSpectrum.Of(a));
    }

    [Fact]
    public void Threads_ChangeNoBit()
    {
        Matrix a = Random(1200, 150);
        double[] one = TallSpectrum.Of(a);
        int before = Product.MaxThreads;
        Product.MaxThreads = 2;
        Assert.Equal(one, TallSpectrum.Of(a));
        Product.MaxThreads = before;
    }

    private static Matrix Random(int rows, int columns)
    {
        var stream = new RandomStream(1, RandomPurpose.Sampling, 7);
        return Matrix.FromEntries(rows, columns, (_, _) => stream.NextUniform() - 0.5);
    }
}
