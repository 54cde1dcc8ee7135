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
            string page = Write(Sample(hasTest));
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
        CompressionReport report = Sample(hasTest: true);
        Assert.False(report.IsRefutedOnTest);
        report = report with { Check = report.Check! with { Accuracy = new AccuracyChange("others", 1000, 950, 900, 55) } };
        Assert.True(report.IsRefutedOnTest);
        Assert.Contains("lower by more than was asked", Write(report), StringComparison.Ordinal);
    }

    /// <summary>A model of two layers, compressed to an accuracy.</summary>
    private static CompressionReport Sample(bool hasTest)
    {
        AccuracyChange On(string data, int right) => new(data, 1000, 950, right, 960 - right);
        return new CompressionReport
        {
            Model = "model.onnx",
            Output = "small.onnx",
            Rule = RankRule.Accuracy,
            Layers =
            [
                new CompressedLayer
                {
                    Name = "<b>bold",
                    Kind = "linear",
                    ShapeText = "9×9",
                    ParametersBefore = 81,
                    ParametersAfter = 36,
                    Rank = 2,
                    FullRank = 9,
                },
                new CompressedLayer { Name = "v", Kind = "linear", ShapeText = "2×9", ParametersBefore = 18, ParametersAfter = 18, Reason = "it is <small>" },
            ],
            ParametersBefore = 99,
            ParametersAfter = 54,
            WeightError = 0.1,
            HasTest = hasTest,
            Search = new AccuracySearch(0.005, On("data", 947), 12),
            Check = new CompressionCheck
            {
                Inputs = "others",
                SampleCount = 1000,
                Outputs = [new OutputDifference("y", 0.1, 1, 0.2)],
                Accuracy = On("others", 940),
            },
            Path = [.. Enumerable.Range(1, 4).Select(i => new PathPoint(
                18 + (i * 81 / 4), 1 - (i / 4.0), 1 - (i / 4.0), On("data", 200 + (i * 180)), hasTest ? On("others", 210 + (i * 180)) : null))],
            Latency = [new LatencyChange(1, 1, 0.002, 0.001, 0.5, 0.4, 0.6, 11)],
        };
    }

    private static string Write(CompressionReport report)
    {
        using var folder = new TemporaryFolder();
        CompressedModelReport.Write(report, folder.File("page.html"));
        return File.ReadAllText(folder.File("page.html"));
    }
}
