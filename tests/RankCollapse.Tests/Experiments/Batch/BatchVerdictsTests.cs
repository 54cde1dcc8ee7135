using RankCollapse.Experiments;
using RankCollapse.Experiments.Batch;
using RankCollapse.Tests.Sweeps.Results;
using RankCollapse.Theory.Rivals;
using RankCollapse.Training;

namespace RankCollapse.Tests.Experiments.Batch;

public sealed class BatchVerdictsTests
{
    [Fact]
    public void Ranks_OfKWhateverTheBatches_SpeakForCollapseAlone()
    {
        IReadOnlyList<ClaimVerdict> verdicts = BatchVerdicts.Judge(Grid((_, layer) => layer == 1 ? 40 : 10, tight: 0.01));
        Assert.Equal(
            [VerdictOutcome.NotReproduced, VerdictOutcome.NotReproduced, VerdictOutcome.Reproduced, VerdictOutcome.Reproduced, VerdictOutcome.NotReproduced],
            verdicts.Select(v => v.Outcome));
    }

    [Fact]
    public void Ranks_LikeBOverEtaLambda_SpeakForBatchesAlone()
    {
        BatchPoint[] points = Grid((cell, _) => (int)Math.Round(0.002 * cell.Scale), tight: 2, batchRank: 50);
        IReadOnlyList<ClaimVerdict> verdicts = BatchVerdicts.Judge(points);
        Assert.Equal([VerdictOutcome.Reproduced, VerdictOutcome.Reproduced, VerdictOutcome.NotReproduced, VerdictOutcome.NotReproduced],
            verdicts.Take(4).Select(v => v.Outcome));
        Assert.Equal([1, -1, -1], BatchVerdicts.Powers(points).Select(power => Math.Round(power)));
    }

    [Fact]
    public void BoundsThatHoldWhereTheRateFellAlone_AreReproducedUnderThat()
    {
        BatchPoint[] points = [.. Grid((_, _) => 10, tight: 1).Select(p => p.Cell.Schedule == RateSchedule.Constant ? p : With(p, 10))];
        Assert.Equal(VerdictOutcome.ReproducedUnder, BatchVerdicts.Judge(points)[3].Outcome);
        Assert.Contains("differ by a factor of 1.00", BatchVerdicts.Notes(points)[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TrainingStatus.MaxEpochs, 0.3, false)]
    [InlineData(TrainingStatus.MaxEpochs, 6e26, true)]
    [InlineData(TrainingStatus.MaxEpochs, double.NaN, true)]
    [InlineData(TrainingStatus.Diverged, 0.3, true)]
    public void Trainings_ThatBlewUp_DoNotCount(TrainingStatus status, double objective, bool hasDiverged) =>
        Assert.Equal(hasDiverged, BatchExperiment.HasDiverged(SampleResults.Summary(1) with { Status = status, Objective = objective }));

    [Fact]
    public void Picture_IsSound() => FigurePictures.RequireSound(BatchFigure.Draw("batches", Grid((_, layer) => 10 * (4 - layer), tight: 0.2)));

    private static BatchPoint With(BatchPoint point, int? collapse) => point with { Explanation = point.Explanation with { CollapseRank = collapse } };

    private static BatchPoint[] Grid(Func<BatchCell, int, int> rank, double tight, int? batchRank = null) =>
    [
        .. from schedule in (RateSchedule[])[RateSchedule.Constant, RateSchedule.Cosine]
           from size in (int[])[1, 8, 64]
           from lambda in (double[])[0.01, 0.02]
           from rate in (double[])[0.05, 0.1]
           from seed in (long[])[0, 1]
           from layer in Enumerable.Range(1, BatchExperiment.Depth)
           let cell = new BatchCell(size, lambda, rate, schedule, seed)
           select new BatchPoint
           {
               Cell = cell,
               Explanation = new RankExplanation(layer, 0.1, rank(cell, layer), 100, null, tight <= 0.1 ? 10 : null, batchRank),
               VariationBefore = layer == 1 ? double.NaN : 0.1,
               Variation = 0.1,
               Tcv = 0.2,
               Norm = 2,
               Distance = 0.03,
               Residual = 0.1,
               Exact = 1,
               Tight = tight,
               Batches = 0.99,
               Foreseen = 3 * cell.Scale,
               Jacobian = 8,
           },
    ];
}
