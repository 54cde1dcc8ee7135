using RankCollapse.Experiments;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Experiments;

public sealed class CollapseTrainingTests
{
    private static readonly RunConfiguration Small = new()
    {
        Samples = 30,
        Classes = 3,
        Depth = 4,
        Width = [30],
        Delta = 0,
        GradientTolerance = 1e-2,
        MaxEpochs = 200,
        RecordEvery = 1,
        Threads = 1,
    };

    [Fact]
    public void Training_EndsAtAStationaryPointWhoseLayersHaveCollapsed()
    {
        CellResult cell = CollapseTraining.Train(Small, watch: null, CancellationToken.None);
        var log = CollapseLog.Of(cell, Small.Depth);

        Assert.Equal("converged", cell.Status);
        Assert.True(log.HasCollapsed(CollapseTraining.CollapsedBelow, Small.Classes));
        Assert.True(cell.RelativeGradientNorm <= Small.GradientTolerance);
        Assert.Equal(cell.Objective, log.Losses[^1]);
        Assert.Equal(Enumerable.Range(0, log.Count).Select(i => (double)i), log.Epochs);
        Assert.True(log.MeanTcv[0] > 1e-3);
    }

    [Fact]
    public void Training_OfTheSameSeed_GivesTheSameNumbers()
    {
        CellResult first = CollapseTraining.Train(Small, watch: null, CancellationToken.None), second = CollapseTraining.Train(Small, watch: null, CancellationToken.None);

        Assert.Equal(first.Matrices.Keys, second.Matrices.Keys);
        Assert.All(first.Matrices.Keys.Where(name => name != "seconds"), name => Assert.Equal(first.Numbers(name), second.Numbers(name)));
    }

    [Fact]
    public void Training_WhoseEpochsAreUsedUp_SaysSo()
    {
        CellResult cell = CollapseTraining.Train(Small with { Solver = "adam", MaxEpochs = 20, RecordEvery = 10 }, watch: null, CancellationToken.None);

        Assert.Equal("max-epochs", cell.Status);
        Assert.Equal(20, cell.Epochs);
        Assert.Equal([0, 1, 2, 5, 10, 20], CollapseLog.Of(cell, Small.Depth).Epochs);
    }

    [Fact]
    public void Training_ThatIsStopped_KeepsNothing()
    {
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => CollapseTraining.Train(Small, (state, _, _) => { if (state.Epoch == 2) stop.Cancel(); }, stop.Token));
    }
}
