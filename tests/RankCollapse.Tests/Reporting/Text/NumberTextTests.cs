using RankCollapse.Reporting.Text;

namespace RankCollapse.Tests.Reporting.Text;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(3.14159, "3.14")]
    [InlineData(0.0123456, "0.0123")]
    [InlineData(1234.5, "1,234")]
    [InlineData(999999, "999,999")]
    [InlineData(2.1e-9, "2.10·10⁻⁹")]
    [InlineData(-4.5e12, "−4.50·10¹²")]
    [InlineData(-0.5, "−0.500")]
    [InlineData(double.NaN, "not finite")]
    [InlineData(double.PositiveInfinity, "not finite")]
    public void Short_OfNumber_HasThreeDigits(double value, string text) => Assert.Equal(text, NumberText.Short(value));

    [Theory]
    [InlineData(0.42, "0.420 s")]
    [InlineData(245, "4 min 05 s")]
    [InlineData(7800, "2 h 10 min")]
    [InlineData(double.NaN, "unknown")]
    public void Duration_OfSeconds_IsReadable(double seconds, string text) => Assert.Equal(text, NumberText.Duration(seconds));

    [Theory]
    [InlineData(new int[0], "no layer")]
    [InlineData(new[] { 3 }, "layer 3")]
    [InlineData(new[] { 2, 4 }, "layers 2 and 4")]
    [InlineData(new[] { 1, 2 }, "layers 1 and 2")]
    [InlineData(new[] { 2, 3, 4, 5 }, "layers 2–5")]
    [InlineData(new[] { 1, 3, 4, 5, 9 }, "layers 1, 3–5 and 9")]
    public void Layers_OfNumbers_JoinsRuns(int[] layers, string text) => Assert.Equal(text, NumberText.Layers(layers));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(10, "10")]
    [InlineData(0.01, "0.01")]
    [InlineData(0.001, "0.001")]
    [InlineData(1234.5, "1,234.5")]
    [InlineData(3.14159, "3.14")]
    [InlineData(123456.4, "123,456")]
    [InlineData(-0.25, "−0.25")]
    [InlineData(1e-6, "10⁻⁶")]
    [InlineData(2.5e-6, "2.5·10⁻⁶")]
    [InlineData(-2e7, "−2·10⁷")]
    [InlineData(double.NaN, "not finite")]
    public void Plain_IsAsShortAsItCanBe(double value, string text) => Assert.Equal(text, NumberText.Plain(value));

    [Fact]
    public void Percent_HasTwoDigitsOfWhatIsThereOrMissing() => Assert.Equal(
        ["3.4 %", "90 %", "99 %", "98.5 %", "99.9967 %", "99.9999 %", "100 %", "103 %"],
        new[] { 0.0341, 0.9, 0.99, 0.9854, 0.999967, 1 - 1e-12, 1, 1.034 }.Select(NumberText.Percent));

    [Fact]
    public void PlainAll_GivesAllAPowerOfTenWhereOneNeedsIt()
    {
        Assert.Equal(["0", "10⁻⁴", "10⁻³", "2.5·10⁻²", "1"], NumberText.PlainAll([0, 1e-4, 1e-3, 0.025, 1]));
        Assert.Equal(["0.001", "0.01"], NumberText.PlainAll([1e-3, 1e-2]));
    }
}
