using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Collapse;

public sealed class FeaturePlaneTests
{
    [Fact]
    public void RandomPlane_HasAnOrthonormalBasis_AndIsTheSameForTheSameSeed()
    {
        Matrix basis = FeaturePlane.Random(7, seed: 3, layer: 2).Project(Matrix.Identity(7));
        Matrix gram = Product.MultiplyTransposedRight(basis, basis);
        for (int i = 0; i < 4; i++) Assert.Equal(i % 3 == 0 ? 1 : 0, gram[i / 2, i % 2], 14);
        Assert.Equal(basis.AsSpan().ToArray(), FeaturePlane.Random(7, seed: 3, layer: 2).Project(Matrix.Identity(7)).AsSpan().ToArray());
        Assert.NotEqual(basis.AsSpan().ToArray(), FeaturePlane.Random(7, seed: 3, layer: 1).Project(Matrix.Identity(7)).AsSpan().ToArray());
    }

    [Fact]
    public void PrincipalPlane_HoldsAllVariationOfPointsInAPlane_AroundTheirMean()
    {
        var random = new RandomStream(1, RandomPurpose.Data);
        Matrix axes = Matrix.FromEntries(6, 2, (_, _) => random.NextGaussian()), places = Matrix.FromEntries(2, 9, (_, _) => random.NextGaussian());
        Matrix points = Product.Multiply(axes, places);
        for (int i = 0; i < 6; i++) foreach (ref double value in points.Row(i)) value += 5 - i;
        Matrix seen = FeaturePlane.Principal(points).Project(points);
        Assert.Equal(0, seen.Row(0).ToArray().Sum() + seen.Row(1).ToArray().Sum(), 12);
        double Distance(Matrix z, int i, int j) => Math.Sqrt(Enumerable.Range(0, z.Rows).Sum(r => (z[r, i] - z[r, j]) * (z[r, i] - z[r, j])));
        for (int i = 1; i < 9; i++) Assert.Equal(Distance(points, 0, i), Distance(seen, 0, i), 12);
    }

    [Fact]
    public void OneCoordinate_LeavesTheSecondAxisEmpty()
    {
        Matrix one = Matrix.FromRows([1, 2, 4]);
        foreach (FeaturePlane plane in (FeaturePlane[])[FeaturePlane.Random(1, 0, 1), FeaturePlane.Principal(one)])
            Assert.Equal([0.0, 0, 0], plane.Project(one).Row(1).ToArray());
    }
}
