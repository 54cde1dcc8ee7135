using System.Numerics;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class CompensatedProductTests
{
    [Fact]
    public void SumsThatCancel_KeepTheirDigits()
    {
        Matrix a = Matrix.FromEntries(3, 1, (i, _) => i == 1 ? 1 : 1e16), b = Matrix.FromEntries(3, 11, (i, j) => i == 2 ? -1 : i == 1 ? j + 0.5 : 1);
        Matrix product = CompensatedProduct.MultiplyTransposedLeft(a, b);
        for (int j = 0; j < 11; j++) Assert.Equal(j + 0.5, product[0, j]);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 3, 5)]
    [InlineData(100, 4, 17)]
    [InlineData(0, 2, 3)]
    public void Product_IsTheExactOneRounded(int inner, int rows, int columns)
    {
        var stream = new RandomStream(inner, RandomPurpose.Sampling);
        Matrix a = RandomMatrix.Gaussian(inner, rows, stream), b = RandomMatrix.Gaussian(inner, columns, stream);
        Matrix product = CompensatedProduct.MultiplyTransposedLeft(a, b);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double exact = Exact(Enumerable.Range(0, inner).Select(k => (a[k, i], b[k, j])));
                Assert.InRange(product[i, j], Math.BitDecrement(exact), Math.BitIncrement(exact));
            }
        }
    }

    [Fact]
    public void DifferentNumbersOfRows_AreRefused() =>
        Assert.Throws<ShapeMismatchException>(() => CompensatedProduct.MultiplyTransposedLeft(new Matrix(3, 2), new Matrix(4, 2)));

    /// <summary>Σ a·b in whole numbers of 2^−400, which holds every product of doubles near 1 exactly.</summary>
    private static double Exact(IEnumerable<(double A, double B)> terms)
    {
        BigInteger sum = 0;
        foreach ((double a, double b) in terms) sum += Whole(a) * Whole(b);
        int shift = Math.Max(0, (int)sum.GetBitLength() - 64);
        return Math.ScaleB((double)(sum >> shift), shift - 400);

        // Exact: a double near 1 is a multiple of 2^−200.
        static BigInteger Whole(double value) => new(Math.ScaleB(value, 200));
    }
}
