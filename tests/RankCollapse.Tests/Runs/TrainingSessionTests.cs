using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Runs;

/// <summary>Trainings that stop at collapse, and records of collapse alone.</summary>
public sealed class TrainingSessionTests
{
    private const double Collapsed = 1e-12;

    private static readonly RunConfiguration Small = new()
    {
        Samples = 30,
        Classes = 3,
        Depth = 4,
        Width = [30],
        GradientTolerance = 1e-1,
        MaxEpochs = 200,
        RecordEvery = 1,
        Threads = 1,
    };

    [Fact]
    public void Training_GoesOnPastTheGradientsTolerance_UntilEveryLayerHasCollapsed()
    {
        RunConfiguration loose = Small with { GradientTolerance = 1 };
        Run early = TrainingRun.Start(loose, path: null).Run, whole = TrainingRun.Start(loose with { CollapseTolerance = Collapsed }, path: null).Run;

        Assert.Equal((TrainingStatus.Converged, TrainingStatus.Converged), (early.Summary.Status, whole.Summary.Status));
        Assert.Contains(early.Summary.Layers, layer => layer.TcvUpper > Collapsed);
        Assert.All(whole.Summary.Layers, layer => Assert.True(layer.TcvUpper <= Collapsed && layer.FeatureNumericalRank <= Small.Classes));
        // The way is the same, and the end is the first point at which both hold.
        Assert.Equal(Values(early), Values(whole).Take(early.Metrics.Count));
        for (long epoch = early.Summary.Epochs; epoch < whole.Summary.Epochs; epoch++)
            Assert.False(At(whole, epoch, CollapseMetrics.TcvUpper.Key).All(tcv => tcv <= Collapsed)
                && At(whole, epoch, RankMetrics.FeatureNumericalRank.Key).All(rank => rank <= Small.Classes)
                && At(whole, epoch, "relativeGradientNorm").All(norm => norm <= loose.GradientTolerance));
    }

    [Fact]
    public void Training_WhoseEpochsAreUsedUp_NamesTheLayer()
    {
        TrainingRunResult result = TrainingRun.Start(Small with { CollapseTolerance = Collapsed, GradientTolerance = 10, MaxEpochs = 3 }, path: null);

        Assert.Equal(TrainingStatus.MaxEpochs, result.Run.Summary.Status);
        Assert.Matches("^The relative gradient norm is .*, but layer [1-4] has TCV .* \\(at most 1\\.0e-12 is asked\\) after 3 epochs; raise max-epochs",
            result.Advice!.Text);
    }

    [Fact]
    public void ARunThatHasNotCollapsed_GoesOnWhenItIsResumed_AndOneThatHasIsFinished()
    {
        using var folder = new TemporaryFolder();
        RunConfiguration settings = Small with { CollapseTolerance = Collapsed };
        TrainingRunResult whole = TrainingRun.Start(settings, folder.File("whole"));
        TrainingRun.Start(settings with { MaxEpochs = 5 }, folder.File("parts"));
        TrainingRunResult resumed = TrainingRun.Resume(folder.File("parts"), c => c with { MaxEpochs = settings.MaxEpochs });

        Assert.Equal(whole.Run.Trained.Parameters, resumed.Run.Trained.Parameters);
        Assert.True(TrainingRun.Resume(folder.File("whole")).HadEnded);
        Assert.True(TrainingRun.Resume(folder.File("whole"), c => c with { CollapseTolerance = null }).HadEnded);
        var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Resume(folder.File("whole"), c => c with { CollapseTolerance = 0 }));
        Assert.Contains("cannot go on", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RecordsOfChosenMetrics_AreWhatMeasuringTheEndGives_AndChangeNothing()
    {
        Run all = TrainingRun.Start(Small, path: null).Run, chosen = TrainingRun.Start(Small with { Record = "nc,weightStableRank,powerLawMinimum" }, null).Run;

        Assert.Equal(all.Trained.Parameters, chosen.Trained.Parameters);
        MeasuredFeatures last = CollapseMeasurement.LastHiddenLayer(chosen.Trained, chosen.DataSet, out _)!;
        var ends = chosen.Metrics.Where(metric => metric.Epoch == chosen.Summary.Epochs && metric.Layer > 0)
            .ToDictionary(metric => (metric.Metric, metric.Layer), metric => metric.Value);
        foreach (Metric metric in RecordedMetrics.Parse("nc").Layers)
            Assert.Equal(metric.OfFeatures!(last).Number, ends.TryGetValue((metric.Key, Small.Depth - 1), out double value) ? value : null);
        int[] LayersOf(string metric) => [.. ends.Keys.Where(key => key.Metric == metric).Select(key => key.Layer).Order()];
        Assert.Equal([1, 2, 3, 4], LayersOf("nc1WithinClassVariability"));
        // The last layer has too few singular values for a power law.
        Assert.Equal([1, 2, 3], LayersOf("powerLawMinimum"));
        Assert.Equal([3], LayersOf("nc3SelfDualityDeviation"));
        Assert.DoesNotContain(chosen.Metrics, metric => metric.Metric == "tcvUpper");
        for (int l = 1; l <= Small.Depth; l++)
            Assert.Equal(chosen.Summary.Layers[l - 1].Numbers["weightStableRank"], ends[("weightStableRank", l)]);
    }

    [Fact]
    public void RecordsOfCollapse_AreAPartOfAllRecords()
    {
        Run all = TrainingRun.Start(Small, path: null).Run, lean = TrainingRun.Start(Small with { Record = RecordedMetrics.Collapse }, path: null).Run;

        Assert.Equal(RecordedMetrics.All, all.Configuration.Record);
        Assert.Equal(
            ["featureNumericalRank", "tcvLower", "tcvUpper", "wcssOfClasses"],
            lean.Metrics.Where(metric => metric.Layer > 0).Select(metric => metric.Metric).Distinct().Order(StringComparer.Ordinal));
        var names = lean.Metrics.Select(metric => metric.Metric).ToHashSet();
        Assert.Equal(Values(all).Where(value => names.Contains(value.Metric)), Values(lean));
        Assert.Equal(all.Trained.Parameters, lean.Trained.Parameters);
    }

    [Fact]
    public void ARecordAfterARejectedStep_RepeatsTheNumbers()
    {
        Run run = TrainingRun.Start(Small with { Activation = "relu", GradientTolerance = 1e-12, CollapseTolerance = 0, MaxEpochs = 80 }, path: null).Run;
        (double, double)[] states = [.. Enumerable.Range(0, (int)run.Summary.Epochs + 1)
            .Select(epoch => (At(run, epoch, "objective")[0], At(run, epoch, "gradientNorm")[0]))];
        int[] rejected = [.. Enumerable.Range(1, states.Length - 1).Where(epoch => states[epoch] == states[epoch - 1])];
        Assert.NotEmpty(rejected);
        Assert.All(rejected, epoch => Assert.Equal(At(run, epoch - 1, CollapseMetrics.TcvUpper.Key), At(run, epoch, CollapseMetrics.TcvUpper.Key)));
        double[] norms = At(run, run.Summary.Epochs, RankMetrics.WeightNorm.Key);
        Assert.All(run.Summary.Layers, layer => Assert.Equal(layer.WeightNorm, norms[layer.Layer - 1], 1e-14 * layer.WeightNorm));
    }

    private static double[] At(Run run, long epoch, string metric) =>
        [.. run.Metrics.Where(one => one.Epoch == epoch && one.Metric == metric).Select(one => one.Value)];

    private static IEnumerable<MetricRecord> Values(Run run) => run.Metrics.Select(metric => metric with { Seconds = 0 });
}
