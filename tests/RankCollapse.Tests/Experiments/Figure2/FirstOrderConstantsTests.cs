using RankCollapse.Experiments.Figure2;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Tests.Experiments.Figure2;

public sealed class FirstOrderConstantsTests
{
    private static readonly RunConfiguration Small =
        new() { Samples = 40, Depth = LayerSpectra.Depth, Width = [40], Solver = "adam", LearningRate = 1e-3, MaxEpochs = 20, GradientTolerance = 0 };

    [Fact]
    public void Records_AreEvenInTheLogarithm_FromAnOrthogonalStart()
    {
        using var folder = new TemporaryFolder();
        Matrix records = FirstOrderConstants.Of(Train(folder, Small));
        Assert.Equal([0, 1, 2, 3, 5, 7, 10, 15, 20], Enumerable.Range(0, records.Rows).Select(i => (int)records[i, 0]));
        // Orthogonal weights have C = 1 in layers 1 … L − 2.
        for (int l = 1; l <= LayerSpectra.Depth - 2; l++) Assert.Equal(1, records[0, l], 1e-10);
        Assert.True(records[8, 9] < records[0, 9]);
    }

    [Fact]
    public void OfSecondOrderTrainings_NothingIsRecorded() => Assert.Null(FirstOrderConstants.Recording.Begin(Small with { Solver = "gauss-newton" }));

    private static TrialResult Train(TemporaryFolder folder, RunConfiguration settings)
    {
        var sweep = SweepFolder.Create(folder.File("sweep"));
        var plan = SweepPlan.Of("constants", [settings], new SweepLimits { Recording = FirstOrderConstants.Recording.Name });
        sweep.WritePlan(plan);
        SweepWorker.Run(sweep, new WorkerOptions { Recordings = [FirstOrderConstants.Recording] });
        return sweep.ReadResult(plan.Trials[0].Id);
    }
}
