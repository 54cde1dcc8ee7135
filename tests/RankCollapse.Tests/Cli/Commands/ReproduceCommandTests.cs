using System.Text.Json.Nodes;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class ReproduceCommandTests
{
    [Fact]
    public void Figure_ThatDoesNotExist_IsBadInputInOneLine()
    {
        var result = CommandLine.Run("reproduce", "fig11");
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error: There is no figure 'fig11'; did you mean 'fig1'", result.Error);
        Assert.Single(result.Error.Trim().Split('\n'));
    }

    [Fact]
    public void Figure_ThatIsNotGiven_IsBadInput()
    {
        var result = CommandLine.Run("reproduce");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("reproduce needs FIGURE", result.Error);
    }

    [Fact]
    public void Workers_BelowOne_AreBadInput()
    {
        using var folder = new TemporaryFolder();
        var result = CommandLine.Run("reproduce", "fig5", "--quick", "--workers", "0", "--out", folder.File("out"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--workers is 0", result.Error);
        Assert.False(Directory.Exists(folder.File("out")));
    }

    [Theory]
    [InlineData("There is no engine 'cloud'; known are local, slurm, in-process", "--engine", "cloud")]
    [InlineData("give --engine slurm too", "--slurm", "cluster.json")]
    [InlineData("cluster.json has an unknown name 'partitions'; did you mean 'partition'", "--engine", "slurm", "--slurm", "CLUSTER")]
    public void EnginesThatCannotBeUsed_AreBadInputAndNothingIsWritten(string expected, params string[] options)
    {
        using var folder = new TemporaryFolder();
        string cluster = folder.Write("cluster.json", """{ "partitions": "cpu" }""");
        var result = CommandLine.Run(
            ["reproduce", "fig1", "--quick", "--out", folder.File("out"), .. options.Select(option => option == "CLUSTER" ? cluster : option)]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Error);
        Assert.Single(result.Error.Trim().Split('\n'));
        Assert.False(Directory.Exists(folder.File("out")));
    }

    [Fact]
    public void Reproduction_ThatIsStopped_EndsWithCode1AndOneJsonDocument()
    {
        using var folder = new TemporaryFolder();
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        var result = CommandLine.Run(stopped.Token, "reproduce", "fig5", "--quick", "--out", folder.File("out"), "--json");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(
            "stopped on request; finished trainings are stored, and the same command goes on from there.",
            JsonNode.Parse(result.Output)!["error"]!.GetValue<string>());
    }

    [Fact]
    public void Help_ListsTheFiguresAndAnExample()
    {
        var result = CommandLine.Run("reproduce", "--help");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("fig4", result.Output);
        Assert.Contains("rankcollapse reproduce fig5 --quick", result.Output);
    }
}
