using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.Certificates;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Certificates;

public sealed class OwnLayerBoundTests
{
    /// <summary>W_l, Z^{l−1} of any rank and a partition into classes.</summary>
    private static readonly Gen<(Matrix Weights, Matrix Before, Partition Partition)> Layers =
        from sizes in ClassSizes(3, 4)
        from rows in Gen.Int[1, 6]
        from columns in Gen.Int[1, 6]
        from rank in Gen.Int[1, Math.Min(columns, sizes.Sum())]
        from weights in Matrices.OfEntries(rows, columns)
        from before in Matrices.OfSpectrum(columns, sizes.Sum(), Matrices.Spectra(rank, 0.1, 10))
        select (weights, before, new Partition(Labels(sizes), sizes.Length));

    [Fact]
    public void Bound_IsNotBelowTheDistanceFromTheRankOfThePartition() =>
        Layers.Sample(
            l =>
            {
                OwnLayerBound bound = OwnLayerBound.Compute(l.Weights, l.Before, "classes", l.Partition);
                double distance = Math.Sqrt(SingularValueDecomposition.SingularValues(l.Weights).Skip(bound.ClusterCount).Sum(s => s * s));
                return distance <= bound.Bound + bound.RoundingAllowance;
            },
            iter: 400);

    [Fact]
    public void Within_OfCollapsedPreactivations_IsRounding() =>
        Layers.Sample(
            l =>
            {
                Matrix collapsed = Product.Multiply(ClassCentroids.Compute(l.Before, l.Partition).Centroids, Indicator(l.Partition));
                OwnLayerBound bound = OwnLayerBound.Compute(l.Weights, collapsed, "classes", l.Partition);
                return bound.Within <= 1e-9 * (1 + Frobenius.Norm(l.Weights));
            },
            iter: 200);

    private static Matrix Indicator(Partition partition)
    {
        int[] clusters = [.. Enumerable.Range(0, partition.SampleCount).Select(i => partition.Clusters[i])];
        return Matrix.FromEntries(partition.ClusterCount, clusters.Length, (k, i) => clusters[i] == k ? 1 : 0);
    }
}
