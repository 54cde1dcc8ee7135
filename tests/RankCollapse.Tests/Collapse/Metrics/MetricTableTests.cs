using System.Text.RegularExpressions;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Tests.House;

namespace RankCollapse.Tests.Collapse.Metrics;

/// <summary>The table itself; it must not hold toys of other tests meanwhile.</summary>
[Collection(Adding.ChangedMetricTable.Name)]
public sealed partial class MetricTableTests
{
    [Fact]
    public void Documentation_DefinesEveryMetric_InTheTablesOrder()
    {
        string[] rows =
            [.. File.ReadLines(Path.Combine(SourceTree.Root, "docs", "metrics.md")).Select(line => Row().Match(line)).Where(row => row.Success)
            .Select(row => $"{row.Groups[1]}: {row.Groups[2]}")];
        Assert.Equal(MetricTable.All.Select(metric => $"{metric.Key}: {metric.Scopes.ToString().ToLowerInvariant()}"), rows);
    }

    [Fact]
    public void EveryMetric_IsOfSomething() => Assert.All(MetricTable.All, metric => Assert.NotEqual(MetricScopes.None, metric.Scopes));

    [Fact]
    public void EveryMetric_IsShownFirstOnlyWhereItIs() => Assert.All(MetricTable.All, metric => Assert.Equal(metric.Main, metric.Main & metric.Scopes));

    [Fact]
    public void EveryMeaning_IsASentence() => Assert.All(MetricTable.All, metric => Assert.Matches(@"^\S.*\.$", metric.Meaning));

    [Theory]
    [InlineData(MetricScopes.Network)]
    [InlineData(MetricScopes.Layers)]
    [InlineData(MetricScopes.Weights)]
    [InlineData(MetricScopes.Features)]
    [InlineData(MetricScopes.Changes)]
    [InlineData(MetricScopes.Classes)]
    public void Headings_TellMetricsOfOneScopeApart(MetricScopes scope) => Assert.Distinct(MetricTable.Of(scope).Select(metric => metric.Heading));

    // metrics.parquet holds them in this order; readers may rely on it.
    [Fact]
    public void RecordedMetrics_KeepTheirOrder()
    {
        Assert.Equal(["objective", "dataLoss", "weightPenalty", "featurePenalty", "gradientNorm", "relativeGradientNorm"], Recorded(MetricScopes.Network));
        Assert.Equal(
            [
                "wcssOfClasses", "tcvUpper", "tcvLower", "weightNumericalRank", "featureNumericalRank", "weightNorm", "featureNorm", "weightSpectralNorm",
                    "featureSpectralNorm",
                "weightTailEnergy", "balanceDeviation", "balanceRelativeDeviation",
            ],
            Recorded(MetricScopes.Layers));
    }

    private static IEnumerable<string> Recorded(MetricScopes scope) =>
        MetricTable.Of(scope).Where(metric => metric.Cost != MetricCost.AtEnd).Select(metric => metric.Key);

    [GeneratedRegex(@"^\| `([\w.-]+)` \| ([a-z, ]+) \| \S")]
    private static partial Regex Row();
}
