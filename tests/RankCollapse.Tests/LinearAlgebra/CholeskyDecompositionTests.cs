using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.LinearAlgebra.MatrixAssert;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class CholeskyDecompositionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(200)]
    public void Factor_OfPositiveDefinite_Reconstructs(int size)
    {
        Matrix a = PositiveDefinite(size);
        Assert.True(CholeskyDecomposition.TryDecompose(a, out CholeskyDecomposition? found, out int failedOrder));
        Assert.Equal(0, failedOrder);
        Close(a, Product.MultiplyTransposedRight(found.Factor, found.Factor), Tolerances.Decomposition(size, size) * Norm(a));
        for (int i = 0; i < size; i++)
            for (int j = i + 1; j < size; j++)
                Assert.Equal(0, found.Factor[i, j]);
    }

    [Fact]
    public void Solve_MeetsTheEquation()
    {
        Matrix a = PositiveDefinite(20);
        Matrix b = Gaussian(20, 3, 9);
        Assert.True(CholeskyDecomposition.TryDecompose(a, out CholeskyDecomposition? found, out _));
        Close(b, Product.Multiply(a, found.Solve(b)), 1e-12 * Norm(b));
    }

    [Fact]
    public void TryDecompose_OfIndefinite_NamesTheFailingBlock()
    {
        Matrix a = Matrix.FromRows([2, 0, 0], [0, 1, 2], [0, 2, 1]);
        Assert.False(CholeskyDecomposition.TryDecompose(a, out CholeskyDecomposition? found, out int failedOrder));
        Assert.Null(found);
        Assert.Equal(3, failedOrder);
        a = Matrix.Identity(150);
        a[140, 140] = 0;
        Assert.False(CholeskyDecomposition.TryDecompose(a, out _, out failedOrder));
        Assert.Equal(141, failedOrder);
    }

    [Fact]
    public void LogDeterminant_IsTheSumOfLogarithms()
    {
        Assert.True(CholeskyDecomposition.TryDecompose(Matrix.FromRows([4, 0], [0, 9]), out CholeskyDecomposition? found, out _));
        Assert.Equal(Math.Log(36), found.LogDeterminant, 1e-14);
    }

    [Fact]
    public void Solve_WithWrongShape_NamesBothSizes()
    {
        Assert.True(CholeskyDecomposition.TryDecompose(Matrix.Identity(3), out CholeskyDecomposition? found, out _));
        Assert.Contains("3×3", Assert.Throws<ShapeMismatchException>(() => found.Solve(new Matrix(2, 1))).Message);
        Assert.True(CholeskyDecomposition.TryDecompose(new Matrix(0, 0), out _, out _));
    }

    private static Matrix PositiveDefinite(int size)
    {
        Matrix g = Gaussian(size, size + 5, size);
        return Product.MultiplyTransposedRight(g, g);
    }
}
