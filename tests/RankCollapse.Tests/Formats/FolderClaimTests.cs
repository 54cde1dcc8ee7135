using RankCollapse.Formats;
using RankCollapse.Tests.Cli;

namespace RankCollapse.Tests.Formats;

public sealed class FolderClaimTests
{
    [Fact]
    public void Folder_IsClaimedOnceAtATime()
    {
        using var folder = new TemporaryFolder();
        using (FolderClaim.Take(folder.Root))
        {
            Assert.Null(FolderClaim.TryTake(folder.Root));
            var error = Assert.Throws<InvalidInputException>(() => FolderClaim.Take(folder.Root));
            Assert.Contains($"{Environment.ProcessId}", error.Message, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void ClaimOfADeadProcess_IsTakenOver()
    {
        using var folder = new TemporaryFolder();
        folder.Write(FolderClaim.FileName, "12345 elsewhere 0\n");
        using FolderClaim claim = FolderClaim.Take(folder.Root);
        Assert.Null(FolderClaim.TryTake(folder.Root));
    }

    [Fact]
    public void ManyThreads_NeverHaveItTogether()
    {
        using var folder = new TemporaryFolder();
        int owners = 0, claims = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            for (int i = 0; i < 200; i++)
            {
                using FolderClaim? claim = FolderClaim.TryTake(folder.Root);
                if (claim is null) continue;
                Assert.Equal(1, Interlocked.Increment(ref owners));
                Interlocked.Increment(ref claims);
                Interlocked.Decrement(ref owners);
            }
        });
        Assert.True(claims > 0);
    }

    [Fact]
    public void TwoTrainingsIntoOneFolder_OneTrainsAndTheOtherIsRefused()
    {
        using var folder = new TemporaryFolder();
        using var claim = FolderClaim.Take(Directory.CreateDirectory(folder.File("run")).FullName);
        CommandLine second = CommandLine.Train(folder.File("run"), "--max-epochs", "3");
        Assert.Equal(2, second.ExitCode);
        Assert.Contains("in use by another process", second.Error, StringComparison.Ordinal);
        Assert.Equal([FolderClaim.FileName], Directory.GetFileSystemEntries(folder.File("run")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task TrainingsThatStartTogether_LeaveOneWholeRun()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        int[] codes = await Task.WhenAll(Enumerable.Range(1, 4).Select(seed => Task.Run(
            () => CommandLine.Train(run, "--max-epochs", "200", "--no-report", "--seed", $"{seed}", "--data-seed", $"{seed}").ExitCode)));
        Assert.Equal(3, codes.Count(code => code == 2));
        RankCollapse.Runs.RunConfiguration found = RankCollapse.Runs.RunFolder.Read(run).Configuration;
        Assert.Equal(found.Seed, found.DataSeed);
    }
}
