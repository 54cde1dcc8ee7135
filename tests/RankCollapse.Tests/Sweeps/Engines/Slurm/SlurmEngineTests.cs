using System.Text.Json.Nodes;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;
using RankCollapse.Tests.Cli;

namespace RankCollapse.Tests.Sweeps.Engines.Slurm;

public sealed class SlurmEngineTests : IDisposable
{
    private readonly CancellationTokenSource _end = new();

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    [Fact]
    public void ReceivedFolder_RunsNoPrograms()
    {
        using var folder = new TemporaryFolder();
        var slurm = new FakeSlurm(folder);
        string ran = folder.File("ran");
        foreach (string name in (string[])["scancel", "squeue", "sbatch", "scontrol"])
            File.WriteAllText(Path.Combine(slurm.Bin, name), $"#!/bin/bash\necho $0 >> '{ran}'\n");
        string part = $$"""{ "bin": "{{slurm.Bin}}", "setup": ["touch {{ran}}"], "command": ["{{slurm.Bin}}/sbatch"] }""";
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "slurm": {{part}} }""");
        Directory.CreateDirectory(SlurmArrays.PathOf(sweep));
        File.WriteAllText(Path.Combine(SlurmArrays.PathOf(sweep), "a.json"), """{ "token": "a", "job": "7", "tasks": 3 }""");
        foreach (bool isAsked in (bool[])[false, true])
        {
            // The same as what was asked, with a mark that somebody made up.
            if (isAsked)
            {
                Directory.CreateDirectory(sweep.AskedFolder);
                File.WriteAllText(sweep.AskedPath("slurm"), part);
                File.WriteAllText(sweep.AskedPath("slurm") + ".mark", new string('0', 64));
            }
            CommandLine.Run("sweep", "cancel", sweep.Path);
            CommandLine resumed = CommandLine.Run("sweep", "resume", sweep.Path, "--engine", "slurm");
            Assert.Equal(2, resumed.ExitCode);
            Assert.Contains("--slurm FILE", resumed.Error, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(ran));
    }

    [Theory]
    [InlineData("../../escaped")]
    [InlineData("a*")]
    [InlineData("--all")]
    [InlineData("b")]
    public void ArrayOfAnotherName_IsLeftOut(string token)
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        Directory.CreateDirectory(SlurmArrays.PathOf(sweep));
        foreach (string content in (string[])[$$"""{ "token": "{{token}}", "tasks": 1 }""", "null", """{ "token": null, "tasks": 1 }""", "[]", "{"])
        {
            File.WriteAllText(Path.Combine(SlurmArrays.PathOf(sweep), "a.json"), content);
            Assert.Empty(SlurmArrays.Read(sweep));
        }
        Assert.Throws<ArgumentException>(() => SlurmArrays.Write(sweep, new SlurmArray { Token = "../a", Tasks = 1 }));
    }

    [Theory]
    [InlineData("--clusters=other")]
    [InlineData("--clusters")]
    [InlineData("--cluster=other")]
    [InlineData("--clu=other")]
    [InlineData("-Mother")]
    [InlineData("-M")]
    [InlineData("-HQMother")]
    public void AnotherCluster_IsRefusedAtOnce(string option)
    {
        var error = Assert.Throws<InvalidInputException>(() => new SlurmEngine().Ask(new JsonObject { ["options"] = new JsonArray(option) }));
        Assert.Contains("another cluster", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cluster-constraint=gpu")]
    [InlineData("-pMain")]
    [InlineData("-JMine")]
    [InlineData("--mem=2G")]
    public void OtherOptions_AreNot(string option) => new SlurmEngine().Ask(new JsonObject { ["options"] = new JsonArray(option) });

    [Fact]
    public void LinesForSbatch_DoNotStandInSetup()
    {
        var error = Assert.Throws<InvalidInputException>(() => new SlurmEngine().Ask(new JsonObject { ["setup"] = new JsonArray("#SBATCH --clusters=other") }));
        Assert.Contains("stands in options", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BannerBeforeTheJob_IsPassedOver()
    {
        using var folder = new TemporaryFolder();
        var slurm = new FakeSlurm(folder);
        File.WriteAllText(Path.Combine(slurm.Bin, "sbatch"), "#!/bin/bash\necho 'Welcome to cluster 9!'\necho\necho '4711;here'\n");
        Assert.Equal((SlurmAnswer.Known, "4711"), new SlurmClient(slurm.Bin).Submit([]) is var (answer, job, _) ? (answer, job) : default);
    }

    [Fact]
    public async Task WhereArraysAreSmall_SeveralAreSubmitted()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 12);
        Task<SweepStatus> run = Begin(sweep, slurm);
        await Waiting.Until(() => slurm.Accepted == 2, run);
        Assert.Equal([4, 4], new[] { slurm.TasksOf(1), slurm.TasksOf(2) });
        Work(sweep, slurm, 1);
        slurm.Set(2, "COMPLETED", "None");
        SweepStatus status = await run;
        Assert.Equal(12, status.Counts[TrialState.Done]);
        Assert.Equal(2, slurm.Accepted);
        Assert.All(SlurmArrays.Read(sweep), array => Assert.Equal((true, "4 COMPLETED"), (array.HasEnded, array.State)));
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public async Task ASubmissionThatIsLost_IsMadeAgainOnceItIsCertain()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 3);
        slurm.Switch("loses");
        Task<SweepStatus> run = Begin(sweep, slurm);
        await Waiting.Until(() => slurm.Accepted == 1, run);
        IReadOnlyList<SlurmArray> arrays = SlurmArrays.Read(sweep);
        Assert.Equal([null, "never arrived"], new[] { arrays[0].Job, arrays[0].State });
        Work(sweep, slurm, 1);
        Assert.True((await run).HasEnded);
    }

    [Fact]
    public async Task ASubmissionWhoseAnswerIsLost_IsFoundByItsTokenAndNotMadeTwice()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 3);
        slurm.Switch("answers-late");
        Task<SweepStatus> run = Begin(sweep, slurm);
        await Waiting.Until(() => SlurmArrays.Read(sweep) is [{ Job: not null }], run);
        Work(sweep, slurm, 1);
        Assert.True((await run).HasEnded);
        Assert.Equal(1, slurm.Accepted);
    }

    [Fact]
    public async Task AnArrayWhoseNumberWasGivenAway_CountsAsLost()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 3);
        Task<SweepStatus> run = Begin(sweep, slurm);
        await Waiting.Until(() => slurm.Accepted == 1, run);
        slurm.GiveAway(1);
        await Waiting.Until(() => slurm.Accepted == 2, run);
        Work(sweep, slurm, 2);
        Assert.True((await run).HasEnded);
        Assert.Equal(["ended, or was lost", "3 COMPLETED"], SlurmArrays.Read(sweep).Select(array => array.State));
    }

    [Fact]
    public async Task WhileTheControllerIsGone_NothingIsSubmittedAndTrialsGoOn()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 3);
        var warnings = new List<string>();
        Task<SweepStatus> run = Begin(sweep, slurm, warnings);
        await Waiting.Until(() => slurm.Accepted == 1, run);
        slurm.Switch("unreachable");
        await Waiting.Until(() => warnings.Any(warning => warning.Contains("cannot be reached", StringComparison.Ordinal)), run);
        // Tasks end without the controller; what is done shows in the folder.
        SweepWorker.Run(sweep);
        SweepStatus status = await run;
        Assert.True(status.HasEnded);
        Assert.Equal(1, slurm.Accepted);
    }

    [Fact]
    public async Task AnAnswerThatIsNotUnderstood_IsNotTakenForAnArrayThatIsGone()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 3);
        var warnings = new List<string>();
        Task<SweepStatus> run = Begin(sweep, slurm, warnings);
        await Waiting.Until(() => slurm.Accepted == 1, run);
        slurm.Switch("standby");
        await Waiting.Until(() => warnings.Any(warning => warning.Contains("cannot be reached", StringComparison.Ordinal)), run);
        Assert.Single(new SlurmEngine().Cancel(sweep, new CancellationToken(canceled: true)));
        slurm.Switch("standby", on: false);
        Work(sweep, slurm, 1);
        Assert.True((await run).HasEnded);
        Assert.Equal(1, slurm.Accepted);
    }

    [Fact]
    public async Task TasksThatAreCancelledByHand_AreReplaced()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 3);
        Task<SweepStatus> run = Begin(sweep, slurm);
        await Waiting.Until(() => slurm.Accepted == 1, run);
        slurm.Set(1, "CANCELLED", "None");
        await Waiting.Until(() => slurm.Accepted == 2, run);
        Work(sweep, slurm, 2);
        Assert.True((await run).HasEnded);
    }

    [Fact]
    public async Task ExitCodesAndRestarts_AreWrittenDown()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 3);
        slurm.Restart(2);
        Task<SweepStatus> run = Begin(sweep, slurm);
        await Waiting.Until(() => SlurmArrays.Read(sweep) is [{ Ends: { Count: 3 } }], run);
        Assert.Equal("Slurm job 1, 3 tasks: 3 RUNNING; requeued 6 times", SlurmArrays.Read(sweep)[0].Describe());
        slurm.Restart(0);
        slurm.Set(1, "FAILED", "NonZeroExitCode");
        await Waiting.Until(() => slurm.Accepted == 2, run);
        Assert.Equal("Slurm job 1, 3 tasks: 3 FAILED; exit code 0:9 (3 tasks)", SlurmArrays.Read(sweep)[0].Describe());
        // What Slurm has forgotten is known still.
        Assert.Equal("exit code 0:9, requeued once",
            SlurmTaskEnd.InWords(SlurmTaskEnd.Merge([new("1_0", "0:9", 0), new("1_1", "0:0", 0)], [new("1_1", "0:0", 1)])));
        Work(sweep, slurm, 2);
        Assert.True((await run).HasEnded);
    }

    [Fact]
    public async Task AnArrayThatIsThereTwice_IsReported_AndDoesNoHarm()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 3);
        var warnings = new List<string>();
        Task<SweepStatus> run = Begin(sweep, slurm, warnings);
        await Waiting.Until(() => SlurmArrays.Read(sweep) is [{ State: "3 RUNNING" }], run);
        slurm.Double(1);
        await Waiting.Until(() => SlurmArrays.Read(sweep) is [{ State: "6 RUNNING" }], run);
        Assert.Contains("is there as the jobs 1, 2", Assert.Single(warnings), StringComparison.Ordinal);
        Parallel.Invoke(() => SweepWorker.Run(sweep), () => SweepWorker.Run(sweep));
        slurm.Set(1, "COMPLETED", "None");
        slurm.Set(2, "COMPLETED", "None");
        Assert.True((await run).HasEnded);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public async Task ARequestThatIsRefused_IsAnErrorThatSaysWhy()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 3);
        slurm.Switch("refuses");
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => Begin(sweep, slurm));
        Assert.Contains("Invalid account", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ArrayAfterArrayInVain_IsAnErrorWithTheLastWords()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 3);
        slurm.BeginIn("FAILED", "NonZeroExitCode");
        slurm.Log("first\nbash: rankcollapse: command not found\n");
        var error = await Assert.ThrowsAsync<ComputationFailedException>(() => Begin(sweep, slurm));
        Assert.Contains("3 arrays in a row", error.Message, StringComparison.Ordinal);
        Assert.Contains("3 FAILED, exit code 0:9 (3 tasks) (bash: rankcollapse: command not found)", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, slurm.Accepted);
    }

    [Fact]
    public async Task WhatTasksWaitForInVain_IsReported()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 3);
        slurm.BeginIn("PENDING", "PartitionConfig");
        var warnings = new List<string>();
        Task<SweepStatus> run = Begin(sweep, slurm, warnings);
        await Waiting.Until(() => SlurmArrays.Read(sweep) is [{ WaitsFor: not null }], run);
        Assert.Equal(("PartitionConfig", "3 PENDING"), (SlurmArrays.Read(sweep)[0].WaitsFor, SlurmArrays.Read(sweep)[0].State));
        Assert.Contains("wait for PartitionConfig", Assert.Single(warnings), StringComparison.Ordinal);
        sweep.Cancel();
        Assert.Empty(new SlurmEngine().Cancel(sweep, CancellationToken.None));
        Assert.Equal(3, (await run).Counts[TrialState.Cancelled]);
        Assert.True(SlurmArrays.Read(sweep)[0].HasEnded);
    }

    [Fact]
    public async Task ASweepThatIsWatchedNoMore_GoesOnWithTheSameArray()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 3);
        using var stop = new CancellationTokenSource();
        Task<SweepStatus> watched = Begin(sweep, slurm, cancellation: stop.Token);
        await Waiting.Until(() => slurm.Accepted == 1, watched);
        await stop.CancelAsync();
        Assert.Equal(3, (await watched).Counts[TrialState.Pending]);
        Task<SweepStatus> again = Begin(sweep, slurm);
        await Task.Delay(500);
        Work(sweep, slurm, 1);
        Assert.True((await again).HasEnded);
        Assert.Equal(1, slurm.Accepted);
    }

    [Fact]
    public async Task HalfOnSlurm_TheRestHere()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 8);
        using var stop = new CancellationTokenSource();
        Task<SweepStatus> watched = Begin(sweep, slurm, cancellation: stop.Token);
        await Waiting.Until(() => slurm.Accepted == 2, watched);
        WorkOnHalf(sweep);
        await stop.CancelAsync();
        int done = (await watched).Counts[TrialState.Done];
        Assert.InRange(done, 1, 7);

        Assert.Equal(8, SampleSweep.RunLocally(sweep).Counts[TrialState.Done]);
        SampleSweep.RequireAllAsUndisturbed(sweep);
        Assert.Empty(new SlurmEngine().Cancel(sweep, CancellationToken.None));
    }

    [Fact]
    public async Task HalfHere_TheRestOnSlurm()
    {
        using var folder = new TemporaryFolder();
        (FakeSlurm slurm, SweepFolder sweep) = Create(folder, trials: 8);
        WorkOnHalf(sweep);
        int left = sweep.ReadStatus(sweep.ReadPlan()).Counts[TrialState.Pending];
        Assert.InRange(left, 1, 7);

        Task<SweepStatus> run = Begin(sweep, slurm);
        await Waiting.Until(() => slurm.Accepted > 0 && Enumerable.Range(1, slurm.Accepted).Sum(slurm.TasksOf) == left, run);
        Work(sweep, slurm, 1);
        for (int job = 2; job <= slurm.Accepted; job++) slurm.Set(job, "COMPLETED", "None");
        Assert.Equal(8, (await run).Counts[TrialState.Done]);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public async Task WithoutSlurm_TheErrorNamesTheCommand()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        var error = await Assert.ThrowsAsync<InvalidInputException>(() =>
            Task.Run(() => Run(sweep, folder.File("nowhere"), new EngineRequest(), CancellationToken.None)));
        Assert.Contains("install Slurm's client, or choose another engine", error.Message, StringComparison.Ordinal);
    }

    private static (FakeSlurm Slurm, SweepFolder Sweep) Create(TemporaryFolder folder, int trials)
    {
        var slurm = new FakeSlurm(folder);
        return (slurm, SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": {{trials}}, "slurm": { "bin": "{{slurm.Bin}}" } }"""));
    }

    private Task<SweepStatus> Begin(SweepFolder sweep, FakeSlurm slurm, List<string>? warnings = null, CancellationToken? cancellation = null) => Task.Run(
        () => Run(sweep, slurm.Bin, new EngineRequest { Command = ["rankcollapse"], Warning = warning => warnings?.Add(warning) }, cancellation ?? _end.Token),
        CancellationToken.None);

    private static SweepStatus Run(SweepFolder sweep, string bin, EngineRequest request, CancellationToken cancellation)
    {
        var engine = new SlurmEngine();
        return SweepEngines.Run(
            engine, sweep, request with { Asked = engine.Ask(new JsonObject { ["bin"] = bin, ["pollSeconds"] = 0.1, ["tasks"] = 8 }) }, cancellation);
    }

    /// <summary>Does what a task does, and ends the job.</summary>
    private static void Work(SweepFolder sweep, FakeSlurm slurm, int job)
    {
        SweepWorker.Run(sweep, new WorkerOptions { LeavesEarly = true });
        slurm.Set(job, "COMPLETED", "None");
    }

    /// <summary>Does some of the trials, and is stopped as a task is at its time limit.</summary>
    private static void WorkOnHalf(SweepFolder sweep)
    {
        using var stop = new CancellationTokenSource();
        int begun = 0;
        SweepWorker.Run(
            sweep,
            new WorkerOptions
            {
                LeavesEarly = true,
                Attempt = (trial, options, cancellation) =>
                {
                    if (++begun == 4) stop.Cancel();
                    return TrialTraining.Attempt(sweep, trial, options, cancellation);
                },
            },
            stop.Token);
    }
}
