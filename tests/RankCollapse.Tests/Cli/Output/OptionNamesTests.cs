using RankCollapse.Cli.Output;

namespace RankCollapse.Tests.Cli.Output;

public sealed class OptionNamesTests
{
    [Fact]
    public void NamedSettings_BecomeOptions() =>
        Assert.Equal("Raise --max-epochs or --lambda.", OptionNames.In(new Advice("Raise max-epochs or lambda.", "max-epochs", "lambda")));

    [Fact]
    public void PartsOfLongerNames_AreLeftAlone() =>
        Assert.Equal("Set lambda-features, not --lambda.", OptionNames.In(new Advice("Set lambda-features, not lambda.", "lambda")));

    [Fact]
    public void WordsThatAreNotNamed_AreLeftAlone() => Assert.Equal("The seed grows.", OptionNames.In(new Advice("The seed grows.")));

    [Fact]
    public void AFolderThatIsCalledLikeASetting_IsLeftAlone() =>
        Assert.Equal("The folder out is not empty; choose another one (--out).",
            OptionNames.In(new Advice("The folder out is not empty; choose another one (out).", "out")));
}
