using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Fonts;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;

namespace RankCollapse.Tests.Reporting.Panels;

public sealed class PanelTests
{
    /// <summary>The height of a panel that stands among others, in units of 1/96 inch.</summary>
    private const float LeastHeight = 150;

    [Fact]
    public void AxisOf_EveryMetric_HasATitleThatTheFontHasAndAPanelHasRoomFor() => Assert.All(MetricTable.All, metric =>
    {
        string text = Axis.Of(metric).Text;
        string letters = string.Concat((metric.Heading + text).Where(c => !char.IsWhiteSpace(c)));
        Assert.True(FigureFont.Regular.ContainsGlyphs(letters) && FigureFont.SemiBold.ContainsGlyphs(letters), letters);
        Assert.InRange(FigureText.Measure(text), 0, LeastHeight);
    });
}
