using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Collapse;

public sealed class KMeansTests
{
    /// <summary>Points of small whole coordinates, a point a row, with many that are equal or tie; and a number of clusters.</summary>
    private static readonly Gen<(Matrix Points, int Clusters)> Problems =
        from dimension in Gen.Int[1, 3]
        from rows in Gen.Int[-3, 3].Array[dimension].Array[1, 12]
        from clusters in Gen.Int[1, 4]
        select (Matrix.FromEntries(rows.Length, dimension, (i, j) => rows[i][j]), clusters);

    private static readonly Gen<(Matrix Points, Partition Start)> Starts =
        from problem in Problems
        from start in Gen.Int[0, problem.Clusters - 1].Array[problem.Points.Rows]
        select (problem.Points, new Partition(start, problem.Clusters));

    [Fact]
    public void Descent_DoesNotRaiseTheSumOfSquares() => Starts.Sample((points, start) =>
        Assert.True(Cost(points, KMeans.FromPartition(points, start)) <= Cost(points, start) * (1 + 1e-12)));

    [Fact]
    public void Descent_EndsWhereNoSingleMoveLowersTheSumOfSquares() => Starts.Sample((points, start) =>
    {
        Partition found = KMeans.FromPartition(points, start);
        Assert.True(Moves(found).All(moved => Cost(points, moved) >= Cost(points, found) - 1e-9));
    });

    [Fact]
    public void Clusters_AreFilled_WhereThereAreEnoughDifferentPoints() => Problems.Sample((points, clusters) =>
    {
        Partition found = KMeans.FromSeeds(points, clusters, Stream());
        Assert.Equal(Math.Min(clusters, Different(points)), found.Clusters.ToArray().Distinct().Count());
    });

    [Fact]
    public void AsManyClustersAsDifferentPoints_CostNothing() => Problems.Sample((points, _) =>
        Assert.Equal(0, Cost(points, KMeans.FromSeeds(points, Different(points), Stream()))));

    [Fact]
    public void OneCluster_HoldsAll() =>
        Problems.Sample((points, _) => Assert.All(KMeans.FromSeeds(points, 1, Stream()).Clusters.ToArray(), cluster => Assert.Equal(0, cluster)));

    [Fact]
    public void ClustersFarApart_AreFound()
    {
        int[] labels = Samples.Labels(60, 4);
        Matrix points = Matrix.FromEntries(60, 2, (i, j) => (1000 * (j == 0 ? labels[i] % 2 : labels[i] / 2)) + Math.Sin((7 * i) + j));
        Assert.True(KMeans.FromSeeds(points, 4, Stream()).GroupsLike(new Partition(labels, 4)));
    }

    [Fact]
    public void Points_AreNotChanged()
    {
        Matrix points = Samples.Gaussian(20, 3, 1), before = points.Copy();
        KMeans.FromSeeds(points, 4, Stream());
        Assert.Equal(before.AsSpan(), points.AsSpan());
    }

    private static RandomStream Stream() => new(5, RandomPurpose.Sampling);

    private static double Cost(Matrix points, Partition partition) => WithinClusterSumOfSquares.Of(points, partition);

    private static int Different(Matrix points) => Enumerable.Range(0, points.Rows).Select(i => string.Join(',', points.Row(i).ToArray())).Distinct().Count();

    private static IEnumerable<Partition> Moves(Partition partition)
    {
        for (int i = 0; i < partition.SampleCount; i++)
        {
            for (int k = 0; k < partition.ClusterCount; k++)
            {
                int[] clusters = partition.Clusters.ToArray();
                clusters[i] = k;
                yield return new Partition(clusters, partition.ClusterCount);
            }
        }
    }
}
