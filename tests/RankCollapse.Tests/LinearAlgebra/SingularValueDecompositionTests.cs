using CsCheck;
using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.LinearAlgebra.MatrixAssert;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class SingularValueDecompositionTests
{
    private static readonly (int Rows, int Columns)[] Shapes = [(1, 1), (1, 5), (5, 1), (2, 2), (7, 7), (30, 30), (60, 9), (9, 60), (61, 60), (100, 100)];

    public static TheoryData<string, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int>();
            foreach (string name in (string[])["managed", "native"])
                foreach ((int rows, int columns) in Shapes)
                    cases.Add(name, rows, columns);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decompose_OfGaussian_ReconstructsWithOrthonormalFactors(string provider, int rows, int columns)
    {
        Matrix a = Gaussian(rows, columns, (rows * 1000) + columns);
        CheckDecomposition(a, provider);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decompose_OfRankOne_ReconstructsWithOrthonormalFactors(string provider, int rows, int columns)
    {
        Matrix a = Product.Multiply(Gaussian(rows, 1, 3), Gaussian(1, columns, 4));
        CheckDecomposition(a, provider);
        double[] values = SingularValueDecomposition.SingularValues(a, Providers.Get(provider));
        Assert.All(values.Skip(1), value => Assert.InRange(value, 0, Tolerances.Decomposition(rows, columns) * values[0]));
    }

    /// <summary>Angles that CsCheck draws near 0 leave entries of 1e−70 and less, whose squares vanish once they are eliminated.</summary>
    [Fact]
    public void Decompose_OfEntriesThatLieManyOrdersApart_ReconstructsWithOrthonormalFactors()
    {
        Gen<Matrix> matrices =
            from columns in Gen.Int[2, 8]
            from rows in Gen.Int[1, columns]
            from rank in Gen.Int[1, rows]
            from a in Matrices.OfSpectrum(rows, columns, Matrices.Spectra(rank, 0.5, 2))
            select a;
        matrices.Sample(a => CheckDecomposition(a, "managed"), iter: 2000);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decompose_OfZero_HasZeroValuesAndOrthonormalFactors(string provider, int rows, int columns)
    {
        CheckDecomposition(new Matrix(rows, columns), provider);
        Assert.All(SingularValueDecomposition.SingularValues(new Matrix(rows, columns), Providers.Get(provider)), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData("managed", 40, 40)]
    [InlineData("managed", 70, 40)]
    [InlineData("native", 40, 40)]
    [InlineData("native", 70, 40)]
    public void SingularValues_OfGradedMatrix_AreRightToEpsilonOfTheLargest(string provider, int rows, int columns)
    {
        double[] values = [.. Enumerable.Range(0, columns).Select(i => Math.Pow(10, -0.5 * i))];
        Matrix a = WithSingularValues(rows, columns, values, 11);
        double[] found = SingularValueDecomposition.SingularValues(a, Providers.Get(provider));
        for (int i = 0; i < columns; i++) Assert.Equal(values[i], found[i], Tolerances.Decomposition(rows, columns));
        CheckDecomposition(a, provider);
    }

    [Theory]
    [InlineData("managed", 1e300)]
    [InlineData("managed", 1e-300)]
    [InlineData("native", 1e300)]
    [InlineData("native", 1e-300)]
    public void SingularValues_OfExtremeScale_Scale(string provider, double scale)
    {
        Matrix a = Gaussian(12, 8, 5);
        Matrix scaled = Matrix.FromEntries(12, 8, (i, j) => scale * a[i, j]);
        double[] values = SingularValueDecomposition.SingularValues(a, Providers.Get(provider));
        double[] found = SingularValueDecomposition.SingularValues(scaled, Providers.Get(provider));
        for (int i = 0; i < 8; i++) Assert.Equal(values[i], found[i] / scale, 1e-13 * values[0]);
    }

    [Theory]
    [MemberData(nameof(Providers.All), MemberType = typeof(Providers))]
    public void SquaredSingularValues_AreEigenvaluesOfGram(string provider)
    {
        Matrix a = Gaussian(25, 40, 6);
        double[] values = SingularValueDecomposition.SingularValues(a, Providers.Get(provider));
        double[] eigenvalues = SymmetricEigendecomposition.Eigenvalues(Product.MultiplyTransposedRight(a, a), Providers.Get(provider));
        for (int i = 0; i < 25; i++) Assert.Equal(values[i] * values[i], eigenvalues[i], Tolerances.Decomposition(40, 25) * eigenvalues[0]);
    }

    [Theory]
    [MemberData(nameof(Providers.All), MemberType = typeof(Providers))]
    public void SingularValues_OfCollapsedFeatures_Converge(string provider)
    {
        Matrix centroids = Gaussian(200, 10, 7);
        Matrix a = Matrix.FromEntries(200, 200, (i, j) => centroids[i, j % 10]);
        double[] values = SingularValueDecomposition.SingularValues(a, Providers.Get(provider));
        Assert.Equal(10, NumericalRank.Of(values, 1e-12));
        CheckDecomposition(a, provider);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Decompose_WithNonFiniteEntry_NamesItsPlace(double value)
    {
        Matrix a = Gaussian(4, 3, 1);
        a[2, 1] = value;
        string message = Assert.Throws<InvalidInputException>(() => SingularValueDecomposition.Thin(a)).Message;
        Assert.Contains("row 2, column 1", message);
        Assert.Throws<InvalidInputException>(() => SingularValueDecomposition.SingularValues(a));
    }

    [Fact]
    public void Decompose_OfEmpty_HasEmptyOrIdentityFactors()
    {
        Assert.Empty(SingularValueDecomposition.SingularValues(new Matrix(0, 3)));
        SingularValueDecomposition thin = SingularValueDecomposition.Thin(new Matrix(3, 0));
        Assert.Equal((3, 0, 0), (thin.Left.Rows, thin.Left.Columns, thin.RightTransposed.Rows));
        Assert.Equal(1, SingularValueDecomposition.Full(new Matrix(3, 0)).Left[2, 2]);
    }

    [Fact]
    public void Providers_AgreeOnSingularValues()
    {
        Matrix a = Gaussian(80, 50, 8);
        double[] managed = SingularValueDecomposition.SingularValues(a, Providers.Get("managed"));
        double[] native = SingularValueDecomposition.SingularValues(a, Providers.Get("native"));
        for (int i = 0; i < 50; i++) Assert.Equal(managed[i], native[i], Tolerances.Decomposition(80, 50) * managed[0]);
    }

    [Theory]
    [MemberData(nameof(Providers.All), MemberType = typeof(Providers))]
    public void Decompose_ByManyThreads_GivesWhatOneThreadGives(string name)
    {
        IDecompositionProvider provider = Providers.Get(name);
        Matrix[] matrices = [.. Enumerable.Range(0, 8).Select(i => Gaussian(30 + i, 25, i))];
        double[][] expected = [.. matrices.Select(matrix => SingularValueDecomposition.SingularValues(matrix, provider))];
        var found = new double[64][];
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            i => found[i] = SingularValueDecomposition.SingularValues(matrices[i % 8], provider));
        for (int i = 0; i < 64; i++) Assert.Equal(expected[i % 8], found[i]);
    }

    private static void CheckDecomposition(Matrix a, string name)
    {
        IDecompositionProvider provider = Providers.Get(name);
        Matrix before = a.Copy();
        double tolerance = Tolerances.Decomposition(a.Rows, a.Columns) * Norm(a);
        int count = Math.Min(a.Rows, a.Columns);
        foreach (bool full in (bool[])[false, true])
        {
            SingularValueDecomposition svd = SingularValueDecomposition.Decompose(a, full, provider);
            Assert.Equal((a.Rows, full ? a.Rows : count), (svd.Left.Rows, svd.Left.Columns));
            Assert.Equal((full ? a.Columns : count, a.Columns), (svd.RightTransposed.Rows, svd.RightTransposed.Columns));
            OrthonormalColumns(svd.Left);
            OrthonormalColumns(svd.RightTransposed.Transpose());
            Matrix product = Product.Multiply(Scale(svd.Left.Block(0, 0, a.Rows, count), svd.Values), svd.RightTransposed.RowView(0, count));
            Close(a, product, tolerance);
            Assert.Equal(svd.Values.OrderDescending(), svd.Values);
            double[] alone = SingularValueDecomposition.SingularValues(a, provider);
            for (int i = 0; i < count; i++) Assert.Equal(svd.Values[i], alone[i], tolerance);
        }
        Assert.Equal(before.AsSpan(), a.AsSpan());
    }
}
