using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.LinearAlgebra.MatrixAssert;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class QrDecompositionTests
{
    public static TheoryData<string, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int>();
            foreach (string name in (string[])["managed", "native"])
                foreach ((int rows, int columns) in ((int, int)[])[(1, 1), (1, 4), (4, 1), (20, 20), (50, 12), (12, 50)])
                    cases.Add(name, rows, columns);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decompose_OfGaussian_IsUpperTriangularWithNonNegativeDiagonal(string name, int rows, int columns) =>
        Check(Gaussian(rows, columns, rows), name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decompose_OfRankDeficient_StillHasOrthonormalQ(string name, int rows, int columns)
    {
        Check(Product.Multiply(Gaussian(rows, 1, 1), Gaussian(1, columns, 2)), name);
        Check(new Matrix(rows, columns), name);
    }

    [Fact]
    public void Providers_AgreeWhereTheDecompositionIsUnique()
    {
        Matrix a = Gaussian(30, 10, 3);
        QrDecomposition managed = QrDecomposition.Decompose(a, Providers.Get("managed"));
        QrDecomposition native = QrDecomposition.Decompose(a, Providers.Get("native"));
        Close(managed.Q, native.Q, 1e-13);
        Close(managed.R, native.R, 1e-13);
    }

    [Fact]
    public void Decompose_OfEmpty_HasEmptyFactors()
    {
        QrDecomposition qr = QrDecomposition.Decompose(new Matrix(4, 0));
        Assert.Equal((4, 0, 0, 0), (qr.Q.Rows, qr.Q.Columns, qr.R.Rows, qr.R.Columns));
    }

    [Fact]
    public void Decompose_WithNaN_IsRefused() => Assert.Throws<InvalidInputException>(() => QrDecomposition.Decompose(Matrix.FromRows([1, double.NaN])));

    private static void Check(Matrix a, string name)
    {
        Matrix before = a.Copy();
        QrDecomposition qr = QrDecomposition.Decompose(a, Providers.Get(name));
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
