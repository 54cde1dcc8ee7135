using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Fonts;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;

namespace RankCollapse.Tests.Reporting.Panels;

public sealed class PanelTests
{
    /// <summary>Less than the height of a panel in a figure of two columns, in units of 1/96 inch.</summary>
    private const float Room = 150;

    [Fact]
    public void AxisOf_EveryMetric_HasATitleThatTheFontHasAndAPanelHasRoomFor() => Assert.All(MetricTable.All, metric =>
    {
        string text = Axis.Of(metric).Text;
        string letters = string.Concat((metric.Heading + text).Where(c => !char.IsWhiteSpace(c)));
        Assert.True(FigureFont.Regular.ContainsGlyphs(letters) && FigureFont.SemiBold.ContainsGlyphs(letters), letters);
        Assert.InRange(FigureText.Measure(text), 0, Room);
    });
}
