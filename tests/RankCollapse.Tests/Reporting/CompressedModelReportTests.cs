using RankCollapse.Models.Compression;
using RankCollapse.Reporting;

namespace RankCollapse.Tests.Reporting;

public sealed class CompressedModelReportTests
{
    [Fact]
    public void NamesFromTheModel_AreNeverHtml_AndNumbersAreFinite()
    {
        foreach (bool hasTest in (bool[])[false, true])
        {
            string page = Write(SampleCompressions.ToAccuracy(hasTest));
            Assert.DoesNotContain("<b>bold", page, StringComparison.Ordinal);
            Assert.Contains("&lt;b&gt;bold", page, StringComparison.Ordinal);
            page = page[..page.LastIndexOf("<script>", StringComparison.Ordinal)];
            Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
            Assert.Equal(hasTest, page.Contains("Compared on", StringComparison.Ordinal));
            Assert.Equal(!hasTest, page.Contains("predicted somewhat worse", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void DropBeyondTwiceItsError_IsSaidToBeMoreThanAsked()
    {
        CompressionReport report = SampleCompressions.ToAccuracy(hasTest: true);
        Assert.False(report.IsRefutedOnTest);
        report = report with { Check = report.Check! with { Accuracy = new AccuracyChange("others", 1000, 950, 900, 55) } };
        Assert.True(report.IsRefutedOnTest);
        Assert.Contains("lower by more than was asked", Write(report), StringComparison.Ordinal);
    }

    private static string Write(CompressionReport report)
    {
        using var folder = new TemporaryFolder();
        CompressedModelReport.Write(report, folder.File("page.html"));
        return File.ReadAllText(folder.File("page.html"));
    }
}
