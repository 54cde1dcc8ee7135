using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.LinearAlgebra.MatrixAssert;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class SymmetricEigendecompositionTests
{
    [Theory]
    [InlineData("managed", 1)]
    [InlineData("managed", 2)]
    [InlineData("managed", 60)]
    [InlineData("native", 1)]
    [InlineData("native", 2)]
    [InlineData("native", 60)]
    public void Decompose_OfIndefinite_ReconstructsInDescendingOrder(string name, int size)
    {
        IDecompositionProvider provider = Providers.Get(name);
        Matrix g = Gaussian(size, size, size);
        Matrix a = Matrix.FromEntries(size, size, (i, j) => g[i, j] + g[j, i]);
        SymmetricEigendecomposition found = SymmetricEigendecomposition.Decompose(a, provider);
        OrthonormalColumns(found.Vectors);
        Assert.Equal(found.Values.OrderDescending(), found.Values);
        Close(a, Product.MultiplyTransposedRight(Scale(found.Vectors, found.Values), found.Vectors), Tolerances.Decomposition(size, size) * Norm(a));
        double[] alone = SymmetricEigendecomposition.Eigenvalues(a, provider);
        for (int i = 0; i < size; i++) Assert.Equal(found.Values[i], alone[i], Tolerances.Decomposition(size, size) * Norm(a));
    }

    [Theory]
    [MemberData(nameof(Providers.All), MemberType = typeof(Providers))]
    public void Decompose_ReadsOnlyTheLowerTriangle(string name)
    {
        Matrix g = Gaussian(6, 6, 2);
        Matrix symmetric = Matrix.FromEntries(6, 6, (i, j) => g[Math.Max(i, j), Math.Min(i, j)]);
        Assert.Equal(
            SymmetricEigendecomposition.Eigenvalues(symmetric, Providers.Get(name)),
            SymmetricEigendecomposition.Eigenvalues(g, Providers.Get(name)));
    }

    [Theory]
    [MemberData(nameof(Providers.All), MemberType = typeof(Providers))]
    public void Eigenvalues_OfZeroAndRankOne_AreRight(string name)
    {
        Assert.All(SymmetricEigendecomposition.Eigenvalues(new Matrix(9, 9), Providers.Get(name)), value => Assert.Equal(0, value));
        double[] values = SymmetricEigendecomposition.Eigenvalues(Matrix.FromEntries(9, 9, (_, _) => 1), Providers.Get(name));
        Assert.Equal(9, values[0], 1e-13);
        Assert.All(values.Skip(1), value => Assert.Equal(0, value, 1e-13));
    }

    [Fact]
    public void Decompose_OfBadInput_IsRefused()
    {
        Assert.Throws<ShapeMismatchException>(() => SymmetricEigendecomposition.Decompose(new Matrix(2, 3)));
        Assert.Throws<InvalidInputException>(() => SymmetricEigendecomposition.Eigenvalues(Matrix.FromRows([double.NaN])));
        Assert.Empty(SymmetricEigendecomposition.Decompose(new Matrix(0, 0)).Values);
    }
}
