using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Experiments;
using RankCollapse.Experiments.Figures6And7;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Tests.Experiments.Figures6And7;

public sealed class TrainingMomentsTests
{
    private static readonly Partition Classes = new([0, 0, 0, 1, 1, 1, 2, 2, 2], 3);

    [Fact]
    public void Moments_AreTheFirstBelowEachShare_AndTheEnds()
    {
        double[] tcv = [1, 0.5, 0.19, 0.15, 0.04, 0.019, 0.001, 1e-9, 1e-20];
        FeatureSnapshot[] snapshots = [.. tcv.Select((value, i) => Snapshot(i, value))];

        Assert.Equal([0, 2, 4, 5, 6, 8], TrainingMoments.Choose(snapshots).All.Select(moment => moment.Epoch));
    }

    [Fact]
    public void Moments_AreSixDifferentOnes_EvenWhereTcvFallsAtOnceOrNotAtAll()
    {
        foreach (double[] tcv in (double[][])[[1, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9], [1, 1, 1, 1, 1, 1, 1]])
            Assert.Equal(6, TrainingMoments.Choose([.. tcv.Select((value, i) => Snapshot(i, value))]).All.Select(moment => moment.Epoch).Distinct().Count());
    }

    [Fact]
    public void Moments_OfATrainingOfFiveRecords_AreRefused() =>
        Assert.Throws<ComputationFailedException>(() => TrainingMoments.Choose([.. Enumerable.Range(0, 5).Select(i => Snapshot(i, 1))]));

    [Fact]
    public void Snapshots_AfterTheLastShare_AreNotPiledUp()
    {
        var kept = new List<FeatureSnapshot>();
        for (int i = 0; i < 100; i++) TrainingMoments.Keep(kept, Snapshot(i, i < 10 ? 1 - (0.01 * i) : Math.Pow(10, -i)));

        Assert.InRange(kept.Count, 6, 17);
        Assert.Equal(0, kept[0].Epoch);
        Assert.Equal(99, kept[^1].Epoch);
        Assert.Equal(TrainingMoments.Choose(kept).All[1].Epoch, kept.First(s => s.MeanTcv <= 0.2).Epoch);
    }

    [Fact]
    public void Snapshot_OfCollapsedFeatures_HasBlocksAndPoints()
    {
        FeatureSnapshot collapsed = Take(factor: 0), open = Take(factor: 1);

        Assert.All(collapsed.Deviations.Concat(collapsed.Spreads), value => Assert.InRange(value, 0, 1e-14));
        Assert.All(open.Deviations.Concat(open.Spreads), value => Assert.True(value > 0.1));
        Assert.All(FeatureEvolutionExperiment.Judge(open, collapsed), verdict => Assert.Equal(VerdictOutcome.Reproduced, verdict.Outcome));
        Assert.All(FeatureEvolutionExperiment.Judge(collapsed, open), verdict => Assert.Equal(VerdictOutcome.NotReproduced, verdict.Outcome));
    }

    [Fact]
    public void Planes_AreOrthogonalProjections()
    {
        Matrix features = RandomMatrix.Gaussian(8, 9, new RandomStream(1, RandomPurpose.Sampling));
        Matrix plane = RandomMatrix.HaarOrthogonal(8, 2, new RandomStream(2, RandomPurpose.Sampling));
        Matrix projected = FeatureSnapshot.Take(0, 1, 1, [features], [plane], Classes).Planes[0];

        for (int j = 0; j < features.Columns; j++)
        {
            double before = features.Column(j).Sum(value => value * value), after = projected.Column(j).Sum(value => value * value);
            Assert.True(after <= before * (1 + 1e-14));
        }
        Assert.Equal(2, projected.Rows);
    }

    [Fact]
    public void Recording_OfTheSameSeed_HasTheSameMoments()
    {
        var settings = new RunConfiguration
        {
            Samples = 30,
            Classes = 3,
            Depth = 5,
            Width = [30],
            Delta = 0,
            GradientTolerance = 1e-2,
            CollapseTolerance = 1e-12,
            Record = RecordedMetrics.Collapse,
            MaxEpochs = 100,
            RecordEvery = 1
        };
        using TemporaryFolder one = new(), two = new();
        TrialResult first = Train(one, settings), second = Train(two, settings);

        using SafetensorsFile a = first.OpenRecording(TrainingMoments.Recording.Name), b = second.OpenRecording(TrainingMoments.Recording.Name);
        Assert.Equal(a.Tensors.Select(tensor => tensor.Name), b.Tensors.Select(tensor => tensor.Name));
        Assert.All(a.Tensors.Where(tensor => tensor.Name != "labels"), tensor => Assert.Equal(a.ReadDoubles(tensor.Name), b.ReadDoubles(tensor.Name)));
        (TrainingMoments moments, int[] labels) = TrainingMoments.Of(first);
        Assert.Equal(30, labels.Length);
        Assert.Equal(TrainingMoments.Count, moments.All.Count);
        Assert.All(moments.All[^1].Deviations.Skip(1).SkipLast(1), deviation => Assert.True(deviation < 1e-4));
    }

    private static TrialResult Train(TemporaryFolder folder, RunConfiguration settings)
    {
        var sweep = SweepFolder.Create(folder.File("sweep"));
        var plan = SweepPlan.Of("moments", [settings], new SweepLimits { Recording = TrainingMoments.Recording.Name });
        sweep.WritePlan(plan);
        SweepWorker.Run(sweep, new WorkerOptions { Recordings = [TrainingMoments.Recording] });
        return sweep.ReadResult(plan.Trials[0].Id);
    }

    private static FeatureSnapshot Take(double factor)
    {
        Matrix[] features =
            [.. Enumerable.Range(0, 4)
            .Select(l => SyntheticReproduction.Shrunk(RandomMatrix.Gaussian(8, 9, new RandomStream(l, RandomPurpose.Sampling)), Classes, factor))];
        return FeatureSnapshot.Take(
            0, 1, 1, features, [.. features.Select((_, l) => RandomMatrix.HaarOrthogonal(8, 2, new RandomStream(9, RandomPurpose.Sampling, l)))], Classes);
    }

    private static FeatureSnapshot Snapshot(long epoch, double meanTcv) => new(epoch, meanTcv, meanTcv, [], [], [], []);
}
