using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.Certificates;

namespace RankCollapse.Tests.Theory.Certificates;

public sealed class CentroidSubspacesTests
{
    /// <summary>Errors of K columns, weights and another matrix of the weights' size.</summary>
    private static readonly Gen<(Matrix Errors, Matrix Weights, Matrix Other)> Instances =
        from rows in Gen.Int[2, 7]
        from columns in Gen.Int[2, 7]
        from count in Gen.Int[1, Math.Min(rows, columns)]
        from errors in Matrices.WellConditioned(rows, count)
        from weights in Matrices.WellConditioned(rows, columns)
        from other in Matrices.OfEntries(rows, columns)
        select (errors, weights, other);

    [Fact]
    public void NormOutside_IsNotAboveTheNorm() =>
        Instances.Sample(i => new CentroidSubspaces(i.Errors, i.Weights).NormOutside(i.Other) <= Frobenius.Norm(i.Other) * (1 + 1e-14), iter: 200);

    [Fact]
    public void NormOutside_OfTheWeights_IsNotBelowTheirDistanceFromRankK() =>
        Instances.Sample(
            i =>
            {
                double[] values = SingularValueDecomposition.SingularValues(i.Weights);
                double distance = Math.Sqrt(values.Skip(i.Errors.Columns).Sum(s => s * s));
                return new CentroidSubspaces(i.Errors, i.Weights).NormOutside(i.Weights) >= distance - 1e-13;
            },
            iter: 200);

    [Fact]
    public void NormOutside_OfColumnsOfTheErrors_IsZero() =>
        Instances.Sample(
            i =>
            {
                Matrix inside = Product.Multiply(i.Errors, Product.MultiplyTransposedLeft(i.Errors, i.Other));
                return new CentroidSubspaces(i.Errors, i.Weights).NormOutside(inside) <= 1e-13 * (1 + Frobenius.Norm(inside));
            },
            iter: 200);
}
