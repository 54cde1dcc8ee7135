using System.Diagnostics;
using RankCollapse.Cli.Commands.Sweeps;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Tests.Sweeps.Engines.Local;

public sealed class LocalEngineTests
{
    private static readonly string[] FaketimeLibraries = ["/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/faketime/libfaketime.so.1", "/usr/lib64/faketime/libfaketime.so.1"];

    [Fact]
    public async Task WorkersThatAreKilled_LoseNothing()
    {
        using var folder = new TemporaryFolder();
        await KillWorkersAsync(folder, kills: 6, trials: 24, seed: 1);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task ManyWorkersThatAreKilled_LoseNothing()
    {
        LongTests.Require();
        int kills = 0;
        for (int round = 0; kills < LongTests.Kills; round++)
        {
            using var folder = new TemporaryFolder(inMemory: true);
            kills += await KillWorkersAsync(folder, kills: Math.Min(20, LongTests.Kills - kills), trials: 60, seed: 100 + round);
            TestContext.Current.TestOutputHelper?.WriteLine($"{kills} workers were killed.");
        }
    }

    /// <summary>A kill at a random moment may meet a worker that has no trial yet, several times in a row.</summary>
    [Theory]
    [InlineData(8, true)]
    [InlineData(1000, false)]
    public async Task WorkersThatAreKilledBeforeTheyBegin_AreReplaced_ButNotForEver(int kills, bool isDone)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script needs bash.");
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 3 }""");
        string script = folder.Write("worker.sh", $"""
            n=$(ls {folder.Root}/killed-* 2>/dev/null | wc -l)
            if [ "$n" -lt {kills} ]; then touch {folder.Root}/killed-$$; kill -KILL $$; fi
            exec "$@"
            """);
        Task<SweepStatus> run = Task.Run(() => SampleSweep.RunLocally(sweep, before: ["bash", script]));
        if (isDone)
        {
            Assert.Equal((3, 0), ((await run).Counts[TrialState.Done], (await run).FailedAttempts));
            SampleSweep.RequireAllAsUndisturbed(sweep);
        }
        else
        {
            Assert.Contains("workers in a row ended without a trial: its worker was killed by signal 9",
                (await Assert.ThrowsAsync<ComputationFailedException>(() => run)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ACoordinatorThatIsKilled_TakesItsWorkersWithItAndTheSweepIsResumed()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Short}} }, "seeds": 24, "limits": { "keep": "run" } }""");
        IReadOnlyList<string> program = SweepRun.ThisProgram();
        var start = new ProcessStartInfo(program[0], [.. program.Skip(1), "sweep", "resume", sweep.Path, "--workers", "2"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false
        };
        WorkerHeartbeat[] orphans;
        using (Process coordinator = Process.Start(start)!)
        {
            SweepPlan plan = sweep.ReadPlan();
            while (sweep.ReadStatus(plan).Counts[TrialState.Done] < 3 && !coordinator.HasExited) await Task.Delay(20);
            orphans = [.. sweep.ReadWorkers()];
            Assert.NotEmpty(orphans);
            Assert.True(WorkerKiller.Kill(coordinator.Id));
        }
        // Orphans stop by themselves, with checkpoints and their leases given back.
        for (int i = 0; i < 500 && orphans.Any(worker => LocalProcess.StartOf(worker.Process) == worker.ProcessStart); i++) await Task.Delay(20);
        Assert.DoesNotContain(orphans, worker => LocalProcess.StartOf(worker.Process) == worker.ProcessStart);
        Assert.Empty(Directory.GetFiles(sweep.LeasesPath));
        SweepStatus status = SampleSweep.RunLocally(sweep);
        Assert.Equal((24, 0), (status.Counts[TrialState.Done], status.FailedAttempts));
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public async Task ATrialThatHangs_IsKilledFailsWithItsReasonAndTheOthersGoOn()
    {
        using var folder = new TemporaryFolder();
        // An epoch of a network this wide takes longer than the limit, and a request to stop is heard only after it.
        SweepFolder sweep = SampleSweep.Create(folder, $$"""
            { "settings": { {{SampleSweep.Tiny}} },
              "union": [ { "seeds": 6 }, { "settings": { "seed": 77, "width": 4000, "samples": 4000 } } ],
              "limits": { "trialSeconds": 2 } }
            """);
        SweepStatus status = await Task.Run(() => SampleSweep.RunLocally(sweep));
        Assert.Equal((6, 1), (status.Counts[TrialState.Done], status.Counts[TrialState.Failed]));
        SweepPlan plan = sweep.ReadPlan();
        Trial hanging = plan.Trials.Single(trial => status.States[trial.Number] == TrialState.Failed);
        TrialFailure failure = Assert.Single(sweep.ReadFailures(hanging.Id));
        Assert.Equal((FailureKind.TimeLimit, 77L), (failure.Kind, hanging.Configuration.Seed));
        Assert.Contains("was killed after", failure.Reason, StringComparison.Ordinal);
        foreach (Trial trial in plan.Trials.Where(trial => trial != hanging)) SampleSweep.RequireAsUndisturbed(sweep, trial);
        Assert.Empty(Directory.GetFiles(sweep.LeasesPath));
    }

    [Fact]
    public async Task AWorkerThatIsStoppedBySignal_IsKilledAndItsTrialComesBack()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Short}} }, "seeds": 12, "limits": { "leaseSeconds": 2 } }""");
        Task<SweepStatus> run = Task.Run(() => SampleSweep.RunLocally(sweep));
        WorkerHeartbeat? victim = null;
        while (victim is null && !run.IsCompleted)
        {
            await Task.Delay(5);
            victim = sweep.ReadWorkers().FirstOrDefault(worker => worker.Trial is not null);
        }
        Assert.SkipUnless(SmallDisk.Execute("kill", "-STOP", $"{victim!.Process}"), "Processes cannot be stopped here.");
        SweepStatus status = await run;
        Assert.Equal(12, status.Counts[TrialState.Done]);
        Assert.InRange(status.FailedAttempts, 0, 1);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public async Task AFullDisk_IsWaitedForByAllWorkers()
    {
        using var folder = new TemporaryFolder();
        using var disk = new SmallDisk("8m");
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Short}} }, "seeds": 12 }""", Path.Combine(disk.Root, "sweep"));
        var warnings = new System.Collections.Concurrent.ConcurrentQueue<string>();
        Task<SweepStatus> run = Task.Run(() => SampleSweep.RunLocally(sweep, warning: warnings.Enqueue));
        SweepPlan plan = sweep.ReadPlan();
        while (sweep.ReadStatus(plan).Counts[TrialState.Done] < 2 && !run.IsCompleted) await Task.Delay(5);
        disk.Fill();
        while (!warnings.Any(warning => warning.Contains("waiting for space", StringComparison.Ordinal)) && !run.IsCompleted) await Task.Delay(5);
        Assert.False(run.IsCompleted);
        disk.Empty();
        SweepStatus status = await run;
        Assert.Equal((12, 0), (status.Counts[TrialState.Done], status.FailedAttempts));
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public void DamagedResults_AreFoundAndMadeAgain()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 16 }""");
        SweepWorker.Run(sweep);
        SweepPlan plan = sweep.ReadPlan();
        var random = new Random(3);
        string[] files = ["result.json", "summary.json", "config.json", "metrics.parquet"];
        for (int i = 0; i < 12; i++)
        {
            string file = Path.Combine(sweep.ResultPath(plan.Trials[i].Id), files[i % files.Length]);
            byte[] content = File.ReadAllBytes(file);
            if (i < 4) File.Delete(file);
            else if (i < 8) File.WriteAllBytes(file, content[..random.Next(content.Length)]);
            else
            {
                content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(file, content);
            }
            Assert.Throws<InvalidInputException>(() => sweep.ReadResult(plan.Trials[i].Id));
        }
        Directory.Delete(sweep.ResultPath(plan.Trials[12].Id), recursive: true);
        Directory.CreateDirectory(sweep.ResultPath(plan.Trials[12].Id));
        IReadOnlyList<string> found = sweep.PutDamagedAside(plan);
        Assert.Equal(13, found.Count);
        Assert.All(found, line => Assert.DoesNotContain('\n', line));
        Assert.Equal(13, sweep.ReadStatus(plan).Counts[TrialState.Pending]);
        SweepWorker.Run(sweep);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public async Task ClocksThatJump_ChangeNothing()
    {
        string? library = FaketimeLibraries.FirstOrDefault(File.Exists);
        Assert.SkipWhen(library is null, "libfaketime is not installed (Debian's package faketime).");
        using var folder = new TemporaryFolder();
        string clock = folder.Write("clock", "+0");
        SweepFolder sweep =
            SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Short}} }, "seeds": 30, "limits": { "leaseSeconds": 5, "trialSeconds": 60 } }""");
        IReadOnlyList<string> program = SweepRun.ThisProgram();
        // Coordinator and workers see a clock that jumps; the monotonic one goes on, as it does when a clock is set.
        var start = new ProcessStartInfo(program[0], [.. program.Skip(1), "sweep", "resume", sweep.Path, "--workers", "2"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false
        };
        foreach ((string name, string value) in new[] { ("LD_PRELOAD", library!), ("FAKETIME_TIMESTAMP_FILE", clock), ("FAKETIME_NO_CACHE", "1"),
            ("DONT_FAKE_MONOTONIC", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1") })
            start.Environment[name] = value;
        using Process coordinator = Process.Start(start)!;
        Task<string> output = coordinator.StandardOutput.ReadToEndAsync(), error = coordinator.StandardError.ReadToEndAsync();
        string[] jumps = ["+10y", "-10y", "+3600", "+5y", "-86400", "-5y"];
        // On a thread of its own: tests beside this one may keep those of the pool busy for longer than all trials take.
        await Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; !coordinator.WaitForExit(150); i++) File.WriteAllText(clock, jumps[i % jumps.Length]);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(coordinator.ExitCode == 0, await error + await output);
        SweepPlan plan = sweep.ReadPlan();
        Assert.Equal(0, sweep.ReadStatus(plan).FailedAttempts);
        int[] years = [.. plan.Trials.Select(trial => sweep.ReadResult(trial.Id).Manifest.Ended.Year).Distinct()];
        Assert.True(years.Length > 1, "The clock did not jump.");
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    private static async Task<int> KillWorkersAsync(TemporaryFolder folder, int kills, int trials, int seed)
    {
        SweepFolder sweep =
            SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Short}} }, "seeds": {{trials}}, "limits": { "keep": "run", "attempts": 1000 } }""");
        Task<SweepStatus> run = Task.Run(() => SampleSweep.RunLocally(sweep));
        var killer = new WorkerKiller(sweep, seed, mostMilliseconds: 900);
        await killer.KillAsync(kills, run);
        SweepStatus status = await run;
        Assert.Equal(trials, status.Counts[TrialState.Done]);
        SampleSweep.RequireAllAsUndisturbed(sweep);
        Assert.True(killer.Kills >= Math.Min(kills, 3), $"Only {killer.Kills} workers were killed before the sweep had ended.");
        Assert.InRange(status.FailedAttempts, 0, killer.Kills);
        foreach (Trial trial in sweep.ReadPlan().Trials)
            Assert.All(sweep.ReadFailures(trial.Id), failure => Assert.Equal(FailureKind.WorkerLost, failure.Kind));
        return killer.Kills;
    }
}
