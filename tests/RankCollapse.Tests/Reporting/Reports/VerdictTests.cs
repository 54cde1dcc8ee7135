using RankCollapse.Collapse.Metrics;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Reports;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Reporting.Reports;

public sealed class VerdictTests
{
    [Fact]
    public void Verdict_OfCollapsedRun_SaysSo()
    {
        Verdict verdict = Verdict.Of(new RunMeasurements(SampleRuns.Collapsed()));
        Assert.Equal("All 4 layers have collapsed.", verdict.Collapse);
        Assert.StartsWith("Training converged after 3,000 epochs", verdict.Convergence, StringComparison.Ordinal);
    }

    [Fact]
    public void Verdict_OfRunThatHasNotCollapsed_ClaimsNothing()
    {
        Verdict verdict = Verdict.Of(new RunMeasurements(SampleRuns.NotCollapsed()));
        Assert.Equal("No layer has collapsed.", verdict.Collapse);
        Assert.False(verdict.HasConverged);
        Assert.Contains("before it converged", verdict.Convergence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3e-14, "All weights have collapsed to 0")]
    [InlineData(50, "All weights but those of layer 1 have collapsed to 0")]
    public void Verdict_OfWeightsThatAreZeroToRounding_SaysSo(double first, string says)
    {
        Run run = SampleRuns.NotCollapsed();
        LayerSummary[] layers = [.. run.Summary.Layers.Select((layer, i) => layer with { WeightNorm = i == 0 ? first : 3e-14 })];
        Run zero = run with { Summary = run.Summary with { Layers = layers } };
        Assert.StartsWith(says, Verdict.Of(new RunMeasurements(zero)).Collapse, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TrainingStatus.Stalled, "Training stalled after", "gradient-tolerance")]
    [InlineData(TrainingStatus.NoMinimum, "Training found no minimum", "lambda")]
    [InlineData(TrainingStatus.MaxEpochs, "Training used up its 3,000 epochs", "max-epochs")]
    [InlineData(TrainingStatus.Diverged, "Training diverged after", "learning-rate")]
    public void Verdict_TellsEndsApart_WithAdvice(TrainingStatus status, string begins, string setting)
    {
        Run run = SampleRuns.Collapsed();
        Run ended = run with { Summary = run.Summary with { Status = status } };
        Verdict verdict = Verdict.Of(new RunMeasurements(ended));
        Assert.StartsWith(begins, verdict.Convergence, StringComparison.Ordinal);
        Assert.Contains(setting, verdict.Advice!.Settings);
    }

    [Fact]
    public void Verdict_WithoutTcv_IsNotKnown() =>
        Assert.Equal("Whether any layer has collapsed is not known.", Verdict.Of(new RunMeasurements(SampleRuns.WithoutMetrics())).Collapse);

    [Fact]
    public void Verdict_OfPartlyCollapsedRun_NamesTheLayers()
    {
        Run run = SampleRuns.Collapsed();
        RunSummary summary = run.Summary with { Layers = [.. run.Summary.Layers.Select(l => l.Layer == 1 ? l with { WcssOfClasses = 0.1 } : l)] };
        Assert.Equal("Layers 2–4 of 4 have collapsed.", Verdict.Of(new RunMeasurements(run with { Summary = summary })).Collapse);
    }

    [Fact]
    public void Sentences_OfRunThatHasNotCollapsed_ClaimNoCollapse()
    {
        var run = new RunMeasurements(SampleRuns.NotCollapsed());
        Assert.Contains("have not collapsed to 3 points", new TotalClusterVariationFigure().Sentence(run), StringComparison.Ordinal);
        Assert.StartsWith("No layer has collapsed", new ProjectionsFigure().Sentence(run), StringComparison.Ordinal);
        Assert.StartsWith("No layer shows flat blocks", new GramMatricesFigure().Sentence(run), StringComparison.Ordinal);
    }

    [Fact]
    public void Sentences_OfCollapsedRun_StateTheNumbers()
    {
        var run = new RunMeasurements(SampleRuns.Collapsed());
        Assert.Matches(@"^Layer \d's total cluster variation fell from .* in 3,000 epochs: its features have collapsed to at most 3 points\.$",
            new TotalClusterVariationFigure().Sentence(run));
        Assert.StartsWith("Every layer shows flat blocks", new GramMatricesFigure().Sentence(run), StringComparison.Ordinal);
        Assert.Equal("Of the 3 layers wider than K = 3, all have features and weights of numerical rank at most K at the end.",
            new NumericalRankFigure().Sentence(run));
    }

    [Fact]
    public void RelativeVariation_IsTheWcssOfTheClassesOverTheVariationOfTheFeatures()
    {
        Run run = SampleRuns.NotCollapsed();
        var measurements = new RunMeasurements(run);
        Matrix features = run.Trained.Features(run.DataSet.Inputs)[2];
        double variation = SyntheticRun.WithinClassScatter(features, new int[features.Columns], 1);
        Assert.Equal(run.Summary.Layers[1].WcssOfClasses!.Value / variation, measurements.RelativeVariation(2)!.Value, 1e-12);
    }
}
