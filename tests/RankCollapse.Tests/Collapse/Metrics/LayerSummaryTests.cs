using RankCollapse.Collapse.Metrics;

namespace RankCollapse.Tests.Collapse.Metrics;

public sealed class LayerSummaryTests
{
    private static readonly LayerSummary Summary =
        new() { Layer = 2, WeightSingularValues = [], FeatureSingularValues = [], TcvUpper = 0.5, WeightNumericalRank = 7 };

    [Fact]
    public void Properties_AreTheNumbersOfTheirMetrics()
    {
        Assert.Equal(0.5, Summary.Number(CollapseMetrics.TcvUpper));
        Assert.Equal(7, Summary.Number(RankMetrics.WeightNumericalRank));
    }

    [Fact]
    public void Numbers_OfAnyMetric_AreCarried() =>
        Assert.Equal(
            3.5, (Summary with { Numbers = new Dictionary<string, double?>(Summary.Numbers) { ["featureStableRank"] = 3.5 } }).Of("featureStableRank"));

    [Fact]
    public void ChangedCopies_LeaveTheOriginal()
    {
        Assert.Equal(1, (Summary with { TcvUpper = 1 }).TcvUpper);
        Assert.Equal(0.5, Summary.TcvUpper);
    }

    [Fact]
    public void NotMeasured_HasEveryNumberAsNull()
    {
        var none = LayerSummary.NotMeasured(1);
        Assert.Equal(MetricTable.Of(MetricScopes.Layers).Select(metric => metric.Key), none.Numbers.Keys);
        Assert.All(none.Numbers.Values, Assert.Null);
        Assert.Equal((0, 0, double.NaN), (none.WeightNumericalRank, none.FeatureNumericalRank, none.WeightNorm));
    }
}
