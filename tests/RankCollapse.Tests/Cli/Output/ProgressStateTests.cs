using RankCollapse.Cli.Output;

namespace RankCollapse.Tests.Cli.Output;

public sealed class ProgressStateTests
{
    private static readonly ProgressState State = new("epoch 120 of 3,000")
    {
        Fraction = 0.25,
        Value = "objective 0.0192",
        Details = ["rel. gradient 1.2e-4", "data term 5.2e-5"],
        Rate = "53 epochs/s",
        Left = "about 54 s left",
    };

    [Theory]
    [InlineData(60, "epoch 120 of 3,000 · objective 0.0192 · about 54 s left")]
    [InlineData(80, "████░░░░░░░░░░░░░░  25 % epoch 120 of 3,000 · objective 0.0192 · about 54 s left")]
    [InlineData(120, "█████░░░░░░░░░░░░░░░░  25 % epoch 120 of 3,000 · objective 0.0192 · rel. gradient 1.2e-4 · 53 epochs/s · about 54 s left")]
    [InlineData(200, "██████░░░░░░░░░░░░░░░░░░  25 % epoch 120 of 3,000 · objective 0.0192 · rel. gradient 1.2e-4 · data term 5.2e-5 · 53 epochs/s · "
        + "about 54 s left")]
    public void ALine_FitsTheTerminal(int width, string expected)
    {
        Assert.Equal(expected, State.Fit(width));
        Assert.True(State.Fit(width).Length <= width);
    }

    [Fact]
    public void InAFile_EverythingIsSaid() => Assert.Equal(
        "epoch 120 of 3,000, objective 0.0192, rel. gradient 1.2e-4, data term 5.2e-5, 53 epochs/s, about 54 s left", State.Line);

    [Fact]
    public void TheNarrowestTerminals_GetOneLine() =>
        Assert.All(Enumerable.Range(20, 100), width => Assert.True(State.Fit(width).Length <= width));
}
