using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests.Sweeps.Results;

namespace RankCollapse.Tests.Cli.Output;

public sealed class SweepWatchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SweepFolder _sweep;
    private readonly IReadOnlyList<Trial> _trials;

    public SweepWatchTests()
    {
        _sweep = SampleResults.WriteSweep(_folder.File("sweep"), [1e-3], 3);
        _trials = _sweep.ReadPlan().Trials;
        SampleResults.Finish(_sweep, _trials[0]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Watch_GoesOnUntilNothingIsLeft()
    {
        Task<CommandLine> watching = Task.Run(() => CommandLine.Run("sweep", "watch", _sweep.Path, "--every", "0.1"));
        await Task.Delay(300);
        Assert.False(watching.IsCompleted);
        foreach (Trial trial in _trials.Skip(1)) SampleResults.Finish(_sweep, trial);
        CommandLine result = await watching.WaitAsync(TimeSpan.FromSeconds(20));
        string[] lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal($"sample: 1 done, 2 pending of 3; nobody works on it; to go on: rankcollapse sweep resume {_sweep.Path}", lines[0]);
        Assert.StartsWith("sample: 3 done of 3", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Watch_OfASweepWithFailures_EndsWithOne()
    {
        SampleResults.Finish(_sweep, _trials[1]);
        FailureLog.Add(_sweep,
            new TrialFailure
            {
                Trial = _trials[2].Id,
                Attempt = 1,
                Kind = FailureKind.Error,
                Reason = "it broke",
                Worker = "w",
                At = DateTimeOffset.UnixEpoch
            });
        CommandLine result = CommandLine.Run("sweep", "watch", _sweep.Path);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("2 done, 1 failed of 3", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Watch_StopsOnRequest()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        Assert.Equal(0, CommandLine.Run(cancellation.Token, "sweep", "watch", _sweep.Path).ExitCode);
    }

    [Theory]
    [InlineData("none", "2", "no plan.json")]
    [InlineData("sweep", "0", "--every is 0")]
    public void BadInput_IsOneLine(string folder, string every, string found) =>
        RankCollapseCommandTests.AssertRefused(CommandLine.Run("sweep", "watch", _folder.File(folder), "--every", every), found);
}
