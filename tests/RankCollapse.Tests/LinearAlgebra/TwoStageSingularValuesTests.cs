using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.LinearAlgebra.MatrixAssert;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class TwoStageSingularValuesTests
{
    [Theory]
    [InlineData(63, 63)]
    [InlineData(64, 64)]
    [InlineData(150, 149)]
    [InlineData(257, 256)]
    [InlineData(290, 97)]
    [InlineData(97, 290)]
    [InlineData(300, 290)]
    [InlineData(1, 90)]
    [InlineData(5000, 40)]
    [InlineData(33, 9000)]
    public void Values_AreThoseThatTheMatrixWasMadeOf(int rows, int columns)
    {
        int count = Math.Min(rows, columns);
        double[] values = [.. Enumerable.Range(0, count).Select(i => 3.0 * Math.Exp(-8.0 * i / count))];
        double[] found = TwoStageSingularValues.Compute(WithSingularValues(rows, columns, values, 5));
        Assert.Equal(count, found.Length);
        for (int i = 0; i < count; i++) Assert.Equal(values[i], found[i], Tolerances.Decomposition(rows, columns) * values[0]);
    }

    [Fact]
    public void SumsOfEvenPowers_AreThoseOfTheMatrix()
    {
        Matrix a = Gaussian(1100, 1030, 9);
        double[] values = TwoStageSingularValues.Compute(a);
        Matrix gram = Product.Gram(a);
        double trace = 0;
        for (int i = 0; i < 1030; i++) trace += gram[i, i];
        double tolerance = Tolerances.Decomposition(1100, 1030);
        Assert.Equal(1, values.Sum(s => s * s) / trace, 4 * tolerance);
        Assert.Equal(1, values.Sum(s => s * s * s * s) / Math.Pow(Norm(gram), 2), 8 * tolerance);
        Assert.Equal(values.OrderDescending(), values);
    }

    [Fact]
    public void RepeatedValues_AreAllFound()
    {
        double[] values = [.. Enumerable.Repeat(2.0, 60), .. Enumerable.Repeat(1.0, 60), .. Enumerable.Repeat(0.0, 30)];
        double[] found = TwoStageSingularValues.Compute(WithSingularValues(170, 150, values, 6));
        for (int i = 0; i < values.Length; i++) Assert.Equal(values[i], found[i], Tolerances.Decomposition(170, 150) * 2);
    }

    [Fact]
    public void ZeroColumns_GiveZerosExactly()
    {
        Matrix a = Gaussian(80, 80, 3);
        for (int i = 0; i < 80; i++) a.Row(i)[40..].Clear();
        double[] found = TwoStageSingularValues.Compute(a);
        Assert.All(found[..40], value => Assert.True(value > 0.01));
        Assert.All(found[40..], value => Assert.InRange(value, 0, 1e-14));
    }

    [Fact]
    public void Values_DoNotDependOnThreads()
    {
        CheckThreads(Gaussian(420, 400, 8));
        CheckThreads(Gaussian(4000, 70, 8));
    }

    [Fact]
    public void BidiagonalWithZeros_Splits()
    {
        // Two blocks: [3 4; 0 0] has the values 5 and 0, [2] has 2.
        double[] found = BidiagonalValues.Compute([3, 0, 2], [4, 0]);
        Assert.Equal(5, found[0], 1e-14);
        Assert.Equal(2, found[1], 1e-14);
        Assert.Equal(0, found[2], 1e-15);
    }

    private static void CheckThreads(Matrix a)
    {
        double[] expected = TwoStageSingularValues.Compute(a);
        int before = Product.MaxThreads;
        Product.MaxThreads = 3;
        double[] found = TwoStageSingularValues.Compute(a);
        Product.MaxThreads = before;
        Assert.Equal(expected, found);
    }
}
