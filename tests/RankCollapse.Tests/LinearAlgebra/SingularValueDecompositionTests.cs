using CsCheck;
using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.LinearAlgebra.MatrixAssert;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class SingularValueDecompositionTests
{
    private static readonly (int Rows, int Columns)[] Shapes =
    [
        (1, 1), (1, 5), (5, 1), (2, 2), (7, 7), (24, 24), (25, 25), (30, 30), (60, 9), (9, 60), (61, 60), (100, 100), (150, 131),
    ];

    public static TheoryData<int, int> Cases => [.. Shapes];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decompose_OfGaussian_ReconstructsWithOrthonormalFactors(int rows, int columns)
    {
        Matrix a = Gaussian(rows, columns, (rows * 1000) + columns);
        CheckDecomposition(a);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decompose_OfRankOne_ReconstructsWithOrthonormalFactors(int rows, int columns)
    {
        Matrix a = Product.Multiply(Gaussian(rows, 1, 3), Gaussian(1, columns, 4));
        CheckDecomposition(a);
        double[] values = SingularValueDecomposition.SingularValues(a);
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
        matrices.Sample(a => CheckDecomposition(a), iter: 2000);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decompose_OfZero_HasZeroValuesAndOrthonormalFactors(int rows, int columns)
    {
        CheckDecomposition(new Matrix(rows, columns));
        Assert.All(SingularValueDecomposition.SingularValues(new Matrix(rows, columns)), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(40, 40)]
    [InlineData(70, 40)]
    public void SingularValues_OfGradedMatrix_AreRightToEpsilonOfTheLargest(int rows, int columns)
    {
        double[] values = [.. Enumerable.Range(0, columns).Select(i => Math.Pow(10, -0.5 * i))];
        Matrix a = WithSingularValues(rows, columns, values, 11);
        double[] found = SingularValueDecomposition.SingularValues(a);
        for (int i = 0; i < columns; i++) Assert.Equal(values[i], found[i], Tolerances.Decomposition(rows, columns));
        CheckDecomposition(a);
    }

    [Theory]
    [InlineData(1e300)]
    [InlineData(1e-300)]
    public void SingularValues_OfExtremeScale_Scale(double scale)
    {
        Matrix a = Gaussian(12, 8, 5);
        Matrix scaled = Matrix.FromEntries(12, 8, (i, j) => scale * a[i, j]);
        double[] values = SingularValueDecomposition.SingularValues(a);
        double[] found = SingularValueDecomposition.SingularValues(scaled);
        for (int i = 0; i < 8; i++) Assert.Equal(values[i], found[i] / scale, 1e-13 * values[0]);
    }

    [Fact]
    public void SquaredSingularValues_AreEigenvaluesOfGram()
    {
        Matrix a = Gaussian(25, 40, 6);
        double[] values = SingularValueDecomposition.SingularValues(a);
        double[] eigenvalues = SymmetricEigendecomposition.Eigenvalues(Product.MultiplyTransposedRight(a, a));
        for (int i = 0; i < 25; i++) Assert.Equal(values[i] * values[i], eigenvalues[i], Tolerances.Decomposition(40, 25) * eigenvalues[0]);
    }

    [Fact]
    public void SingularValues_OfCollapsedFeatures_Converge()
    {
        Matrix centroids = Gaussian(200, 10, 7);
        Matrix a = Matrix.FromEntries(200, 200, (i, j) => centroids[i, j % 10]);
        double[] values = SingularValueDecomposition.SingularValues(a);
        Assert.Equal(10, NumericalRank.Of(values, 1e-12));
        CheckDecomposition(a);
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

    /// <summary>Matrices whose singular values are hard: equal, clustered, graded up and down, over all numbers, and exactly singular ones.</summary>
    private static readonly Dictionary<string, Func<int, Matrix>> Spectra = new()
    {
        ["identity"] = Matrix.Identity,
        ["ones"] = n => Matrix.FromEntries(n, n, (_, _) => 1),
        ["low rank"] = n => Product.Multiply(Gaussian(n, 1 + (n / 10), 1), Gaussian(1 + (n / 10), n, 2)),
        ["shift"] = n => Matrix.FromEntries(n, n, (i, j) => j == i + 1 ? 1 : 0),
        ["diagonal"] = n => Matrix.FromEntries(n, n, (i, j) => i == j ? Math.Pow(10, -i) : 0),
        ["Kahan"] = n => Matrix.FromEntries(n, n, (i, j) => i == j ? Math.Pow(0.9, i) : j > i ? -0.43 * Math.Pow(0.9, i) : 0),
        ["glued"] = n => Matrix.FromEntries(n, n, (i, j) => i == j ? Math.Abs((i % 21) - 10) : j != i + 1 ? 0 : j % 21 == 0 ? 1e-8 : 1),
        ["graded down"] = n => Graded(n, (i, j) => Math.Pow(10, -20.0 * (i + j) / n)),
        ["graded up"] = n => Graded(n, (i, j) => Math.Pow(10, 20.0 * (i + j) / n)),
        ["graded over all numbers"] = n => Graded(n, (i, _) => Math.Pow(10, 300 - (600.0 * i / n))),
        ["two clusters"] = n => WithSingularValues(n, n, [.. Enumerable.Range(0, n).Select(i => i < n / 2 ? 1 : 1e-7 * (1 - (1e-12 * i)))], 4),
        ["huge"] = n => Graded(n, (_, _) => 1e300),
    };

    public static TheoryData<string> Names => [.. Spectra.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decompose_OfHardSpectrum_ReconstructsWithOrthonormalFactors(string name)
    {
        foreach (int size in (int[])[2, 3, 23, 33, 60, 131]) CheckDecomposition(Spectra[name](size));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SingularValues_AreThoseOfJacobisMethod(string name)
    {
        foreach (int size in (int[])[3, 23, 60])
        {
            Matrix a = UnitScale.Of(Spectra[name](size), out _);
            double[] expected = JacobiSvd.Values(a), found = SingularValueDecomposition.SingularValues(a), thin = SingularValueDecomposition.Thin(a).Values;
            for (int i = 0; i < size; i++)
            {
                Assert.Equal(expected[i], found[i], Tolerances.Decomposition(size, size) * expected[0]);
                Assert.Equal(expected[i], thin[i], Tolerances.Decomposition(size, size) * expected[0]);
            }
        }
    }

    [Fact]
    public void Decompose_ByThreads_GivesTheSameBits()
    {
        Matrix a = Gaussian(450, 420, 8);
        SingularValueDecomposition expected = SingularValueDecomposition.Thin(a);
        int before = Product.MaxThreads;
        Product.MaxThreads = 3;
        SingularValueDecomposition found = SingularValueDecomposition.Thin(a);
        Product.MaxThreads = before;
        Assert.Equal(expected.Values, found.Values);
        Assert.Equal(expected.Left.AsSpan(), found.Left.AsSpan());
        Assert.Equal(expected.RightTransposed.AsSpan(), found.RightTransposed.AsSpan());
    }

    [Fact]
    public void Decompose_ByManyThreads_GivesWhatOneThreadGives()
    {
        Matrix[] matrices = [.. Enumerable.Range(0, 8).Select(i => Gaussian(30 + i, 25, i))];
        double[][] expected = [.. matrices.Select(matrix => SingularValueDecomposition.SingularValues(matrix))];
        var found = new double[64][];
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            i => found[i] = SingularValueDecomposition.SingularValues(matrices[i % 8]));
        for (int i = 0; i < 64; i++) Assert.Equal(expected[i % 8], found[i]);
    }

    private static void CheckDecomposition(Matrix a)
    {
        Matrix before = a.Copy();
        Matrix unit = UnitScale.Of(a, out double scale);
        double tolerance = Tolerances.Decomposition(a.Rows, a.Columns) * Norm(unit);
        int count = Math.Min(a.Rows, a.Columns);
        foreach (bool full in (bool[])[false, true])
        {
            SingularValueDecomposition svd = full ? SingularValueDecomposition.Full(a) : SingularValueDecomposition.Thin(a);
            Assert.Equal((a.Rows, full ? a.Rows : count), (svd.Left.Rows, svd.Left.Columns));
            Assert.Equal((full ? a.Columns : count, a.Columns), (svd.RightTransposed.Rows, svd.RightTransposed.Columns));
            OrthonormalColumns(svd.Left);
            OrthonormalColumns(svd.RightTransposed.Transpose());
            double[] values = [.. svd.Values.Select(value => value / scale)];
            Matrix product = Product.Multiply(Scale(svd.Left.Block(0, 0, a.Rows, count), values), svd.RightTransposed.RowView(0, count));
            Close(unit, product, tolerance);
            Assert.Equal(svd.Values.OrderDescending(), svd.Values);
            double[] alone = SingularValueDecomposition.SingularValues(a);
            for (int i = 0; i < count; i++) Assert.Equal(values[i], alone[i] / scale, tolerance);
        }
        Assert.Equal(before.AsSpan(), a.AsSpan());
    }

    private static Matrix Graded(int size, Func<int, int, double> factor)
    {
        Matrix g = Gaussian(size, size, 7);
        return Matrix.FromEntries(size, size, (i, j) => g[i, j] * factor(i, j));
    }
}
