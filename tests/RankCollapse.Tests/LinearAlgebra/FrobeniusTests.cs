using CsCheck;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class FrobeniusTests
{
    [Fact]
    public void Norm_IsThatOfTheSingularValues() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 6]).SelectMany(Matrices.OfEntries).Sample(
            a =>
            {
                double expected = Math.Sqrt(SingularValueDecomposition.SingularValues(a).Sum(s => s * s));
                return Math.Abs(Frobenius.Norm(a) - expected) <= 1e-13 * (1 + expected);
            },
            iter: 200);

    [Fact]
    public void RelativeDistance_IsUnchangedByScaling() =>
        Gen.Select(Matrices.WellConditioned(3, 4), Matrices.WellConditioned(3, 4), Gen.Double[0.1, 10]).Sample(
            (a, b, factor) => Math.Abs(Frobenius.RelativeDistance(a.Scaled(factor), b.Scaled(factor)) - Frobenius.RelativeDistance(a, b)) <= 1e-12,
            iter: 200);

    [Fact]
    public void RelativeDistance_FromZero_IsInfiniteButForZeroItself()
    {
        Assert.Equal(double.PositiveInfinity, Frobenius.RelativeDistance(Matrix.Identity(2), new Matrix(2, 2)));
        Assert.Equal(0, Frobenius.RelativeDistance(new Matrix(2, 2), new Matrix(2, 2)));
        Assert.Equal(0, Frobenius.Norm(new Matrix(0, 3)));
    }
}
