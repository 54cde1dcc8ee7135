using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Collapse;

public sealed class SubspaceComparisonTests
{
    /// <summary>One left vector turned by an angle in a plane of its own is the one principal angle; small ones keep their digits.</summary>
    [Fact]
    public void Angle_IsThatOfTheTurn() => Gen.Double[-12, 0].Sample(exponent =>
    {
        double angle = 1.5 * Math.Pow(10, exponent);
        Matrix basis = Matrix.FromEntries(5, 3, (i, j) => i == j ? 3 - i : 0), turned = basis.Copy();
        turned[0, 0] = 3 * Math.Cos(angle);
        turned[4, 0] = 3 * Math.Sin(angle);
        var found = SubspaceComparison.Of(turned, basis, leading: 2);
        Assert.Equal(2, found.LeftAngles.Count);
        Assert.Equal(angle, found.LeftAngles[1], 1e-15 + (1e-12 * angle));
        Assert.All(found.LeftAngles.Take(1).Concat(found.RightAngles), other => Assert.Equal(0, other, 1e-15));
        Assert.Equal(angle > Math.Acos(0.5) ? 1 : 0, found.Intruders);
    }, iter: 50);

    [Fact]
    public void SubspacesEndAtTheRank()
    {
        Matrix one = Matrix.FromEntries(4, 4, (i, j) => i == 0 && j == 0 ? 1 : 0), full = Matrix.Identity(4);
        Assert.Single(SubspaceComparison.Of(full, one).LeftAngles);
        Assert.Empty(SubspaceComparison.Of(new Matrix(4, 4), one).LeftAngles);
        Assert.Throws<ShapeMismatchException>(() => SubspaceComparison.Of(full, new Matrix(3, 4)));
    }
}
