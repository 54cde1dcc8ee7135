using CsCheck;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class DeterminantTests
{
    private static readonly Gen<(Matrix, Matrix)> Pairs =
        Gen.Int[1, 8].SelectMany(n => Gen.Select(Matrices.WellConditioned(n, n), Matrices.WellConditioned(n, n)));

    [Fact]
    public void Sign_OfAProduct_IsTheProductOfTheSigns() =>
        Pairs.Sample((a, b) => Determinant.Of(Product.Multiply(a, b)).Sign == Determinant.Of(a).Sign * Determinant.Of(b).Sign, iter: 200);

    [Fact]
    public void LogSize_IsTheSumOfLogarithmsOfTheSingularValues() =>
        Pairs.Sample((a, _) => Math.Abs(Determinant.Of(a).LogSize - SingularValueDecomposition.SingularValues(a).Sum(Math.Log)) <= 1e-12, iter: 200);

    [Fact]
    public void Sign_OfAPermutation_IsItsParity()
    {
        Assert.Equal((-1, 0), Determinant.Of(Matrix.FromRows([0, 1, 0], [1, 0, 0], [0, 0, 1])));
        Assert.Equal((1, 0), Determinant.Of(Matrix.FromRows([0, 1, 0], [0, 0, 1], [1, 0, 0])));
    }

    [Fact]
    public void Sign_OfASingularMatrix_IsZero() => Assert.Equal((0, double.NegativeInfinity), Determinant.Of(Matrix.FromRows([1, 2], [2, 4])));

    [Fact]
    public void RectangularMatrix_IsRefused() => Assert.Throws<ShapeMismatchException>(() => Determinant.Of(new Matrix(2, 3)));
}
