namespace RankCollapse.Tests.Cli.Parsing;

public sealed class ParseErrorLineTests
{
    [Theory]
    [InlineData("There is no command 'trian'; did you mean 'train'", "trian")]
    [InlineData("train has no option '--lamda'; did you mean '--lambda'", "train", "--lamda", "1")]
    [InlineData("sweep status has no option '--nothing-like-it'; rankcollapse sweep status --help lists all.", "sweep", "status", "x", "--nothing-like-it")]
    [InlineData("The option --depth needs a value; rankcollapse train --help shows which.", "train", "--depth")]
    [InlineData("The option --depth needs a value; rankcollapse train --help shows which.", "train", "--depth", "--bias")]
    [InlineData("The option --depth is given 2 times; give it once.", "train", "--depth", "3", "--depth", "4")]
    [InlineData("train cannot use 'word'; rankcollapse train --help shows what it takes.", "train", "word")]
    public void WhatIsWrong_IsOneLineWithTheWayOut(string expected, params string[] line)
    {
        CommandLine answer = CommandLine.Run(line);
        Assert.Equal(2, answer.ExitCode);
        Assert.StartsWith($"error: {expected}", answer.Error, StringComparison.Ordinal);
        Assert.Single(answer.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void AMissingArgument_IsSaidWithWhatItIs() =>
        Assert.StartsWith("error: measure needs ", CommandLine.Run("measure").Error, StringComparison.Ordinal);
}
