using System.Text.Json;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class ReportCommandTests
{
    [Fact]
    public void Report_WritesPageAndFigures()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run"), page = folder.File("page.html");
        CommandLine.Train(run, "--max-epochs", "30", "--no-report");
        Assert.False(File.Exists(Path.Combine(run, "report.html")));
        CommandLine result = CommandLine.Run("report", run, "--out", page, "--json");
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Equal(page, document.RootElement.GetProperty("report").GetString());
        Assert.All(document.RootElement.GetProperty("figures").EnumerateArray(), figure => Assert.True(File.Exists(figure.GetString())));
        Assert.Contains("</html>", File.ReadAllText(page), StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("report", run, "--no-figures").ExitCode);
        Assert.True(File.Exists(Path.Combine(run, "report.html")));
    }
}
