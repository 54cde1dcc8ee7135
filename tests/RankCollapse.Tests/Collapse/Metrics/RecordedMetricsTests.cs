using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Collapse.Metrics;

public sealed class RecordedMetricsTests
{
    [Fact]
    public void Beginning_StandsForAllMetricsThatHaveIt()
    {
        Assert.Equal(["tcvUpper", "tcvLower"], Keys("tcv"));
        Assert.All(Keys("nc1"), key => Assert.StartsWith("nc1", key, StringComparison.Ordinal));
        Assert.Equal(4, Keys("nc1").Length);
        Assert.Equal(["weightNumericalRank"], Keys("weightNumericalRank"));
        Assert.Equal(Keys("all").Concat(Keys("nc2")), Keys(" all, nc2"));
        Assert.DoesNotContain("nc5OutOfDistributionCosine", Keys("nc"));
    }

    [Fact]
    public void ObjectiveAndGradient_AreAlwaysThere_AndWhatTrainingTookIsOnRequest()
    {
        string[] usual = [.. RecordedMetrics.Parse("nc1").Network.Select(metric => metric.Key)];
        Assert.Contains("objective", usual);
        Assert.DoesNotContain("hessianProducts", usual);
        Assert.Contains("hessianProducts", RecordedMetrics.Parse("hessianProducts").Network.Select(metric => metric.Key));
    }

    [Fact]
    public void EveryMetricButThoseOfOtherData_CanBeRecorded()
    {
        foreach (Metric metric in MetricTable.All.Where(metric => metric.Key != "nc5OutOfDistributionCosine" && metric is { OfChange: null, OfClass: null }))
        {
            var chosen = RecordedMetrics.Parse(metric.Key);
            Assert.Contains(metric, chosen.Network.Concat(chosen.Layers));
        }
        Assert.Superset(new HashSet<string> { "tcv", "nc1", "nc2", "nc3", "weight", "feature" }, RecordedMetrics.Names.ToHashSet());
        foreach (string name in RecordedMetrics.Names) RecordedMetrics.Parse(name);
    }

    [Theory]
    [InlineData("nc6", "did you mean 'nc1'")]
    [InlineData("tcv,", "There is no metric ''")]
    [InlineData("tcvU", "did you mean 'tcv")]
    [InlineData("nc5OutOfDistributionCosine", "is of other data")]
    [InlineData("classAccuracy", "of one class")]
    public void UnknownName_IsRefused(string names, string words)
    {
        var error = Assert.Throws<InvalidInputException>(() => RecordedMetrics.Parse(names));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => (new RunConfiguration { Record = names }).Validate());
    }

    private static string[] Keys(string names) => [.. RecordedMetrics.Parse(names).Layers.Select(metric => metric.Key)];
}
