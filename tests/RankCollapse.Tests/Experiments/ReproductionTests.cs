using System.Text;
using RankCollapse.Experiments;

namespace RankCollapse.Tests.Experiments;

public sealed class ReproductionTests
{
    [Fact]
    public void Data_OfEqualSeeds_AreEqualBytesForAnyNumberOfThreads()
    {
        using var folder = new TemporaryFolder();
        Reproduction.Run([new SmallExperiment()], new ReproductionSettings(), folder.File("one"), new ReproductionOptions { Threads = 1 });
        Reproduction.Run([new SmallExperiment()], new ReproductionSettings(), folder.File("two"), new ReproductionOptions { Threads = 3 });
        Reproduction.Run([new SmallExperiment()], new ReproductionSettings(Seed: 1), folder.File("other"));
        Assert.Equal(Csv(folder, "one"), Csv(folder, "two"));
        Assert.Equal(Bytes(folder, "one", "norms.parquet"), Bytes(folder, "two", "norms.parquet"));
        Assert.NotEqual(Csv(folder, "one"), Csv(folder, "other"));
    }

    [Fact]
    public void Reproduction_ThatWasStopped_GoesOnToTheSameData()
    {
        using var folder = new TemporaryFolder();
        Reproduction.Run([new SmallExperiment()], new ReproductionSettings(), folder.File("whole"));
        var experiment = new SmallExperiment();
        using var stop = new CancellationTokenSource();
        var options = new ReproductionOptions
        {
            Threads = 1,
            Progress = progress =>
            {
                if (progress.Ended is not null) stop.Cancel();
            },
        };
        Assert.ThrowsAny<OperationCanceledException>(() => Reproduction.Run([experiment], new ReproductionSettings(), folder.File("stopped"), options, stop.Token));
        Assert.Equal(1, experiment.Trained);
        Assert.False(File.Exists(folder.File("stopped/small/result.json")));
        Reproduction.Run([experiment], new ReproductionSettings(), folder.File("stopped"));
        Assert.Equal(3, experiment.Trained);
        Assert.Equal(Csv(folder, "whole"), Csv(folder, "stopped"));
    }

    [Fact]
    public void Cell_ThatIsDamaged_IsComputedAgain()
    {
        using var folder = new TemporaryFolder();
        var experiment = new SmallExperiment();
        Reproduction.Run([experiment], new ReproductionSettings(), folder.Root);
        string before = Csv(folder, ".");
        string cell = folder.File("small/cells/lambda-0.03.safetensors");
        byte[] content = File.ReadAllBytes(cell);
        File.WriteAllBytes(cell, content[..(content.Length / 2)]);
        Reproduction.Run([experiment], new ReproductionSettings(), folder.Root);
        Assert.Equal(4, experiment.Trained);
        Assert.Equal(before, Csv(folder, "."));
    }

    [Fact]
    public void Cell_WhoseNumbersWereChanged_IsComputedAgain()
    {
        using var folder = new TemporaryFolder();
        var experiment = new SmallExperiment();
        Reproduction.Run([experiment], new ReproductionSettings(), folder.Root);
        string before = Csv(folder, ".");
        string cell = folder.File("small/cells/lambda-0.03.safetensors");
        byte[] content = File.ReadAllBytes(cell);
        content[^3] ^= 0x10;
        File.WriteAllBytes(cell, content);
        Reproduction.Run([experiment], new ReproductionSettings(), folder.Root);
        Assert.Equal(4, experiment.Trained);
        Assert.Equal(before, Csv(folder, "."));
    }

    [Fact]
    public void Folder_WithResultsOfOtherSettings_IsRefusedUntilForced()
    {
        using var folder = new TemporaryFolder();
        Reproduction.Run([new SmallExperiment()], new ReproductionSettings(), folder.Root);
        string before = Csv(folder, ".");
        var error = Assert.Throws<InvalidInputException>(() => Reproduction.Run([new SmallExperiment()], new ReproductionSettings(Seed: 5), folder.Root));
        Assert.Contains("full, seed 0", error.Message);
        Assert.Contains("--force", error.Message);
        Assert.Equal(before, Csv(folder, "."));
        Reproduction.Run([new SmallExperiment()], new ReproductionSettings(Seed: 5), folder.Root, new ReproductionOptions { Force = true });
        Assert.NotEqual(before, Csv(folder, "."));
    }

    [Fact]
    public void ForceOnSeveralFigures_OfWhichOneIsRefused_DeletesNothing()
    {
        using var folder = new TemporaryFolder();
        Reproduction.Run([new SmallExperiment(), new SmallExperiment(name: "other")], new ReproductionSettings(), folder.Root);
        string before = Csv(folder, ".");
        // A sweep with a task that may still be at work.
        string sweep = folder.File("other/sweep");
        Directory.CreateDirectory(Path.Combine(sweep, "slurm"));
        File.WriteAllText(Path.Combine(sweep, "plan.json"), "{}");
        File.WriteAllText(Path.Combine(sweep, "slurm", "token.json"), """{ "token": "token", "job": "7", "tasks": 2 }""");
        var error = Assert.Throws<InvalidInputException>(() => Reproduction.Run([new SmallExperiment(), new SmallExperiment(name: "other")], new ReproductionSettings(), folder.Root, new ReproductionOptions { Force = true }));
        Assert.Contains("Slurm job 7, 2 tasks", error.Message);
        Assert.Equal(before, Csv(folder, "."));
        Assert.Equal(3, Directory.GetFiles(folder.File("small/cells")).Length);
    }

    [Fact]
    public void Folder_OfAnotherBuild_IsRefusedWithTheReason()
    {
        using var folder = new TemporaryFolder();
        Reproduction.Run([new SmallExperiment()], new ReproductionSettings(), folder.Root);
        string settings = folder.File("small/settings.json");
        File.WriteAllText(settings, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(settings), "\"digest\": \"[0-9a-f]*\"", "\"digest\": \"0\""));
        var error = Assert.Throws<InvalidInputException>(() => Reproduction.Run([new SmallExperiment()], new ReproductionSettings(), folder.Root));
        Assert.Contains("another build of the program computed", error.Message);
    }

    [Fact]
    public void Failure_OfACell_IsReportedAsItIs()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<ComputationFailedException>(() => Reproduction.Run([new FailingExperiment()], new ReproductionSettings(), folder.Root));
        Assert.Equal("This cannot be computed.", error.Message);
    }

    [Fact]
    public void Result_ReadBack_IsTheResult()
    {
        using var folder = new TemporaryFolder();
        FigureResult result = Reproduction.Run([new SmallExperiment()], new ReproductionSettings(IsQuick: true, Seed: 3), folder.Root)[0];
        FigureResult read = FigureResult.Read(folder.File("small"));
        Assert.Equal(Encoding.UTF8.GetString(result.ToJson()), Encoding.UTF8.GetString(read.ToJson()));
        Assert.Equal("rankcollapse reproduce small --quick --seed 3", read.Command);
        Assert.Equal(3, read.Statuses.Values.Sum());
        Assert.Equal(VerdictOutcome.Reproduced, read.Verdicts[0].Outcome);
        Assert.True(File.Exists(folder.File("small/small.svg")) && File.Exists(folder.File("small/small.png")));
    }

    [Fact]
    public void Progress_EndsWithAllCellsAndNoTimeLeft()
    {
        using var folder = new TemporaryFolder();
        var told = new List<ReproductionProgress>();
        Reproduction.Run([new SmallExperiment()], new ReproductionSettings(), folder.Root, new ReproductionOptions { Progress = told.Add });
        Assert.Equal(0, told[0].Done);
        Assert.Equal(3, told.Max(p => p.Done));
        Assert.Equal(3, told.Count(p => p.Ended is not null));
        Assert.All(told, p => Assert.InRange(p.Fraction, 0, 1));
        ReproductionProgress last = told.Last(p => p.Ended is not null);
        Assert.Equal((1.0, 0.0), (last.Fraction, last.SecondsLeft));
    }

    private static string Csv(TemporaryFolder folder, string run) => File.ReadAllText(folder.File($"{run}/small/norms.csv"));

    private static byte[] Bytes(TemporaryFolder folder, string run, string name) => File.ReadAllBytes(folder.File($"{run}/small/{name}"));

    private sealed class FailingExperiment : Experiment
    {
        public override string Name => "failing";

        public override string Title => "";

        public override string Source => "";

        public override string Claim => "";

        public override IReadOnlyList<ExperimentCell> Cells(ReproductionSettings settings) => [new("only", "", 1, _ => throw new ComputationFailedException("This cannot be computed."))];

        public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings) => new Dictionary<string, string>();

        public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, CellResult> cells) => throw new InvalidOperationException("There is nothing to conclude.");
    }
}
