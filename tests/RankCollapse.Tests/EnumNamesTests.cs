using RankCollapse.Training;

namespace RankCollapse.Tests;

public sealed class EnumNamesTests
{
    [Fact]
    public void Names_AreInKebabCaseOrAsTheMemberSays()
    {
        Assert.Equal(["squared", "cross-entropy"], EnumNames.All<Loss>());
        Assert.Equal(["sum", "mean", "eq3"], EnumNames.All<Convention>());
    }

    [Fact]
    public void EveryValue_IsFoundByItsName() =>
        Assert.All(Enum.GetValues<Convention>(), value => Assert.Equal(value, EnumNames.Find(typeof(Convention), EnumNames.Of(value))));

    [Fact]
    public void AnUnknownName_IsNull() => Assert.Null(EnumNames.Find(typeof(Convention), "Sum"));
}
