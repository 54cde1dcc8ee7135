using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Runs;

public sealed class TrainingRunTests
{
    private static readonly RunConfiguration Small = new()
    {
        Data = "gaussian-mixture",
        Samples = 24,
        Classes = 3,
        Dimension = 6,
        Depth = 3,
        Width = [8],
        Convention = Convention.Mean,
        Lambda = 1e-2,
        Delta = 0.5,
        Solver = "adam",
        MaxEpochs = 120,
        GradientTolerance = 0,
        RecordEvery = 25,
        Threads = 1,
        Bias = true,
    };

    [Theory]
    [InlineData("adam", 33)]
    [InlineData("sgd", 33)]
    [InlineData("lbfgs", 33)]
    [InlineData("gauss-newton", 12)]
    public void InterruptedAndResumedRun_HasTheSameWeightsBitForBit(string solver, long epoch)
    {
        using var folder = new TemporaryFolder();
        RunConfiguration configuration = Small with { Solver = solver };
        TrainingRunResult whole = TrainingRun.Start(configuration, folder.File("whole"));
        using var cancellation = new CancellationTokenSource();
        TrainingRunResult first = TrainingRun.Start(configuration, folder.File("parts"), CancelAt(epoch, cancellation), cancellation.Token);
        Assert.Equal((TrainingStatus.Cancelled, epoch), (first.Run.Summary.Status, first.Run.Summary.Epochs));
        using var again = new CancellationTokenSource();
        TrainingRun.Resume(folder.File("parts"), null, CancelAt(epoch + 1, again), again.Token);
        TrainingRunResult last = TrainingRun.Resume(folder.File("parts"));
        Assert.Equal(whole.Run.Trained.Parameters, last.Run.Trained.Parameters);
        Assert.Equal(Values(whole.Run), Values(last.Run));
        Assert.Equal(File.ReadAllBytes(folder.File("whole/weights.safetensors")), File.ReadAllBytes(folder.File("parts/weights.safetensors")));
        Assert.Equal((whole.Run.Summary.Status, whole.Run.Summary.Objective), (last.Run.Summary.Status, last.Run.Summary.Objective));
    }

    /// <summary>Stopped between two batches of an epoch, and again after one more, a run ends as if nothing had been.</summary>
    [Theory]
    [InlineData("sgd", 0, 7, Precision.Double)]
    [InlineData("adamw", 0, 7, Precision.Double)]
    [InlineData("adamw", 0, 7, Precision.Single)]
    [InlineData("sgd", 4200, 700, Precision.Single)]
    public void RunStoppedInsideAnEpoch_HasTheSameWeightsBitForBit(string solver, int samples, int size, Precision precision)
    {
        using var folder = new TemporaryFolder();
        RunConfiguration configuration = Small with
        {
            Solver = solver,
            Samples = samples > 0 ? samples : Small.Samples,
            BatchSize = size,
            MaxEpochs = 20,
            RecordEvery = 6,
            Nesterov = solver == "sgd",
            Precision = precision,
        };
        TrainingRunResult whole = TrainingRun.Start(configuration, folder.File("whole"));
        long batches = (configuration.Samples + size - 1) / size, stopAfter = (3 * batches) + 2, steps = 0;
        using var cancellation = new CancellationTokenSource();
        var options = new TrainingRunOptions { Progress = _ => CancelAfter(stopAfter, cancellation) };
        TrainingRunResult first = TrainingRun.Start(configuration, folder.File("parts"), options, cancellation.Token);
        Assert.Equal((TrainingStatus.Cancelled, 3L, stopAfter), (first.Run.Summary.Status, first.Run.Summary.Epochs, steps));
        using var again = new CancellationTokenSource();
        TrainingRun.Resume(folder.File("parts"), null, new TrainingRunOptions { Progress = _ => CancelAfter(stopAfter + 1, again) }, again.Token);
        TrainingRunResult last = TrainingRun.Resume(folder.File("parts"), c => c with { Threads = 2 });
        Assert.Equal(whole.Run.Trained.Parameters, last.Run.Trained.Parameters);
        Assert.Equal(Values(whole.Run), Values(last.Run));
        Assert.Equal((whole.Run.Summary.Status, whole.Run.Summary.Objective), (last.Run.Summary.Status, last.Run.Summary.Objective));
        Assert.Equal(20 + 1, last.Run.Summary.GradientEvaluations);

        void CancelAfter(long step, CancellationTokenSource source)
        {
            if (++steps == step) source.Cancel();
        }
    }

    [Fact]
    public void KernelMatrixThatDoesNotFitIntoMemory_IsRefusedBeforeItIsMade()
    {
        RunConfiguration configuration = Small with { Solver = "gauss-newton", Samples = 600 };
        MemoryBudget.Use(20_000_000);
        try
        {
            var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Start(configuration, null));
            Assert.Equal(
                "A network of 155 parameters on 600 samples with the kernel matrix and the basis of solver gauss-newton would need 27.0 MB of memory, "
                    + "expected at "
                + "most 20.0 MB; use smaller widths or fewer samples, raise max-memory or choose solver lbfgs.",
                error.Message);
            TrainingRun.Start(configuration with { Solver = "lbfgs", MaxEpochs = 1 }, null);
        }
        finally
        {
            MemoryBudget.Use(null);
        }
    }

    [Fact]
    public void MetricsOfARun_CanBeReadWhileItTrains()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run");
        long seen = 0;
        using var cancellation = new CancellationTokenSource();
        var options = new TrainingRunOptions
        {
            Progress = state =>
            {
                if (state.Epoch % 100 != 0 || !File.Exists(Path.Combine(path, "metrics.parquet"))) return;
                seen = RunFolder.Open(path).ReadMetrics().Max(metric => metric.Epoch);
                Assert.False(File.Exists(Path.Combine(path, "summary.json")));
                cancellation.Cancel();
            },
        };
        TrainingRunResult result = TrainingRun.Start(
            Small with { MaxEpochs = long.MaxValue, MaxSeconds = 60, Schedule = RateSchedule.Constant }, path, options, cancellation.Token);
        Assert.Equal(TrainingStatus.Cancelled, result.Run.Summary.Status);
        Assert.InRange(seen, 1, result.Run.Summary.Epochs);
        Assert.Equal(Values(result.Run), Values(RunFolder.Read(path)));
    }

    [Fact]
    public void KilledRun_GoesOnFromTheNewestGoodCheckpoint()
    {
        using var folder = new TemporaryFolder();
        TrainingRunResult whole = TrainingRun.Start(Small, null);
        string path = folder.File("run");
        var killed = new TrainingRunOptions { Progress = state => { if (state.Epoch == 40) throw new InvalidOperationException("killed"); } };
        Assert.Throws<InvalidOperationException>(() => TrainingRun.Start(Small with { CheckpointSeconds = 1e-9 }, path, killed));
        Assert.False(File.Exists(Path.Combine(path, "summary.json")));
        string[] checkpoints = [.. Directory.GetFiles(Path.Combine(path, "checkpoints")).Order()];
        Assert.Equal(2, checkpoints.Length);
        File.WriteAllBytes(checkpoints[1], File.ReadAllBytes(checkpoints[1])[..100]);
        long startedAt = -1;
        TrainingRunResult resumed = TrainingRun.Resume(path, null, new TrainingRunOptions { Started = start => startedAt = start.Epoch });
        Assert.Equal(38, startedAt);
        Assert.Equal(whole.Run.Trained.Parameters, resumed.Run.Trained.Parameters);
    }

    [Fact]
    public void RunKilledBeforeItsFirstCheckpoint_BeginsAgain()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run");
        var killed = new TrainingRunOptions { Progress = _ => throw new InvalidOperationException("killed") };
        Assert.Throws<InvalidOperationException>(() => TrainingRun.Start(Small, path, killed));
        string? warning = null;
        TrainingRunResult resumed = TrainingRun.Resume(path, null, new TrainingRunOptions { Warning = text => warning = text });
        Assert.Contains("epoch 0", warning, StringComparison.Ordinal);
        Assert.Equal(TrainingRun.Start(Small, null).Run.Trained.Parameters, resumed.Run.Trained.Parameters);
    }

    [Fact]
    public void Seeds_DecideTheResult()
    {
        double[] Weights(RunConfiguration configuration) => TrainingRun.Start(configuration with { MaxEpochs = 10 }, null).Run.Trained.Parameters;
        Assert.Equal(Weights(Small), Weights(Small));
        Assert.NotEqual(Weights(Small), Weights(Small with { Seed = 1 }));
        Assert.NotEqual(Weights(Small), Weights(Small with { DataSeed = 1 }));
    }

    [Fact]
    public void Threads_DoNotChangeTheResult()
    {
        // Products of 256×256 by 256×200 are large enough to be shared among threads.
        RunConfiguration large = Small with { Data = "mnist", Samples = 200, Classes = 10, Width = [256], MaxEpochs = 3 };
        Assert.Equal(TrainingRun.Start(large, null).Run.Trained.Parameters, TrainingRun.Start(large with { Threads = 3 }, null).Run.Trained.Parameters);
    }

    [Fact]
    public void ResumeWithOtherSettings_IsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run");
        using var cancellation = new CancellationTokenSource();
        TrainingRun.Start(Small, path, CancelAt(5, cancellation), cancellation.Token);
        (Func<RunConfiguration, RunConfiguration> Change, string Name)[] changes =
        [
            (c => c with { Lambda = 1 }, "lambda 0.01"),
            (c => c with { Seed = 3 }, "seed"),
            (c => c with { Width = [9] }, "width"),
            (c => c with { LearningRate = 1 }, "learning-rate"),
            (c => c with { MaxEpochs = 500 }, "max-epochs"),
            (c => c with { Samples = 21 }, "samples"),
        ];
        foreach ((Func<RunConfiguration, RunConfiguration> change, string name) in changes)
            Assert.Contains(name, Assert.Throws<InvalidInputException>(() => TrainingRun.Resume(path, change)).Message, StringComparison.Ordinal);
        Assert.Equal(TrainingStatus.Cancelled, RunFolder.Read(path).Summary.Status);
        TrainingRunResult resumed = TrainingRun.Resume(path, c => c with { Threads = 2, CheckpointSeconds = 3, GradientTolerance = 1e-3 });
        Assert.Equal(1e-3, RunFolder.Open(path).ReadConfiguration().GradientTolerance);
        Assert.False(resumed.HadEnded);
    }

    [Fact]
    public void RunWithConstantRate_CanBeMadeLonger()
    {
        using var folder = new TemporaryFolder();
        RunConfiguration constant = Small with { Schedule = RateSchedule.Constant };
        TrainingRun.Start(constant with { MaxEpochs = 30 }, folder.File("run"));
        TrainingRunResult longer = TrainingRun.Resume(folder.File("run"), c => c with { MaxEpochs = 70 });
        Assert.Equal(TrainingRun.Start(constant with { MaxEpochs = 70 }, null).Run.Trained.Parameters, longer.Run.Trained.Parameters);
    }

    [Fact]
    public void EndedRun_IsReadAndLeftAlone()
    {
        using var folder = new TemporaryFolder();
        TrainingRunResult whole = TrainingRun.Start(Small, folder.File("run"));
        TrainingRunResult resumed = TrainingRun.Resume(folder.File("run"));
        Assert.True(resumed.HadEnded);
        Assert.Equal(whole.Run.Trained.Parameters, resumed.Run.Trained.Parameters);
        Assert.Equal(whole.IsMeasured, resumed.IsMeasured);
    }

    [Fact]
    public void Divergence_KeepsTheLastGoodState()
    {
        using var folder = new TemporaryFolder();
        TrainingRunResult result = TrainingRun.Start(Small with { Solver = "sgd", LearningRate = 1e150, Activation = "identity" }, folder.File("run"));
        Run read = RunFolder.Read(folder.File("run"));
        Assert.Equal(TrainingStatus.Diverged, read.Summary.Status);
        Assert.Contains("epoch", result.Advice!.Text, StringComparison.Ordinal);
        Assert.All(read.Trained.Parameters, value => Assert.True(double.IsFinite(value)));
        Assert.True(TrainingRun.Resume(folder.File("run")).HadEnded);
    }

    [Fact]
    public void AStall_IsAnEnd_UnlessTheToleranceIsRaisedToWhatWasReached()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run");
        RunConfiguration settings = Small with { Solver = "gauss-newton", GradientTolerance = 0, MaxEpochs = 20_000, RecordEvery = null };
        Run stalled = TrainingRun.Start(settings, path).Run;
        Assert.Equal(TrainingStatus.Stalled, stalled.Summary.Status);
        TrainingRunResult again = TrainingRun.Resume(path);
        Assert.True(again.HadEnded);
        Assert.Contains("gradient-tolerance", again.Advice!.Settings);
        Run reached = TrainingRun.Resume(path, c => c with { GradientTolerance = 1e-6 }).Run;
        Assert.Equal((TrainingStatus.Converged, stalled.Summary.Epochs), (reached.Summary.Status, reached.Summary.Epochs));
        Assert.Equal(stalled.Trained.Parameters, reached.Trained.Parameters);
    }

    [Fact]
    public void ObjectiveThatIsInfiniteAtTheStart_IsASummaryWithReasons()
    {
        using var folder = new TemporaryFolder();
        string data = folder.Write("vast.csv", "1e300,1e300,0\n-1e300,1e300,1\n");
        TrainingRunResult result = TrainingRun.Start(Small with { Data = data, Samples = 2, Classes = 2, Activation = "identity" }, folder.File("run"));
        Run read = RunFolder.Read(folder.File("run"));
        Assert.Equal(TrainingStatus.Diverged, read.Summary.Status);
        Assert.Contains("layers", read.Summary.Reasons.Keys);
        Assert.False(result.IsMeasured);
    }

    [Fact]
    public void Metrics_AreRecordedEarlyAndEvenly()
    {
        Run run = TrainingRun.Start(Small, null).Run;
        Assert.Equal([0, 1, 2, 5, 10, 20, 25, 50, 75, 100, 120], run.Metrics.Select(metric => metric.Epoch).Distinct());
        string[] whole = ["objective", "dataLoss", "weightPenalty", "featurePenalty", "gradientNorm", "relativeGradientNorm"];
        Assert.Equal(whole, run.Metrics.Where(metric => metric is { Layer: 0, Epoch: 0 }).Select(metric => metric.Metric));
        Assert.Contains(run.Metrics, metric => metric is { Layer: 3, Epoch: 120, Metric: "tcvUpper" });
        Assert.Equal(run.Summary.Objective, run.Metrics.Last(metric => metric.Metric == "objective").Value);
    }

    [Theory]
    [InlineData("adam", 200, 20_000)]
    [InlineData("adam", 200, 1_000)]
    [InlineData("adam", 1000, 100)]
    [InlineData("gauss-newton", 200, 50)]
    public void RecordInterval_GivesAtMostAHundredRecordsAndNeverZero(string solver, int width, long epochs)
    {
        var specification = new NetworkSpecification(784, [width, width, 10]);
        long interval = RecordInterval.For(new RunConfiguration { Solver = solver, MaxEpochs = epochs }, specification, 200);
        Assert.True(interval >= 1);
        Assert.InRange(epochs / interval, 0, 100);
    }

    [Fact]
    public void CheckpointOnAFullDisk_IsAWarningAndTooLittleSpaceAnError()
    {
        using var disk = new SmallDisk("20m");
        string? warning = null;
        var options = new TrainingRunOptions
        {
            Warning = text => warning = text,
            Progress = state =>
            {
                if (state.Epoch == 3) disk.Fill();
                if (state.Epoch == 10) disk.Empty();
            },
        };
        TrainingRunResult result = TrainingRun.Start(Small with { CheckpointSeconds = 1e-9 }, Path.Combine(disk.Root, "run"), options);
        Assert.Contains("checkpoint", warning, StringComparison.Ordinal);
        Assert.Equal(120, result.Run.Summary.Epochs);
        disk.Fill();
        var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Start(Small, Path.Combine(disk.Root, "second")));
        Assert.DoesNotContain('\n', error.Message);
        Assert.False(Directory.Exists(Path.Combine(disk.Root, "second")));
    }

    private static TrainingRunOptions CancelAt(long epoch, CancellationTokenSource cancellation) =>
        new() { Progress = state => { if (state.Epoch == epoch) cancellation.Cancel(); } };

    private static IEnumerable<(long, int, string, double)> Values(Run run) =>
        run.Metrics.Select(metric => (metric.Epoch, metric.Layer, metric.Metric, metric.Value));
}
