using CsCheck;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class SymmetricFunctionTests
{
    private static readonly Gen<Matrix> Positive = Gen.Int[1, 8].SelectMany(n => Matrices.PositiveDefinite(n, 0.1, 10));

    [Fact]
    public void SquareRoot_Squared_IsTheMatrix() =>
        Positive.Sample(
            a =>
            {
                Matrix root = SymmetricFunction.Apply(a, Math.Sqrt);
                return Frobenius.RelativeDistance(Product.Multiply(root, root), a) <= 1e-13;
            },
            iter: 200);

    [Fact]
    public void Logarithm_OfTheExponential_IsTheMatrix() =>
        Positive.Sample(a => Frobenius.RelativeDistance(SymmetricFunction.Apply(SymmetricFunction.Apply(a, Math.Log), Math.Exp), a) <= 1e-12, iter: 200);

    [Fact]
    public void Result_IsExactlySymmetric() =>
        Positive.Sample(
            a =>
            {
                Matrix found = SymmetricFunction.Apply(a, Math.Exp);
                return Frobenius.Distance(found, found.Transpose()) == 0;
            },
            iter: 200);
}
