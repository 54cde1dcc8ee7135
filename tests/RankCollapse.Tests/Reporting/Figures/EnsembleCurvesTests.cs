using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Reporting.Figures;

public sealed class EnsembleCurvesTests
{
    [Fact]
    public void Curve_IsMedianAndRange_AndAMemberThatEndedKeepsItsLastValue()
    {
        var curves = new EnsembleCurves([Member(0, (0, 4), (1, 2), (5, 1)), Member(1, (0, 8), (1, 6)), Member(2, (0, 6), (5, double.NaN))], 400);
        Series curve = curves.Of("m", 1);

        Assert.True(curves.Has("m", 1));
        Assert.False(curves.Has("m", 2));
        Assert.Equal([0, 1, 5], curve.X);
        Assert.Equal([6, 6, 3.5], curve.Y);
        Assert.Equal([4, 2, 1], curve.Lower!);
        Assert.Equal([8, 6, 6], curve.Upper!);
    }

    [Fact]
    public void LongCurve_IsThinned_AndKeepsItsEnds()
    {
        Series curve = new EnsembleCurves([Member(0, [.. Enumerable.Range(0, 1000).Select(i => (i, (double)i))])], 50).Of("m", 1);
        Assert.Equal(50, curve.X.Count);
        Assert.Equal((0, 999), (curve.X[0], curve.X[^1]));
        Assert.Equal(curve.X, curve.Y);
    }

    private static EnsembleRun Member(long seed, params (long Epoch, double Value)[] records) =>
        new(seed, null, [.. records.Select(record => new MetricRecord(record.Epoch, 0, 1, "m", record.Value))], null);
}
