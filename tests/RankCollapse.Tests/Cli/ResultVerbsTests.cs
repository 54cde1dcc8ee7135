using System.Text.Json;
using RankCollapse.Cli.Output;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests.Sweeps.Results;

namespace RankCollapse.Tests.Cli;

public sealed class ResultVerbsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SweepFolder _sweep;

    public ResultVerbsTests()
    {
        _sweep = SampleResults.WriteSweep(_folder.File("sweep"), [1e-4, 1e-3, 1e-2], 3);
        foreach (Trial trial in _sweep.ReadPlan().Trials.Skip(1)) SampleResults.Finish(_sweep, trial);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Query_ShowsATable()
    {
        CommandLine result = CommandLine.Run("query", "SELECT lambda, count(*) AS n FROM runs GROUP BY lambda ORDER BY lambda", _sweep.Path);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["lambda  n", "1.00000e-4 3", "0.00100000 3", "0.0100000 3"], Lines(result).Where((_, i) => i != 1).Select((line, i) => i == 0 ? string.Join("  ", Words(line)) : string.Join(' ', Words(line))));
        Assert.Contains("3 rows", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Query_WithJson_IsOneDocument()
    {
        CommandLine result = CommandLine.Run("query", "SELECT state, count(*) AS n FROM runs GROUP BY state ORDER BY state", _sweep.Path, "--json");
        using var document = JsonDocument.Parse(result.Output);
        Assert.Equal(["done", "pending"], document.RootElement.EnumerateArray().Select(row => row.GetProperty("state").GetString()));
        Assert.Equal(8, document.RootElement[0].GetProperty("n").GetInt32());
    }

    [Theory]
    [InlineData("selct 1", "syntax error")]
    [InlineData("SELECT lamda FROM runs", "lambda")]
    public void Query_WithWrongSql_EndsWithTwo_AndWritesNothing(string sql, string found)
    {
        string file = _folder.File("out.csv");
        CommandLine result = CommandLine.Run("query", sql, _sweep.Path, "--out", file);
        BadInputTests.AssertRefused(result, found);
        Assert.Equal(["sweep"], Directory.GetFileSystemEntries(_folder.Root).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("query \"FROM runs\" {sweep} --format parquet", "--out")]
    [InlineData("query \"FROM runs\" {sweep} --format xml", "no format 'xml'")]
    [InlineData("query \"FROM runs\" {sweep} --out x.txt", "ending")]
    [InlineData("query \"FROM runs\" {sweep}/none", "no folder")]
    [InlineData("serve {sweep}/none", "no folder")]
    [InlineData("serve {sweep} --port 99999", "--port is 99999")]
    [InlineData("serve {sweep} --address here", "--address is 'here'")]
    [InlineData("serve {sweep} --address 203.0.113.7 --port 0", "Cannot listen on 203.0.113.7")]
    [InlineData("sweep plot {sweep} --x lambda", "--metric")]
    [InlineData("sweep plot {sweep} --metric objective --x lambda --y seed --by seed", "one of them")]
    [InlineData("sweep plot {sweep} --metric objective --x lambda --band wide", "--band is 'wide'")]
    [InlineData("sweep plot {sweep} --metric tcvUpper --x lambda", "give the layer")]
    public void BadOptions_EndWithTwo(string line, string found)
    {
        string[] arguments = [.. line.Split('"').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(a => a.Replace("{sweep}", _sweep.Path, StringComparison.Ordinal))];
        BadInputTests.AssertRefused(CommandLine.Run(arguments), found);
    }

    [Fact]
    public void Collect_WritesATidyTable_WithEveryTrial()
    {
        string file = _folder.File("all.csv");
        CommandLine result = CommandLine.Run("sweep", "collect", _sweep.Path, "--out", file);
        Assert.Equal(0, result.ExitCode);
        string[][] rows = [.. File.ReadAllLines(file).Select(line => line.Split(','))];
        Assert.Equal(["run", "sweep", "trial", "state", "reason", "status", "lambda", "lambdaFeatures", "seed", "layer", "metric", "value"], rows[0]);
        Assert.Equal(9, rows.Skip(1).Select(row => row[2]).Distinct().Count());
        Assert.Single(rows, row => row[3] == "pending");
        Assert.Equal(8, rows.Count(row => row[10] == "objective"));
        using var document = JsonDocument.Parse(CommandLine.Run("sweep", "collect", _sweep.Path, "--json").Output);
        Assert.Equal(9, document.RootElement.GetProperty("runs").GetInt32());
        Assert.True(new FileInfo(Path.Combine(_sweep.Path, "results.parquet")).Length > 500);
    }

    [Theory]
    [InlineData("objective", "--x", "lambda", "--by", "seed")]
    [InlineData("objective", "--x", "lambda", "--y", "seed")]
    [InlineData("objective", "--x", "lambda", "--band", "range")]
    [InlineData("objective", "--x", "activation", "--by", "lambda")]
    public void Plot_WritesSvgAndPng(string metric, params string[] axes)
    {
        CommandLine result = CommandLine.Run(["sweep", "plot", _sweep.Path, "--metric", metric, .. axes]);
        Assert.Equal(0, result.ExitCode);
        string[] files = Lines(result);
        Assert.Equal([".svg", ".png"], files.Select(Path.GetExtension));
        string svg = File.ReadAllText(files[0]);
        Assert.Contains("objective", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], File.ReadAllBytes(files[1])[..4]);
    }

    [Fact]
    public void Plot_WithJson_GivesTheNumbersDrawn()
    {
        CommandLine result = CommandLine.Run("sweep", "plot", _sweep.Path, "--metric", "objective", "--x", "lambda", "--json");
        using var document = JsonDocument.Parse(result.Output);
        Assert.Equal([1.51, 1.1, 2.0], document.RootElement.GetProperty("groups").EnumerateArray().Select(g => g.GetProperty("median").GetDouble()), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(["seed"], document.RootElement.GetProperty("putTogether").EnumerateArray().Select(n => n.GetString()));
    }

    [Fact]
    public async Task Serve_PrintsItsAddress_AndAnswersUntilItIsStopped()
    {
        using var cancellation = new CancellationTokenSource();
        using var output = new FirstLine();
        var environment = new CommandEnvironment { Output = output, Error = TextWriter.Null, Cancellation = cancellation.Token };
        Task<int> serving = Task.Run(() => RankCollapse.Cli.RankCollapseCommand.Run(["serve", _sweep.Path, "--port", "0"], environment));
        string address = await output.Line.WaitAsync(TimeSpan.FromSeconds(20));
        using (var client = new HttpClient())
        {
            string page = await client.GetStringAsync(new Uri(address));
            Assert.Contains("<title>RankCollapse</title>", page, StringComparison.Ordinal);
        }
        await cancellation.CancelAsync();
        Assert.Equal(0, await serving.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private sealed class FirstLine : StringWriter
    {
        private readonly TaskCompletionSource<string> _line = new();

        public Task<string> Line => _line.Task;

        public override Task WriteLineAsync(string? value)
        {
            _line.TrySetResult(value ?? "");
            return Task.CompletedTask;
        }
    }

    private static string[] Lines(CommandLine result) => result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
