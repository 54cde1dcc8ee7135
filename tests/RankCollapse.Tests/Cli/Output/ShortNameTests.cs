using RankCollapse.Cli.Output;

namespace RankCollapse.Tests.Cli.Output;

public sealed class ShortNameTests
{
    [Fact]
    public void NamesThatDifferInTheMiddle_LoseWhatTheyShare_WhenTheyWouldBeAlike()
    {
        string[] names = [.. Enumerable.Range(0, 3).Select(i => $"StatefulPartitionedCall/model/block_{i}/depthwise/ReadVariableOp"), "fc"];
        Assert.Equal(2, names.Select(name => ShortName.Of(name, 40)).Distinct().Count());
        string[] shortened = ShortName.All(names, 40);
        Assert.Equal(4, shortened.Distinct().Count());
        Assert.All(shortened, name => Assert.InRange(name.Length, 1, 40));
        Assert.Equal("…block_0/depthwise/ReadVariableOp", shortened[0]);
        Assert.Equal("fc", shortened[3]);
    }
}
