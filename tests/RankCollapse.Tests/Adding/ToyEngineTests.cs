using System.Text.Json;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;
using RankCollapse.Tests.Cli;
using RankCollapse.Tests.Sweeps;

namespace RankCollapse.Tests.Adding;

/// <summary>An engine is one type and one line: it is then an answer to --engine, a part of specifications, and in help.</summary>
[Collection(nameof(ToyEngineTests))]
[CollectionDefinition(nameof(ToyEngineTests), DisableParallelization = true)]
public sealed class ToyEngineTests : IDisposable
{
    private const string Sweep = $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 3, "one-by-one": { "pauseSeconds": 0.01 } }""";

    private readonly IDisposable _registration = SweepEngines.All.Register(new OneByOneEngine());
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _registration.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void AnEngine_RunsASweepFromTheCommandLine()
    {
        string path = _folder.File("sweep");
        CommandLine run = CommandLine.Run("sweep", _folder.Write("sweep.json", Sweep), "--out", path, "--engine", "one-by-one", "--json");
        Assert.Equal(0, run.ExitCode);
        JsonElement end = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(3, end.GetProperty("states").GetProperty("done").GetInt32());
        SampleSweep.RequireAllAsUndisturbed(SweepFolder.Open(path));
        Assert.Equal(0.01, new OneByOneEngine().AskedBefore(SweepFolder.Open(path)).Number("pauseSeconds"));
    }

    [Fact]
    public void AnEngine_IsInHelpWithWhatCanBeAskedOfIt()
    {
        string help = string.Join(' ', CommandLine.Run("reproduce", "--help").Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("one-by-one (one trial after the other)", help, StringComparison.Ordinal);
        Assert.Contains("--one-by-one", help, StringComparison.Ordinal);
        Assert.Contains("pauseSeconds", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one-by-on", "did you mean 'one-by-one'")]
    [InlineData("cloud", "known are local, slurm, in-process, one-by-one")]
    public void AnEngine_IsInErrors(string name, string expected)
    {
        CommandLine result = CommandLine.Run("sweep", _folder.Write("sweep.json", Sweep), "--engine", name, "--out", _folder.File("sweep"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsAskedOfAnEngine_IsChecked()
    {
        string file = _folder.Write("sweep.json", Sweep.Replace("0.01", "-1", StringComparison.Ordinal));
        CommandLine result = CommandLine.Run("sweep", file, "--engine", "one-by-one", "--out", _folder.File("sweep"));
        Assert.Equal((2, "error: sweep.json: one-by-one.pauseSeconds is -1, expected a number from 0.\n"), (result.ExitCode, result.Error));
        Assert.False(Directory.Exists(_folder.File("sweep")));
    }

    private sealed class OneByOneEngine : Engine
    {
        public override string Name => "one-by-one";

        public override string Help => "one trial after the other";

        public override IReadOnlyList<EngineOption> Options => [EngineOption.Number("pauseSeconds", 0, "seconds before the first trial [0]")];

        public override int WorkersFor(SweepPlan plan, EngineSettings asked) => 1;

        public override SweepStatus Run(SweepFolder folder, EngineRequest request, CancellationToken cancellation)
        {
            Thread.Sleep(TimeSpan.FromSeconds(request.Asked.Number("pauseSeconds") ?? 0));
            SweepWorker.Run(folder, new WorkerOptions { Warning = request.Warning, Recordings = request.Recordings }, cancellation);
            return folder.ReadStatus(folder.ReadPlan());
        }
    }
}
