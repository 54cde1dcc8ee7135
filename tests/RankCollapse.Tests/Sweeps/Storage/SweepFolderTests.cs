using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Tests.Sweeps.Storage;

public sealed class SweepFolderTests
{
    private static readonly RunConfiguration Small =
        new() { Data = "gaussian-mixture", Samples = 12, Classes = 2, Dimension = 4, Depth = 2, Width = [4], Solver = "adam", MaxEpochs = 5 };

    [Fact]
    public void AFolderOfSomethingElse_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("notes.txt", "mine");
        Assert.Contains("is not empty and holds no sweep", Assert.Throws<InvalidInputException>(() => SweepFolder.Create(folder.Root)).Message,
            StringComparison.Ordinal);
        Assert.Contains("holds no plan.json", Assert.Throws<InvalidInputException>(() => SweepFolder.Open(folder.Root)).Message, StringComparison.Ordinal);
        Assert.Equal(["notes.txt"], Directory.EnumerateFileSystemEntries(folder.Root).Select(Path.GetFileName));
    }

    [Fact]
    public void ThePlanOfAProgram_IsReadBackTrialForTrial()
    {
        using var folder = new TemporaryFolder();
        RunConfiguration[] trials = [Small, Small with { Seed = 1, Lambda = 1e-3 }, Small with { Width = [6] }, Small];
        SweepFolder sweep = SweepFolder.Create(folder.File("sweep"));
        sweep.WritePlan(SweepPlan.Of("made", trials, new SweepLimits { Keep = KeptFiles.Summary, Recording = "nothing" }));
        SweepPlan read = sweep.ReadPlan();
        Assert.Equal(trials.Take(3).Select(trial => TrialIdentity.Of(TrialIdentity.Resolve(trial))), read.Trials.Select(trial => trial.Id));
        Assert.Equal(trials.Take(3).Select(trial => TrialIdentity.Resolve(trial)), read.Trials.Select(trial => trial.Configuration),
            (a, b) => a.ToJson().SequenceEqual(b.ToJson()));
        Assert.Equal((KeptFiles.Summary, "nothing"), (read.Limits.Keep, read.Limits.Recording));
        Assert.False(File.Exists(sweep.SpecificationPath));
    }

    [Fact]
    public void States_FollowFromTheNamesOfFiles()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 4, "limits": { "attempts": 1 } }""");
        SweepPlan plan = sweep.ReadPlan();
        string[] ids = [.. plan.Trials.Select(trial => trial.Id)];
        Directory.CreateDirectory(sweep.ResultPath(ids[0]));
        FailureLog.Add(sweep,
            new TrialFailure { Trial = ids[1], Attempt = 1, Kind = FailureKind.Error, Reason = "x", Worker = "w", At = DateTimeOffset.UnixEpoch });
        Assert.True(new LeaseBook(sweep).TryClaim(ids[2], "w", 1));
        Assert.Equal([TrialState.Done, TrialState.Failed, TrialState.Leased, TrialState.Pending], sweep.ReadStatus(plan).States);
        sweep.Cancel();
        Assert.Equal(TrialState.Cancelled, sweep.ReadStatus(plan).States[3]);
        Assert.Equal(1, sweep.ForgiveFailures(plan));
        sweep.LiftCancellation();
        Assert.Equal([TrialState.Done, TrialState.Pending, TrialState.Leased, TrialState.Pending], sweep.ReadStatus(plan).States);
    }
}
