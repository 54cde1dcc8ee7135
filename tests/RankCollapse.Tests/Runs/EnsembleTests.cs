using RankCollapse.Runs;
using RankCollapse.Sweeps;
using RankCollapse.Tests.Cli;

namespace RankCollapse.Tests.Runs;

public sealed class EnsembleTests
{
    private static readonly RunConfiguration Small = new()
    {
        Data = "gaussian-mixture",
        Samples = 12,
        Classes = 3,
        Dimension = 6,
        Depth = 2,
        Width = [6],
        MaxEpochs = 3,
        Threads = 1,
    };

    [Fact]
    public void Folder_IsReadBack_WithItsMembers_AndReported()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("ensemble");
        EnsembleSummary written = TrainingEnsemble.Start(Small, 2, 4, path);
        Assert.True(Ensemble.IsIn(path));
        var read = Ensemble.Read(path);

        Assert.Equal([2L, 3, 4], read.Members.Select(member => member.Seed));
        Assert.Equal(written.Members.Select(member => member.Objective), read.Members.Select(member => (double?)member.Summary!.Objective));
        Assert.All(read.Members, member => Assert.Contains(member.Metrics, record => record is { Metric: "tcvUpper", Layer: 2 }));
        CommandLine report = CommandLine.Run("report", path);
        Assert.Equal(0, report.ExitCode);
        Assert.Contains("ensemble of 3 members", File.ReadAllText(Path.Combine(path, "report.html")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(path, "figures", "curves.svg")));
    }

    [Fact]
    public void DamagedFile_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(Ensemble.SummaryFile), "{");
        var error = Assert.Throws<InvalidInputException>(() => Ensemble.Read(folder.Root));
        Assert.Contains("is not an ensemble's summary", error.Message, StringComparison.Ordinal);
    }
}
