using System.Net;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Models;
using RankCollapse.Reporting;

namespace RankCollapse.Tests.Reporting;

public sealed class ModelReportTests
{
    [Fact]
    public void Page_HoldsEveryLayerColumnAndSkippedTensor()
    {
        string page = Write(SampleInspections.Usual());
        foreach (Metric metric in MetricTable.Of(MetricScopes.Weights))
            Assert.Contains($"<dt>{WebUtility.HtmlEncode(metric.Heading)}</dt>", page, StringComparison.Ordinal);
        foreach (string name in (string[])["collapsed.weight", "full.weight", "conv.weight", "zero.weight", "fc.bias"])
            Assert.Contains(name, page, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode("3 × 4×18"), page, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesFromTheModel_AreNeverHtml()
    {
        string page = Write(SampleInspections.Usual());
        Assert.DoesNotContain("<script>alert(1)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>bold", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_HasNoNumbersThatAreNone()
    {
        foreach (Inspection inspection in (Inspection[])[SampleInspections.Usual(), SampleInspections.WithFeatures(), SampleInspections.Large()])
        {
            string page = Write(inspection);
            page = page[..page.LastIndexOf("<script>", StringComparison.Ordinal)];
            Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
            Assert.DoesNotContain("not finite", page, StringComparison.Ordinal);
            Assert.DoesNotContain("Infinity", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Features_AreJoinedByLayer_AndOthersHaveRowsOfTheirOwn()
    {
        string page = Write(SampleInspections.WithFeatures());
        Assert.Contains("<dt>NC1 quotient</dt><dd>Within- over", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<dt>NC3</dt>", page, StringComparison.Ordinal);
        string row = page[page.IndexOf("full.weight</a>", StringComparison.Ordinal)..];
        Assert.Contains(">0.250<", row[..row.IndexOf("</tr>", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains("features alone", page, StringComparison.Ordinal);
        Assert.Contains(">0.750<", page, StringComparison.Ordinal);
    }

    [Fact]
    public void ModelWithoutLayers_HasAPageThatSaysSo()
    {
        string page = Write(SampleInspections.Usual() with { Layers = [] });
        Assert.Contains("No tensor of this model is a layer", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Overview of ranks", page, StringComparison.Ordinal);
    }

    private static string Write(Inspection inspection)
    {
        using var folder = new TemporaryFolder();
        ModelReport.Write(inspection, folder.File("m.html"));
        return File.ReadAllText(folder.File("m.html"));
    }
}
