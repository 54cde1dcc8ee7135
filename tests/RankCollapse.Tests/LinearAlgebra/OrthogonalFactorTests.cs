using CsCheck;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class OrthogonalFactorTests
{
    [Fact]
    public void OrthonormalColumns_AreAccepted() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[0, 4]).SelectMany((columns, more) => Matrices.Orthonormal(columns + more, columns))
            .Sample(q => OrthogonalFactor.Require(q, q.Columns), iter: 200);

    [Fact]
    public void OtherSizes_AreNamed()
    {
        Assert.Contains("3 columns", Assert.Throws<InvalidInputException>(() => OrthogonalFactor.Require(Matrix.Identity(4, 2), 3)).Message);
        Assert.Contains("2×4", Assert.Throws<InvalidInputException>(() => OrthogonalFactor.Require(Matrix.Identity(2, 4), 4)).Message);
    }

    [Fact]
    public void OtherColumns_AreRefusedWithTheirDistance()
    {
        var error = Assert.Throws<InvalidInputException>(() => OrthogonalFactor.Require(Matrix.FromRows([2, 0], [0, 1]), 2));
        Assert.Contains("OᵀO differs from I by 3", error.Message);
    }
}
