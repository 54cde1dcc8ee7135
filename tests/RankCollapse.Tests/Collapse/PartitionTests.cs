using RankCollapse.Collapse;

namespace RankCollapse.Tests.Collapse;

public sealed class PartitionTests
{
    [Fact]
    public void Sizes_CountSamplesAndKeepEmptyClusters()
    {
        var partition = new Partition([0, 2, 2, 0, 0], 4);
        Assert.Equal([3, 0, 2, 0], partition.Sizes.ToArray());
        Assert.Equal((5, 4, 2), (partition.SampleCount, partition.ClusterCount, partition.NonEmptyCount));
    }

    [Fact]
    public void GroupsLike_IgnoresNumbersOfClusters()
    {
        var partition = new Partition([0, 1, 1, 2], 3);
        Assert.True(partition.GroupsLike(new Partition([4, 0, 0, 1], 5)));
        Assert.False(partition.GroupsLike(new Partition([0, 1, 2, 2], 3)));
        Assert.False(partition.GroupsLike(new Partition([0, 0, 0, 0], 3)));
        Assert.False(new Partition([0, 0, 0, 0], 3).GroupsLike(partition));
        Assert.False(partition.GroupsLike(new Partition([0], 1)));
    }

    [Fact]
    public void Constructor_OfBadInput_NamesTheSample()
    {
        Assert.Contains("Sample 1", Assert.Throws<InvalidInputException>(() => new Partition([0, 3], 3)).Message);
        Assert.Contains("Sample 0", Assert.Throws<InvalidInputException>(() => new Partition([-1], 3)).Message);
        Assert.Throws<InvalidInputException>(() => new Partition([], 3));
        Assert.Throws<InvalidInputException>(() => new Partition([0], 0));
    }
}
