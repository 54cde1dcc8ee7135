using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.LinearAlgebra.MatrixAssert;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class QrDecompositionTests
{
    public static TheoryData<int, int> Cases =>
        [.. ((int, int)[])[(1, 1), (1, 4), (4, 1), (20, 20), (50, 12), (12, 50), (70, 70), (150, 40), (40, 150)]];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decompose_OfGaussian_IsUpperTriangularWithNonNegativeDiagonal(int rows, int columns) =>
        Check(Gaussian(rows, columns, rows));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decompose_OfRankDeficient_StillHasOrthonormalQ(int rows, int columns)
    {
        Check(Product.Multiply(Gaussian(rows, 1, 1), Gaussian(1, columns, 2)));
        Check(new Matrix(rows, columns));
    }

    [Fact]
    public void Decompose_OfColumnsOfAllSizes_IsRightForEachOfThem()
    {
        Matrix g = Gaussian(60, 40, 3);
        Matrix a = Matrix.FromEntries(60, 40, (i, j) => g[i, j] * Math.Pow(10, 12 * j % 40));
        QrDecomposition qr = QrDecomposition.Decompose(a);
        Matrix difference = Difference(Product.Multiply(qr.Q, qr.R), a);
        for (int j = 0; j < 40; j++)
        {
            double size = Math.Sqrt(Reduction.SumOfSquares(a.Column(j)));
            Assert.InRange(Math.Sqrt(Reduction.SumOfSquares(difference.Column(j))) / size, 0, Tolerances.Decomposition(60, 40));
        }
    }

    [Theory]
    [InlineData(1e300)]
    [InlineData(1e-300)]
    public void Decompose_OfExtremeScale_Scales(double scale)
    {
        Matrix a = Gaussian(9, 6, 5);
        QrDecomposition plain = QrDecomposition.Decompose(a), scaled = QrDecomposition.Decompose(Matrix.FromEntries(9, 6, (i, j) => scale * a[i, j]));
        Close(plain.Q, scaled.Q, 1e-14);
        Close(plain.R, Matrix.FromEntries(6, 6, (i, j) => scaled.R[i, j] / scale), 1e-13);
    }

    [Fact]
    public void Decompose_OfEmpty_HasEmptyFactors()
    {
        QrDecomposition qr = QrDecomposition.Decompose(new Matrix(4, 0));
        Assert.Equal((4, 0, 0, 0), (qr.Q.Rows, qr.Q.Columns, qr.R.Rows, qr.R.Columns));
    }

    [Fact]
    public void Decompose_WithNaN_IsRefused() => Assert.Throws<InvalidInputException>(() => QrDecomposition.Decompose(Matrix.FromRows([1, double.NaN])));

    private static void Check(Matrix a)
    {
        Matrix before = a.Copy();
        QrDecomposition qr = QrDecomposition.Decompose(a);
        OrthonormalColumns(qr.Q);
        Close(a, Product.Multiply(qr.Q, qr.R), Tolerances.Decomposition(a.Rows, a.Columns) * Norm(a));
        for (int i = 0; i < qr.R.Rows; i++)
        {
            Assert.True(qr.R[i, i] >= 0);
            for (int j = 0; j < i; j++) Assert.Equal(0, qr.R[i, j]);
        }
        Assert.Equal(before.AsSpan(), a.AsSpan());
    }
}
