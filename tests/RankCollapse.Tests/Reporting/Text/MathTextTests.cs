using RankCollapse.Reporting.Text;

namespace RankCollapse.Tests.Reporting.Text;

public sealed class MathTextTests
{
    [Theory]
    [InlineData("s_i(Z^l)", "s|_i|(Z|^l|)")]
    [InlineData("Σ_{j>K} s_j²", "Σ|_j>K| s|_j|²")]
    [InlineData("block_deviation", "block_deviation")]
    [InlineData("λ^0.46 or 10^{-3}", "λ|^0.46| or 10|^-3")]
    [InlineData("", "")]
    public void Pieces_AreLoweredAndRaised(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', MathText.Pieces(text).Select(piece => (piece.Place > 0 ? "^" : piece.Place < 0 ? "_" : "") + piece.Text)));
}
