using CsCheck;
using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.LinearAlgebra.MatrixAssert;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class PseudoInverseTests
{
    [Fact]
    public void Compute_MeetsThePenroseConditions() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12], Gen.Int[1, 12], Gen.Int[0, 1000]).Sample(
            (rows, columns, rank, seed) =>
            {
                double[] values = [.. Enumerable.Range(0, Math.Min(rank, Math.Min(rows, columns))).Select(i => 1 + (0.3 * i))];
                Array.Reverse(values);
                Matrix a = WithSingularValues(rows, columns, values, seed);
                var found = PseudoInverse.Compute(a, 1e-10);
                Assert.Equal(values.Length, found.Rank);
                Matrix left = Product.Multiply(a, found.Inverse), right = Product.Multiply(found.Inverse, a);
                Close(a, Product.Multiply(left, a), 1e-12);
                Close(found.Inverse, Product.Multiply(right, found.Inverse), 1e-12);
                Close(left, left.Transpose(), 1e-12);
                Close(right, right.Transpose(), 1e-12);
            },
            iter: 60,
            threads: 1);

    [Fact]
    public void Compute_CutsSmallValuesAndSaysSo()
    {
        Matrix a = Matrix.FromRows([2, 0], [0, 1e-8]);
        var cut = PseudoInverse.Compute(a, 1e-6);
        Assert.Equal((1, 1e-6, 0.5, 0.0), (cut.Rank, cut.RelativeCutoff, cut.Inverse[0, 0], cut.Inverse[1, 1]));
        var whole = PseudoInverse.Compute(a);
        Assert.Equal(2, whole.Rank);
        Assert.Equal(Tolerances.PseudoInverseCutoff(2, 2), whole.RelativeCutoff);
        Assert.Equal(1e8, whole.Inverse[1, 1], 1e-3);
    }

    [Fact]
    public void Compute_OfZeroAndEmpty_IsZero()
    {
        Assert.Equal(0, PseudoInverse.Compute(new Matrix(3, 2)).Rank);
        var empty = PseudoInverse.Compute(new Matrix(0, 2));
        Assert.Equal((2, 0), (empty.Inverse.Rows, empty.Inverse.Columns));
    }

    [Theory]
    [InlineData(-1e-3)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Compute_WithCutoffOutsideItsRange_IsRefused(double cutoff) =>
        Assert.Throws<InvalidInputException>(() => PseudoInverse.Compute(Matrix.Identity(2), cutoff));

    [Fact]
    public void LeastSquares_ResidualIsOrthogonalToTheRange()
    {
        Matrix a = Gaussian(20, 6, 1), b = Gaussian(20, 2, 2);
        var found = LeastSquares.Solve(a, b);
        Matrix residual = Difference(Product.Multiply(a, found.Solution), b);
        Assert.True(Norm(Product.MultiplyTransposedLeft(a, residual)) < 1e-12);
        Assert.Equal(Norm(residual), found.ResidualNorm, 1e-12);
        Assert.Equal(6, found.Rank);
    }

    [Fact]
    public void LeastSquares_OfWideSystem_HasLeastNorm()
    {
        Matrix a = Gaussian(4, 9, 1), b = Gaussian(4, 1, 2);
        var found = LeastSquares.Solve(a, b);
        Close(Product.Multiply(PseudoInverse.Compute(a).Inverse, b), found.Solution, 1e-12);
        Assert.True(found.ResidualNorm < 1e-12);
        Assert.Contains("5 rows", Assert.Throws<ShapeMismatchException>(() => LeastSquares.Solve(a, new Matrix(5, 1))).Message);
    }

    [Fact]
    public void NumericalRank_CountsValuesAboveTheFractionOfTheLargest()
    {
        Assert.Equal(2, NumericalRank.Of([1, 2e-5, 1e-5, 0]));
        Assert.Equal(3, NumericalRank.Of([1, 2e-5, 1e-5, 0], 0));
        Assert.Equal(0, NumericalRank.Of(new Matrix(3, 3)));
        Assert.Equal(3, NumericalRank.Of(WithSingularValues(8, 6, [1, 0.5, 0.1], 1)));
        Assert.Throws<InvalidInputException>(() => NumericalRank.Of([1], 1.5));
    }
}
