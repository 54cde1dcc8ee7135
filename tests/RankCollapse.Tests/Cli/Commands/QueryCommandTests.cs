using System.Text.Json;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class QueryCommandTests : SampleSweepFolder
{
    [Fact]
    public void Query_ShowsATable()
    {
        CommandLine result = CommandLine.Run("query", "SELECT lambda, count(*) AS n FROM runs GROUP BY lambda ORDER BY lambda", Sweep.Path);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["lambda  n", "0.0001 3", "0.001 3", "0.01 3"],
            Lines(result).Where((_, i) => i != 1).Select((line, i) => i == 0 ? string.Join("  ", Words(line)) : string.Join(' ', Words(line))));
        Assert.Contains("3 rows", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Query_WithJson_IsOneDocument()
    {
        CommandLine result = CommandLine.Run("query", "SELECT state, count(*) AS n FROM runs GROUP BY state ORDER BY state", Sweep.Path, "--json");
        using var document = JsonDocument.Parse(result.Output);
        Assert.Equal(["done", "pending"], document.RootElement.EnumerateArray().Select(row => row.GetProperty("state").GetString()));
        Assert.Equal(8, document.RootElement[0].GetProperty("n").GetInt32());
    }

    [Theory]
    [InlineData("selct 1", "did you mean SELECT?")]
    [InlineData("SELECT lamda FROM runs", "lambda")]
    public void Query_WithWrongSql_EndsWithTwo_AndWritesNothing(string sql, string found)
    {
        string file = Folder.File("out.csv");
        CommandLine result = CommandLine.Run("query", sql, Sweep.Path, "--out", file);
        RankCollapseCommandTests.AssertRefused(result, found);
        Assert.Equal(["sweep"], Directory.GetFileSystemEntries(Folder.Root).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("query \"FROM runs\" {sweep} --format parquet", "--out")]
    [InlineData("query \"FROM runs\" {sweep} --format xml", "no format 'xml'")]
    [InlineData("query \"FROM runs\" {sweep} --out x.txt", "ending")]
    [InlineData("query \"FROM runs\" {sweep}/none", "no folder")]
    public void BadOptions_EndWithTwo(string line, string found)
    {
        string[] arguments =
            [.. line.Split('"').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(a => a.Replace("{sweep}", Sweep.Path, StringComparison.Ordinal))];
        RankCollapseCommandTests.AssertRefused(CommandLine.Run(arguments), found);
    }

    private static string[] Lines(CommandLine result) => result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
