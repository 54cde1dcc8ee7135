using System.Text.Json;
using System.Text.RegularExpressions;
using RankCollapse.Reporting;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Reporting;

public sealed partial class HtmlReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rankcollapse-report-").FullName;

    [Fact]
    public void Names_WithMarkup_AreShownAsText()
    {
        Run run = new SyntheticRun { Name = "<script>alert(1)</script>" }.Build();
        string html = Write(run with { Configuration = run.Configuration with { Data = "a</code><img src=x>.npz" } });
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_NamesNoAddress()
    {
        string html = Write(SampleRuns.Collapsed());
        Assert.All(Address().Matches(html), match => Assert.StartsWith("http://www.w3.org/", match.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Series_OfThePage_AreTheRecordedValues()
    {
        Run run = SampleRuns.Collapsed();
        JsonElement line = Charts(Write(run)).GetProperty("tcv").GetProperty("panels")[0].GetProperty("series")[1];
        MetricRecord[] recorded = [.. run.Metrics.Where(m => m.Layer == 2 && m.Metric == "tcvUpper")];
        Assert.Equal("layer 2", line.GetProperty("name").GetString());
        Assert.Equal(recorded.Select(m => m.Epoch), line.GetProperty("x").EnumerateArray().Select(e => e.GetInt64()));
        Assert.All(recorded.Zip(line.GetProperty("y").EnumerateArray()),
            pair => Assert.Equal(pair.First.Value, pair.Second.GetDouble(), 1e-5 * pair.First.Value));
    }

    [Fact]
    public void DataLoss_InTheMeanConvention_IsDrawnAsPartOfTheObjective()
    {
        Run run = SampleRuns.NotCollapsed();
        JsonElement lines = Charts(Write(run)).GetProperty("objective").GetProperty("panels")[0].GetProperty("series");
        double LastOf(string name) => lines.EnumerateArray().Single(l => l.GetProperty("name").GetString() == name).GetProperty("y").EnumerateArray().Last()
            .GetDouble();
        Assert.Equal(LastOf("objective J"), LastOf("data loss / N") + LastOf("weight penalty") + LastOf("feature penalty"), 1e-4);
    }

    [Fact]
    public void ValuesNotFinite_BecomeGapsInTheSeries() =>
        Assert.Contains(
            Charts(Write(SampleRuns.WithValuesNotFinite())).GetProperty("tcv").GetProperty("panels")[0].GetProperty("series").EnumerateArray()
                .SelectMany(l => l.GetProperty("y").EnumerateArray()),
            value => value.ValueKind == JsonValueKind.Null);

    [Fact]
    public void LongSeries_AreThinnedAndKeepTheirEnds()
    {
        Run run = SampleRuns.Collapsed();
        MetricRecord[] many = [.. Enumerable.Range(0, 5000).Select(i => new MetricRecord(i, i, 1, "tcvUpper", 1.0 / (i + 1)))];
        JsonElement x = Charts(Write(run with { Metrics = many })).GetProperty("tcv").GetProperty("panels")[0].GetProperty("series")[0].GetProperty("x");
        Assert.InRange(x.GetArrayLength(), 100, 500);
        Assert.Equal(0, x[0].GetInt64());
        Assert.Equal(4999, x[x.GetArrayLength() - 1].GetInt64());
    }

    [Fact]
    public void MissingMetrics_AreNamedInTheFiguresPlace()
    {
        string html = Write(SampleRuns.WithoutMetrics());
        Assert.Contains("was not recorded during training", html, StringComparison.Ordinal);
        Assert.Contains("there are no classes", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WhereTheFolderIsAFile_SaysSoAndLeavesNothing()
    {
        string file = Path.Combine(_folder, "occupied");
        File.WriteAllText(file, "kept");
        InvalidInputException error = Assert.Throws<InvalidInputException>(() => HtmlReport.Write(SampleRuns.Collapsed(), Path.Combine(file, "report.html")));
        Assert.Contains("occupied", error.Message, StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Write_OverAnOlderReport_ReplacesItAndLeavesNoTemporaryFile()
    {
        string path = Path.Combine(_folder, "report.html");
        File.WriteAllText(path, "old");
        Write(SampleRuns.Collapsed());
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
        Assert.StartsWith("<!doctype html>", File.ReadAllText(path), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(Run run)
    {
        string path = Path.Combine(_folder, "report.html");
        HtmlReport.Write(run, path);
        return File.ReadAllText(path);
    }

    private static JsonElement Charts(string html) =>
        JsonDocument.Parse(Json().Match(html).Groups["json"].Value).RootElement;

    [GeneratedRegex("""id="charts">(?<json>.*?)</script>""", RegexOptions.ExplicitCapture)]
    private static partial Regex Json();

    [GeneratedRegex("""https?://[^"'\s)]+""")]
    private static partial Regex Address();
}
