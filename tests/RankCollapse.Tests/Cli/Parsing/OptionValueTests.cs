using System.CommandLine;
using RankCollapse.Cli.Parsing;

namespace RankCollapse.Tests.Cli.Parsing;

public sealed class OptionValueTests
{
    [Theory]
    [InlineData("12", 12)]
    [InlineData("-3", -3)]
    public void WholeNumbers_AreRead(string text, int value) =>
        Assert.Equal(value, Parse(OptionValue.Of<int>("--n", "A number", "n"), text).GetValue<int>("--n"));

    [Theory]
    [InlineData("1e-5", 1e-5)]
    [InlineData("-.5", -0.5)]
    public void Numbers_AreRead(string text, double value) =>
        Assert.Equal(value, Parse(OptionValue.Of<double>("--n", "A number", "n"), text).GetValue<double>("--n"));

    [Theory]
    [InlineData("1.5")]
    [InlineData("1,000")]
    [InlineData("ten")]
    [InlineData("99999999999")]
    public void WhatIsNoWholeNumber_IsSaidWithWhatWasExpected(string text)
    {
        ParseResult parsed = Parse(OptionValue.Of<int>("--n", "A number", "n"), text);
        Assert.Equal($"The option --n is '{text}', expected a whole number such as 5.", Assert.Single(parsed.Errors).Message);
    }

    [Fact]
    public void Switch_IsOnWhereItIsGiven()
    {
        var command = new RootCommand { OptionValue.Switch("--on", "On") };
        Assert.Equal((true, false), (command.Parse(["--on"]).GetValue<bool>("--on"), command.Parse([]).GetValue<bool>("--on")));
    }

    private static ParseResult Parse(Option option, string text) => new RootCommand { option }.Parse(["--n", text]);
}
