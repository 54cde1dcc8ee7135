using System.Text;
using RankCollapse.Experiments;
using RankCollapse.Experiments.Running;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Tests.Experiments.Running;

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
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Reproduction.Run([experiment], new ReproductionSettings(), folder.File("stopped"), options, stop.Token));
        Assert.Equal(1, experiment.Trained);
        Assert.False(File.Exists(folder.File("stopped/small/result.json")));
        Reproduction.Run([experiment], new ReproductionSettings(), folder.File("stopped"));
        Assert.Equal(3, experiment.Trained);
        Assert.Equal(Csv(folder, "whole"), Csv(folder, "stopped"));
    }

    [Theory]
    [InlineData("summary.json")]
    [InlineData("metrics.parquet")]
    [InlineData("first-weights.recorded")]
    public void AResultWhoseBytesWereChanged_IsMadeAgain(string file)
    {
        using var folder = new TemporaryFolder();
        var experiment = new SmallExperiment();
        Reproduction.Run([experiment], new ReproductionSettings(), folder.Root);
        string before = Csv(folder, ".");
        string path = Directory.GetFiles(folder.File("small/sweep/results"), file, SearchOption.AllDirectories)[0];
        byte[] content = File.ReadAllBytes(path);
        content[^3] ^= 0x10;
        File.WriteAllBytes(path, content);
        Reproduction.Run([experiment], new ReproductionSettings(), folder.Root);
        Assert.Equal(4, experiment.Trained);
        Assert.Equal(before, Csv(folder, "."));
    }

    [Fact]
    public void AResultWithoutItsRecording_IsMadeAgain()
    {
        using var folder = new TemporaryFolder();
        var experiment = new SmallExperiment();
        Reproduction.Run([experiment], new ReproductionSettings(), folder.Root);
        string before = Csv(folder, ".");
        // A worker of a plan without recordings.
        SweepFolder sweep = SweepFolder.Open(folder.File("small/sweep"));
        SweepPlan plan = sweep.ReadPlan();
        Directory.Delete(sweep.ResultPath(plan.Trials[1].Id), recursive: true);
        sweep.WritePlan(SweepPlan.Of("small", [plan.Trials[1].Configuration], new SweepLimits()));
        SweepWorker.Run(sweep);
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
        Assert.Contains("force", error.Settings);
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
        File.WriteAllText(Path.Combine(sweep, "slurm", "token.json"), """{ "token": "token", "job": "7", "tasks": 2 }""");
        var error = Assert.Throws<InvalidInputException>(() =>
            Reproduction.Run([new SmallExperiment(), new SmallExperiment(name: "other")], new ReproductionSettings(), folder.Root,
            new ReproductionOptions { Force = true }));
        Assert.Contains("Slurm job 7, 2 tasks", error.Message);
        Assert.Equal(before, Csv(folder, "."));
        Assert.Equal(3, ResultsOf(folder, "small"));
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
    public void FailureOfAConclusion_IsReportedAsItIs()
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
    public void Progress_EndsWithAllTrainingsAndNoTimeLeft()
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

    private static int ResultsOf(TemporaryFolder folder, string figure) =>
        Directory.GetFiles(folder.File($"{figure}/sweep/results"), "result.json", SearchOption.AllDirectories).Length;

    private static string Csv(TemporaryFolder folder, string run) => File.ReadAllText(folder.File($"{run}/small/norms.csv"));

    private static byte[] Bytes(TemporaryFolder folder, string run, string name) => File.ReadAllBytes(folder.File($"{run}/small/{name}"));

    private sealed class FailingExperiment : Experiment
    {
        public override string Name => "failing";

        public override string Title => "";

        public override string Source => "";

        public override string Claim => "";

        public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings) => [];

        public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings) => new Dictionary<string, string>();

        public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel) =>
            throw new ComputationFailedException("This cannot be computed.");
    }
}
