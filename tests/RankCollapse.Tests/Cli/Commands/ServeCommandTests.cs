using RankCollapse.Cli.Output;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class ServeCommandTests : SampleSweepFolder
{
    [Fact]
    public async Task Serve_PrintsItsAddress_AndAnswersUntilItIsStopped()
    {
        using var cancellation = new CancellationTokenSource();
        using var output = new FirstLine();
        var environment = new CommandEnvironment { Output = output, Error = TextWriter.Null, Cancellation = cancellation.Token };
        Task<int> serving = Task.Run(() => RankCollapse.Cli.RankCollapseCommand.Run(["serve", Sweep.Path, "--port", "0"], environment));
        string address = await output.Line.WaitAsync(TimeSpan.FromSeconds(20));
        using (var client = new HttpClient())
        {
            string page = await client.GetStringAsync(new Uri(address));
            Assert.Contains("<title>RankCollapse</title>", page, StringComparison.Ordinal);
        }
        await cancellation.CancelAsync();
        Assert.Equal(0, await serving.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Theory]
    [InlineData("serve {sweep}/none", "no folder")]
    [InlineData("serve {sweep} --port 99999", "--port is 99999")]
    [InlineData("serve {sweep} --address here", "--address is 'here'")]
    [InlineData("serve {sweep} --address 203.0.113.7 --port 0", "Cannot listen on 203.0.113.7")]
    public void BadOptions_EndWithTwo(string line, string found)
    {
        string[] arguments =
            [.. line.Split('"').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(a => a.Replace("{sweep}", Sweep.Path, StringComparison.Ordinal))];
        RankCollapseCommandTests.AssertRefused(CommandLine.Run(arguments), found);
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
}
