namespace RankCollapse.Tests;

public sealed class NearMatchesTests
{
    [Theory]
    [InlineData("mnsit", "mnist")]
    [InlineData("MNIST", "mnist")]
    [InlineData("gausian_mixture", "gaussian-mixture")]
    [InlineData("gauss", "gaussian-mixture")]
    public void Misspelling_FindsTheNameMeant(string name, string meant) =>
        Assert.Equal(meant, NearMatches.Of(name, ["mnist", "gaussian-mixture"])[0]);

    [Fact]
    public void FarName_ListsAllKnown() =>
        Assert.Equal("known are adam, sgd.", NearMatches.Advice("newton", ["adam", "sgd"]));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("same", "same", 0)]
    public void Distance_CountsEdits(string a, string b, int distance)
    {
        Assert.Equal(distance, NearMatches.Distance(a, b));
        Assert.Equal(distance, NearMatches.Distance(b, a));
    }
}
