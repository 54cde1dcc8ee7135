using RankCollapse.Models.Comparison;

namespace RankCollapse.Tests.Models.Comparison;

public sealed class NamePairsTests
{
    [Theory]
    [InlineData("fc.weight", "fc.weight")]
    [InlineData("module.fc.weight", "fc.weight")]
    [InlineData("fc.weight", "model.fc.weight")]
    [InlineData("module.model.fc.weight", "_orig_mod.fc.weight")]
    [InlineData("vision.tower.fc.weight", "fc.weight")]
    public void Wrappers_AreIgnored(string name, string other) => Assert.Equal([(0, 0)], Find([name], [other]).Pairs);

    [Theory]
    [InlineData("fc1.weight", "c1.weight")]
    [InlineData("encoder.fc.weight", "decoder.fc.weight")]
    [InlineData("fc.weight", "fc.bias")]
    public void OtherNames_AreNoPairs(string name, string other)
    {
        var found = Find([name], [other]);
        Assert.Empty(found.Pairs);
        Assert.Equal("the base has nothing of this name", Assert.Single(found.Left).Reason);
        Assert.Equal("the model has nothing of this name", Assert.Single(found.Right).Reason);
    }

    [Fact]
    public void SeveralThatFit_AreNamed()
    {
        var found = Find(["fc.weight"], ["encoder.fc.weight", "decoder.fc.weight"]);
        Assert.Empty(found.Pairs);
        Assert.Equal("2 of the base could be the same: encoder.fc.weight, decoder.fc.weight", Assert.Single(found.Left).Reason);
        Assert.Equal(2, found.Right.Count);
    }

    [Fact]
    public void EqualNames_GoFirst() =>
        Assert.Equal([(0, 1), (1, 0)], Find(["fc.weight", "model.fc.weight"], ["model.fc.weight", "fc.weight"]).Pairs);

    private static (IReadOnlyList<(int Item, int Other)> Pairs, IReadOnlyList<(int Item, string Reason)> Left, IReadOnlyList<(int Other, string Reason)> Right)
        Find(string[] names, string[] others) => NamePairs.Find([.. names.Select(name => (string[])[name])], [.. others.Select(name => (string[])[name])]);
}
