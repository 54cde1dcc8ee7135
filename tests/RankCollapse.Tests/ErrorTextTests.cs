namespace RankCollapse.Tests;

public sealed class ErrorTextTests
{
    [Theory]
    [InlineData("a\u001b[31mb\nc", "a?[31mb?c")]
    [InlineData("a\u009b31mb\u202Ec", "a?31mb?c")]
    [InlineData("größe 漢字 😀", "größe 漢字 😀")]
    public void Line_HasNothingThatSteersATerminal(string text, string expected) => Assert.Equal(expected, ErrorText.Line(text));

    [Fact]
    public void HalfACharacter_IsNone() => Assert.Equal("a?b?", ErrorText.Line("a\uD800b\uDC00"));

    [Fact]
    public void Printable_IsCutBetweenWholeCharacters()
    {
        string text = ErrorText.Printable(new string('a', 159) + "😀😀");
        Assert.Equal(new string('a', 159) + "…", text);
    }
}
