using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.LinearAlgebra.MatrixAssert;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class SymmetricEigendecompositionTests
{
    /// <summary>Sizes around those at which the iteration by rotations gives way to division, and panels of reflections end.</summary>
    private static readonly int[] Sizes = [1, 2, 3, 24, 25, 33, 60, 131];

    /// <summary>Matrices whose spectra are hard: repeated, clustered, graded, of low rank, or equal to rounding only.</summary>
    private static readonly Dictionary<string, Func<int, Matrix>> Spectra = new()
    {
        ["Gaussian"] = n => Gaussian(n, n, n),
        ["zero"] = n => new Matrix(n, n),
        ["identity"] = Matrix.Identity,
        ["ones"] = n => Matrix.FromEntries(n, n, (_, _) => 1),
        ["low rank"] = n => Product.OuterGram(Gaussian(n, 1 + (n / 10), 3)),
        ["Wilkinson"] = n => Matrix.FromEntries(n, n, (i, j) => i == j ? Math.Abs(i - (n / 2)) : Math.Abs(i - j) == 1 ? 1 : 0),
        ["glued Wilkinson"] = n => Matrix.FromEntries(n, n,
            (i, j) => i == j ? Math.Abs((i % 21) - 10) : Math.Abs(i - j) != 1 ? 0 : Math.Max(i, j) % 21 == 0 ? 1e-8 : 1),
        ["second difference"] = n => Matrix.FromEntries(n, n, (i, j) => i == j ? 2 : Math.Abs(i - j) == 1 ? -1 : 0),
        ["graded down"] = n => Graded(n, (i, j) => Math.Pow(10, -20.0 * (i + j) / n)),
        ["graded up"] = n => Graded(n, (i, j) => Math.Pow(10, 20.0 * (i + j) / n)),
        ["graded over all numbers"] = n => Graded(n, (i, j) => Math.Pow(10, 300 - (300.0 * (i + j) / n))),
        ["two clusters"] = n => Clustered(n, i => i < n / 2 ? 1 : 1e-7 * (1 + (1e-12 * i))),
        ["tiny"] = n => Graded(n, (_, _) => 1e-300),
        ["huge"] = n => Graded(n, (_, _) => 1e300),
    };

    public static TheoryData<string> Names => [.. Spectra.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decompose_ReconstructsInDescendingOrder(string name)
    {
        foreach (int size in Sizes)
        {
            Matrix full = Spectra[name](size), a = Matrix.FromEntries(size, size, (i, j) => full[Math.Max(i, j), Math.Min(i, j)]), before = a.Copy();
            SymmetricEigendecomposition found = SymmetricEigendecomposition.Decompose(a);
            Assert.Equal(before.AsSpan(), a.AsSpan());
            OrthonormalColumns(found.Vectors);
            Assert.Equal(found.Values.OrderDescending(), found.Values);
            Matrix unit = UnitScale.Of(a, out double scale);
            double tolerance = Tolerances.Decomposition(size, size) * Norm(unit);
            double[] values = [.. found.Values.Select(value => value / scale)];
            Close(unit, Product.MultiplyTransposedRight(Scale(found.Vectors, values), found.Vectors), tolerance);
            double[] alone = SymmetricEigendecomposition.Eigenvalues(a);
            for (int i = 0; i < size; i++) Assert.Equal(values[i], alone[i] / scale, tolerance);
        }
    }

    [Fact]
    public void Eigenvalues_OfSecondDifferences_AreKnown()
    {
        double[] found = SymmetricEigendecomposition.Decompose(Spectra["second difference"](200)).Values;
        for (int i = 0; i < 200; i++) Assert.Equal(2 - (2 * Math.Cos((200 - i) * Math.PI / 201)), found[i], Tolerances.Decomposition(200, 200));
    }

    [Fact]
    public void Decompose_ReadsOnlyTheLowerTriangle()
    {
        Matrix g = Gaussian(40, 40, 2);
        Matrix symmetric = Matrix.FromEntries(40, 40, (i, j) => g[Math.Max(i, j), Math.Min(i, j)]);
        Assert.Equal(SymmetricEigendecomposition.Eigenvalues(symmetric), SymmetricEigendecomposition.Eigenvalues(g));
        Assert.Equal(SymmetricEigendecomposition.Decompose(symmetric).Vectors.AsSpan(), SymmetricEigendecomposition.Decompose(g).Vectors.AsSpan());
    }

    [Fact]
    public void Eigenvalues_OfZeroAndRankOne_AreRight()
    {
        Assert.All(SymmetricEigendecomposition.Eigenvalues(new Matrix(9, 9)), value => Assert.Equal(0, value));
        double[] values = SymmetricEigendecomposition.Eigenvalues(Matrix.FromEntries(9, 9, (_, _) => 1));
        Assert.Equal(9, values[0], 1e-13);
        Assert.All(values.Skip(1), value => Assert.Equal(0, value, 1e-13));
    }

    [Fact]
    public void Decompose_ByThreads_GivesTheSameBits()
    {
        Matrix a = Graded(420, (_, _) => 1);
        SymmetricEigendecomposition expected = SymmetricEigendecomposition.Decompose(a);
        int before = Product.MaxThreads;
        Product.MaxThreads = 3;
        SymmetricEigendecomposition found = SymmetricEigendecomposition.Decompose(a);
        Product.MaxThreads = before;
        Assert.Equal(expected.Values, found.Values);
        Assert.Equal(expected.Vectors.AsSpan(), found.Vectors.AsSpan());
    }

    [Fact]
    public void Decompose_OfBadInput_IsRefused()
    {
        Assert.Throws<ShapeMismatchException>(() => SymmetricEigendecomposition.Decompose(new Matrix(2, 3)));
        Assert.Throws<InvalidInputException>(() => SymmetricEigendecomposition.Eigenvalues(Matrix.FromRows([double.NaN])));
        Assert.Empty(SymmetricEigendecomposition.Decompose(new Matrix(0, 0)).Values);
    }

    private static Matrix Graded(int size, Func<int, int, double> factor)
    {
        Matrix g = Gaussian(size, size, 7);
        return Matrix.FromEntries(size, size, (i, j) => g[i, j] * factor(i, j));
    }

    private static Matrix Clustered(int size, Func<int, double> value)
    {
        Matrix q = RandomMatrix.HaarOrthogonal(size, size, new RandomStream(9, RandomPurpose.Sampling));
        return Product.MultiplyTransposedRight(Scale(q, [.. Enumerable.Range(0, size).Select(value)]), q);
    }
}
