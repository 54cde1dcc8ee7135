using RankCollapse.Runs;
using RankCollapse.Sweeps;
using RankCollapse.Tests.Cli;
using RankCollapse.Training;

namespace RankCollapse.Tests.Sweeps;

public sealed class TrainingEnsembleTests
{
    private static readonly RunConfiguration Small = new()
    {
        Data = "gaussian-mixture",
        Samples = 20,
        Classes = 2,
        Dimension = 5,
        Depth = 2,
        Width = [6],
        Convention = Convention.Mean,
        Lambda = 1e-2,
        MaxEpochs = 200,
    };

    [Fact]
    public void Members_AreThoseOfSingleRuns()
    {
        using var folder = new TemporaryFolder();
        EnsembleSummary summary = TrainingEnsemble.Start(Small, 3, 5, folder.File("e"));
        Assert.Equal([3, 4, 5], summary.Members.Select(m => m.Seed));
        Assert.All(summary.Members, m => Assert.Equal(TrainingStatus.Converged, m.Status));
        foreach (EnsembleMember member in summary.Members)
        {
            Run single = TrainingRun.Start(Small with { Seed = member.Seed, Threads = 1 }, null).Run;
            Run stored = RunFolder.Read(Path.Combine(folder.File("e"), member.Folder));
            Assert.Equal(single.Trained.Parameters, stored.Trained.Parameters);
            Assert.Equal(single.Summary.Objective, member.Objective);
        }
        Spread objective = summary.Network["objective"];
        Assert.Equal(3, objective.Count);
        Assert.Equal(summary.Members.Min(m => m.Objective), objective.Minimum);
        Assert.Equal(summary.Members.Max(m => m.Objective), objective.Maximum);
        Assert.True(File.Exists(folder.File("e/ensemble.json")));
        Assert.False(Directory.Exists(folder.File("e/sweep")));
    }

    [Fact]
    public void AMemberThatFails_IsReportedAndTheOthersGoOn()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("e"));
        File.WriteAllText(folder.File("e/seed-1"), "a file where a folder is wanted");
        EnsembleSummary summary = TrainingEnsemble.Start(Small, 0, 2, folder.File("e"), new EnsembleOptions { Force = true });
        Assert.Equal([TrainingStatus.Converged, null, TrainingStatus.Converged], summary.Members.Select(m => m.Status));
        Assert.NotNull(summary.Members[1].Error);
        Assert.Equal(2, summary.Network["objective"].Count);
    }

    [Fact]
    public void Resumed_KeepsWhatEndedAndTrainsTheRest()
    {
        using var folder = new TemporaryFolder();
        EnsembleSummary first = TrainingEnsemble.Start(Small, 0, 1, folder.File("e"));
        Assert.Throws<InvalidInputException>(() => TrainingEnsemble.Start(Small, 0, 3, folder.File("e")));
        EnsembleSummary all = TrainingEnsemble.Start(Small, 0, 3, folder.File("e"), new EnsembleOptions { Resume = true });
        Assert.Equal(4, all.Members.Count);
        Assert.Equal(first.Members[0], all.Members[0]);
        Assert.All(all.Members, m => Assert.Equal(TrainingStatus.Converged, m.Status));
    }

    [Fact]
    public void Cancelled_SaysSoForEveryMember()
    {
        using var folder = new TemporaryFolder();
        EnsembleSummary summary = TrainingEnsemble.Start(Small, 0, 3, folder.File("e"), null, new CancellationToken(canceled: true));
        Assert.All(summary.Members, m => Assert.NotNull(m.Error));
    }

    [Fact]
    public void Interrupted_KeepsWhatEnded_AndGoesOnToTheSameMembers()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var options = new EnsembleOptions { Finished = (_, _, _) => stop.Cancel() };
        EnsembleSummary stopped = TrainingEnsemble.Start(Small with { Threads = 1 }, 0, 3, folder.File("e"), options, stop.Token);
        Assert.Equal(1, stopped.Members.Count(m => m.Status == TrainingStatus.Converged));
        Assert.Single(Directory.GetDirectories(folder.File("e"), "seed-*"));
        EnsembleSummary all = TrainingEnsemble.Start(Small, 0, 3, folder.File("e"), new EnsembleOptions { Resume = true });
        Assert.All(all.Members, m => Assert.Equal(TrainingRun.Start(Small with { Seed = m.Seed, Threads = 1 }, null).Run.Summary.Objective, m.Objective));
        Assert.False(Directory.Exists(folder.File("e/sweep")));
    }

    [Fact]
    public void Forced_ReplacesTheRunsOfTheMembersAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        TrainingEnsemble.Start(Small, 0, 1, folder.File("e"));
        File.WriteAllText(folder.File("e/seed-0/notes.txt"), "mine");
        EnsembleSummary again = TrainingEnsemble.Start(Small with { Lambda = 3e-2 }, 0, 1, folder.File("e"), new EnsembleOptions { Force = true });
        Assert.Equal(3e-2, RunFolder.Read(folder.File("e/seed-0")).Configuration.Lambda);
        Assert.Equal("mine", File.ReadAllText(folder.File("e/seed-0/notes.txt")));
        Assert.Equal(2, again.Network["objective"].Count);
    }

    [Theory]
    [InlineData("5..3")]
    [InlineData("1-4")]
    [InlineData("0..x")]
    public void BadRange_IsRefusedInOneLine(string range)
    {
        using var folder = new TemporaryFolder();
        CommandLine result = CommandLine.Run("train", "--seeds", range, "--out", folder.File("e"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--seeds", result.Error);
        Assert.False(Directory.Exists(folder.File("e")));
    }

    [Fact]
    public void Command_SumsUpTheEnsemble()
    {
        using var folder = new TemporaryFolder();
        CommandLine result = CommandLine.Run("train", "--data", "gaussian-mixture", "--samples", "20", "--classes", "2", "--dimension", "5", "--depth", "2",
            "--width", "6", "--convention", "mean", "--lambda", "1e-2", "--seeds", "0..1", "--out", folder.File("e"));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("2 members: 2 converged", result.Output);
    }
}
