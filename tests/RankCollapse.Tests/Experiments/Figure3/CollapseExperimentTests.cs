using RankCollapse.Collapse.Metrics;
using RankCollapse.Experiments;
using RankCollapse.Experiments.Figure3;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Training;

namespace RankCollapse.Tests.Experiments.Figure3;

public sealed class CollapseExperimentTests
{
    private static readonly CollapseExperiment Figure = new();

    private static readonly RunConfiguration Small = new()
    {
        Samples = 30,
        Classes = 3,
        Depth = 4,
        Width = [30],
        GradientTolerance = 1e-2,
        CollapseTolerance = CollapseExperiment.CollapsedBelow,
        Record = RecordedMetrics.Collapse,
        Threads = 1,
    };

    [Fact]
    public void Claims_HoldWhere95Of100RunsCollapse()
    {
        List<(double, bool)> runs = [.. Enumerable.Range(0, 100).Select(i => i < 95 ? (1e-15, true) : (1e-7, false))];
        Assert.All(CollapseExperiment.Judge(runs), verdict => Assert.Equal(VerdictOutcome.Reproduced, verdict.Outcome));
    }

    [Theory]
    [InlineData(1e-7, true, VerdictOutcome.NotReproduced, VerdictOutcome.NotReproduced, VerdictOutcome.Reproduced)]
    [InlineData(1e-15, false, VerdictOutcome.NotReproduced, VerdictOutcome.Reproduced, VerdictOutcome.NotReproduced)]
    public void Claims_FailWhereSixOf100RunsDoNot(double tcv, bool hasRanks, VerdictOutcome both, VerdictOutcome variation, VerdictOutcome ranks)
    {
        List<(double, bool)> runs = [.. Enumerable.Range(0, 100).Select(i => i < 94 ? (1e-15, true) : (tcv, hasRanks))];
        Assert.Equal([both, variation, ranks], CollapseExperiment.Judge(runs).Select(verdict => verdict.Outcome));
    }

    [Fact]
    public void FirstOrderTraining_IsJudgedOverStepsOfAHundredEpochs()
    {
        ClaimVerdict verdict = CollapseExperiment.JudgeFirstOrder(0, 3, 3, 3, 20_000);
        Assert.Equal(VerdictOutcome.ReproducedUnder, verdict.Outcome);
        Assert.Contains("200 such steps", verdict.AsStated.Quantity, StringComparison.Ordinal);
        Assert.Equal(VerdictOutcome.NotReproduced, CollapseExperiment.JudgeFirstOrder(0, 3, 0, 3, 20_000).Outcome);
    }

    [Fact]
    public void FullVersion_HasAHundredStartsToStationarity()
    {
        IReadOnlyList<FigureTraining> trainings = Figure.Trainings(new ReproductionSettings(IsQuick: false, Seed: 5));

        Assert.Equal(100, trainings.Count(training => training.Key.StartsWith("newton-", StringComparison.Ordinal)));
        Assert.Contains(trainings, training => training.Key == "newton-104");
    }

    [Fact]
    public void Outcome_FollowsFromTheResultsAlone()
    {
        Dictionary<string, TrialResult> results = SyntheticReproduction.Collapsing();
        ExperimentOutcome first = Figure.Conclude(SyntheticReproduction.Quick, results, new ParallelOptions()),
            second = Figure.Conclude(SyntheticReproduction.Quick, results, new ParallelOptions());

        Assert.Equal(VerdictOutcome.Reproduced, first.Verdicts[0].Outcome);
        Assert.Contains("0 collapsed within 4,000 epochs",
            first.Notes.Single(note => note.Contains("of Adam ", StringComparison.Ordinal) && note.StartsWith("Of ", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.All(first.Tables.Keys, name => Assert.Equal(first.Tables[name].ToCsv(), second.Tables[name].ToCsv()));
        Assert.Equal(FigureRenderer.Draw(first.Figures[0]).ToSvgFile(), FigureRenderer.Draw(second.Figures[0]).ToSvgFile());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Trajectory_IsThatOfTheTraining(bool isSecondOrder)
    {
        RunConfiguration settings =
            Small with { Solver = isSecondOrder ? "gauss-newton" : "adam", MaxEpochs = isSecondOrder ? 200 : 20, RecordEvery = isSecondOrder ? 1 : 10 };
        Run run = TrainingRun.Start(settings, path: null).Run;
        var log = CollapseLog.Of(run.Metrics, Small.Depth);

        Assert.Equal(isSecondOrder ? TrainingStatus.Converged : TrainingStatus.MaxEpochs, run.Summary.Status);
        Assert.Equal(isSecondOrder ? [.. Enumerable.Range(0, log.Count).Select(i => (double)i)] : [0, 1, 2, 5, 10, 20], log.Epochs);
        Assert.Equal(run.Summary.Objective, log.Losses[^1]);
        Assert.Equal(run.Summary.RelativeGradientNorm, log.Gradients[^1]);
        Assert.Equal(run.Summary.DataLoss, log.DataLosses[^1]);
        Assert.All(run.Summary.Layers, layer => Assert.Equal(layer.FeatureNumericalRank, log.Ranks(layer.Layer)[^1]));
        Assert.True(log.MeanTcv[0] > 1e-3);
        Assert.Equal(isSecondOrder, Enumerable.Range(1, Small.Depth).All(l => log.Tcv(l)[^1] <= CollapseExperiment.CollapsedBelow));
        Assert.Equal(log.Seconds.Order(), log.Seconds);
    }
}
