using System.Text.Json;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests.Sweeps;

namespace RankCollapse.Tests.Cli.Commands.Sweeps;

public sealed class SweepCommandTests
{
    private const string Small = $$"""{ "settings": { {{SampleSweep.Tiny}} }, "grid": { "delta": [0, 0.5] }, "seeds": 3 }""";

    public static TheoryData<string, string> Mistakes => new()
    {
        { "sweep", "sweep needs SPEC" },
        { "sweep run", "run needs SPEC" },
        { "sweep none.json", "no file none.json" },
        { "sweep status", "status needs DIR" },
        { "sweep status none", "none holds no plan.json" },
        { "sweep resume none", "none holds no plan.json" },
        { "sweep cancel none", "none holds no plan.json" },
        { "sweep work none", "none holds no plan.json" },
        { "sweep work none --name a/b", "--name is 'a/b'" },
        { "sweep retry none", "retry needs --failed" },
        { "sweep retry none --failed", "none holds no plan.json" },
        { "sweep none.json --engine slrum", "did you mean 'slurm'" },
        { "sweep none.json --workers 0", "--workers is 0" },
        { "sweep run none.json --dry", "did you mean '--dry-run'" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void AMistake_IsOneLineAndExitCodeTwo(string line, string found)
    {
        CommandLine result = CommandLine.Run(line.Split(' '));
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(found, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void ADryRun_CountsTrialsAndWritesNothing()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("small.json", Small);
        CommandLine result = CommandLine.Run("sweep", file, "--dry-run", "--json", "--out", folder.File("sweep"));
        Assert.Equal(0, result.ExitCode);
        JsonElement plan = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(6, plan.GetProperty("trials").GetInt32());
        Assert.Equal(["delta", "seed"], plan.GetProperty("varying").EnumerateArray().Select(name => name.GetString()));
        Assert.Contains("6 trials over delta, seed", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("sweep")));
    }

    [Fact]
    public void TwoThatBeginAFolderTogether_ShareItsTrials()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("small.json", Small);
        foreach (string name in (string[])["first", "second"])
        {
            string path = folder.File(name);
            CommandProcess[] both = [.. Enumerable.Range(0, 2).Select(_ => CommandProcess.Start("sweep", file, "--out", path, "--workers", "1"))];
            CommandLine[] ends = [.. both.Select(one => one.WaitForEnd(120))];
            foreach (CommandProcess one in both) one.Dispose();
            Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Error));
            Assert.All(ends, end => Assert.Contains("6 trials: 6 done", end.Output, StringComparison.Ordinal));
            SampleSweep.RequireAllAsUndisturbed(SweepFolder.Open(path));
        }
    }

    [Fact]
    public void ASweep_RunsIsExtendedCancelledAndResumed()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("small.json", Small), path = folder.File("sweep");
        CommandLine run = CommandLine.Run("sweep", file, "--out", path, "--workers", "1");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("6 trials: 6 done", run.Output, StringComparison.Ordinal);
        SampleSweep.RequireAllAsUndisturbed(SweepFolder.Open(path));

        // More seeds: only they are new. A cancelled sweep begins nothing.
        SampleSweep.Create(folder, Small.Replace("\"seeds\": 3", "\"seeds\": 4", StringComparison.Ordinal), path);
        Assert.Equal(6, State(path, "done"));
        Assert.Equal(2, State(path, "pending"));
        Assert.Equal(0, CommandLine.Run("sweep", "cancel", path).ExitCode);
        Assert.Equal(2, State(path, "cancelled"));
        CommandLine idle = CommandLine.Run("sweep", "work", path, "--json");
        Assert.Equal(0, JsonDocument.Parse(idle.Output).RootElement.GetProperty("done").GetInt32());
        CommandLine resumed = CommandLine.Run("sweep", "resume", path, "--workers", "1", "--json");
        Assert.Equal(0, resumed.ExitCode);
        Assert.Equal(8, JsonDocument.Parse(resumed.Output).RootElement.GetProperty("states").GetProperty("done").GetInt32());
        SampleSweep.RequireAllAsUndisturbed(SweepFolder.Open(path));
    }

    [Fact]
    public void AFailedTrial_IsExitCodeOneShownWithItsReasonAndRetried()
    {
        using var folder = new TemporaryFolder();
        string data = folder.Write("data.csv", string.Join('\n', Enumerable.Range(0, 8).Select(i => $"{i},{i * i},{i % 2}")));
        SweepFolder sweep = SampleSweep.Create(
            folder, $$"""{ "settings": { "data": "{{data}}", "samples": 8, "classes": 2, "depth": 2, "width": 3, "convention": "mean", "lambda": 1e-2 } }""");
        byte[] content = File.ReadAllBytes(data);
        File.WriteAllText(data, "1,2,x");
        Assert.Equal(0, CommandLine.Run("sweep", "work", sweep.Path).ExitCode);
        CommandLine status = CommandLine.Run("sweep", "status", sweep.Path);
        Assert.Contains("1 trial: 1 failed", status.Output, StringComparison.Ordinal);
        Assert.Contains("data.csv", status.Output, StringComparison.Ordinal);
        JsonElement failed = Assert.Single(
            JsonDocument.Parse(CommandLine.Run("sweep", "status", sweep.Path, "--json").Output).RootElement.GetProperty("failed").EnumerateArray());
        Assert.Equal("input", failed.GetProperty("kind").GetString());
        Assert.Equal(1, CommandLine.Run("sweep", "resume", sweep.Path, "--workers", "1").ExitCode);
        File.WriteAllBytes(data, content);
        Assert.Contains("1 trial to be tried again", CommandLine.Run("sweep", "retry", sweep.Path, "--failed").Output, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("sweep", "work", sweep.Path).ExitCode);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public void AFolderOfAnotherSweep_IsNotTakenOver_AndADryRunSaysWhatIsDone()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("out"), first = folder.Write("first.json", Small),
            more = folder.Write("more.json", Small.Replace("\"seeds\": 3", "\"seeds\": 4", StringComparison.Ordinal));
        Assert.Equal(0, CommandLine.Run("sweep", first, "--out", path, "--workers", "1").ExitCode);
        Assert.Contains("6 of them are done already", CommandLine.Run("sweep", more, "--out", path, "--dry-run").Error, StringComparison.Ordinal);
        string other = folder.Write("other.json", Small.Replace("\"samples\": 12", "\"samples\": 14", StringComparison.Ordinal));
        foreach (string[] option in (string[][])[["--dry-run"], []])
            RankCollapseCommandTests.AssertRefused(CommandLine.Run(["sweep", other, "--out", path, .. option]), "holds 6 results of another sweep");
        Assert.Equal(6, State(path, "done"));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("watch")]
    [InlineData("collect")]
    [InlineData("plot")]
    [InlineData("work")]
    public void APartOfSweepWithoutItsFolder_NamesItselfAndAHelpThatExists(string verb)
    {
        CommandLine result = CommandLine.Run("sweep", verb);
        Assert.StartsWith($"error: sweep {verb} needs ", result.Error, StringComparison.Ordinal);
        Assert.Contains($"rankcollapse sweep {verb} --help shows an example", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("sweep", verb, "--help").ExitCode);
    }

    [Fact]
    public void AWorkerThatWasKilled_IsNotShownAsTraining()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, Small);
        // No process has this number.
        var heartbeat = new WorkerHeartbeat
        {
            Worker = "gone",
            Host = "here",
            Machine = LocalProcess.Machine,
            Process = int.MaxValue,
            ProcessStart = "1",
            Counter = 1,
            Activity = "training",
            Trial = sweep.ReadPlan().Trials[0].Id
        };
        File.WriteAllBytes(Path.Combine(sweep.WorkersPath, "gone.json"), JsonSerializer.SerializeToUtf8Bytes(heartbeat, StorageJson.Default.WorkerHeartbeat));
        string status = CommandLine.Run("sweep", "status", sweep.Path).Output;
        Assert.Contains("worker gone (here): 0 done, ended without a word", status, StringComparison.Ordinal);
        Assert.Contains("to go on: rankcollapse sweep resume", status, StringComparison.Ordinal);
    }

    private static int State(string path, string state) =>
        JsonDocument.Parse(CommandLine.Run("sweep", "status", path, "--json").Output).RootElement.GetProperty("states").GetProperty(state).GetInt32();
}
