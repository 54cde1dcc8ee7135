using RankCollapse.Collapse.Metrics;
using RankCollapse.Experiments.Figure3;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Experiments.Figures6And7;

/// <summary>
/// Figures 6 and 7 (Appendix D.3): Gram matrices of the features of all layers, and the features in random planes, at six moments of one training.
/// </summary>
internal sealed class FeatureEvolutionExperiment : Experiment
{
    internal const int Depth = 15;
    private const int Classes = 10;
    private const string TrainingKey = "training";

    /// <summary>Features whose Gram matrix is this close to block structure, or whose classes are this small in the plane, look and are collapsed.</summary>
    private const double CollapsedBelow = 1e-6;

    /// <summary>Features that are this far from it do not.</summary>
    private const double SpreadAbove = 0.1;

    /// <inheritdoc/>
    public override string Name => "fig6";

    /// <inheritdoc/>
    public override IReadOnlyList<string> OtherNames => ["fig7"];

    /// <inheritdoc/>
    public override string Title => "Block structure and collapse of the features during training";

    /// <inheritdoc/>
    public override string Source => "Figures 6 and 7, Appendix D.3";

    /// <inheritdoc/>
    public override string Claim =>
        "During training the Gram matrices Z^{l,T}Z^l of all layers take on block structure, one flat block for each pair of classes, which by "
        + "Proposition D.1 is collapse (Figure 6); seen in a random plane, each class shrinks to a point in every layer (Figure 7).";

    /// <inheritdoc/>
    public override TrialRecording Recording => TrainingMoments.Recording;

    /// <inheritdoc/>
    public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [new FigureTraining(TrainingKey, Configuration(settings), settings.IsQuick ? 8 : 30)];
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RunConfiguration configuration = Configuration(settings);
        return new Dictionary<string, string>
        {
            ["data"] = $"MNIST, N = {configuration.Samples}, {Classes} classes of equal size",
            ["network"] = $"feedforward, L = {Depth}, widths {configuration.Width[0]}, tanh, identity output, no biases",
            ["objective"] = "½‖f(X) − Y‖² + (λ/2)·Σ_{l ≥ 2}‖W_l‖² + (λ′/2)·Σ_l‖Z^l‖², λ = λ′ = 10⁻⁵, δ = 0",
            ["start"] = $"random orthogonal weights, seed {configuration.Seed}",
            ["training"] = "trust-region Newton method (gauss-newton), until the relative gradient norm is at most "
                + $"{NumberText.PowerOfTen(configuration.GradientTolerance)} and every layer has TCV ≤ "
                + $"{NumberText.PowerOfTen(CollapseExperiment.CollapsedBelow)} and at most rank {Classes}; the paper's is a first-order training",
            ["moments"] = "the start, the first iterations whose mean TCV of the hidden layers is at most 1/5, 1/20, 1/50 and 1/1,000 of its start, and "
                + "the end",
            ["layers"] = $"l = 0 (the data) to {Depth} (the outputs)",
        };
    }

    /// <inheritdoc/>
    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(results);
        TrialResult result = results[TrainingKey];
        (TrainingMoments moments, int[] labels) = TrainingMoments.Of(result);
        return Conclude(moments, labels, CollapseLog.Of(result.Metrics, Depth));
    }

    /// <summary>Data, pictures and verdicts from the moments and the course of the training.</summary>
    internal static ExperimentOutcome Conclude(TrainingMoments moments, int[] labels, CollapseLog log)
    {
        return new ExperimentOutcome
        {
            Tables = FeatureEvolutionTables.Of(moments, log, labels),
            Verdicts = Judge(moments.All[0], moments.All[^1]),
            Notes = FeatureEvolutionNotes.Of(log),
            Figures = [GramEvolutionFigure.Draw(moments, labels), PlaneEvolutionFigure.Draw(moments, labels)],
        };
    }

    /// <summary>The claims, from the start and the end of the training.</summary>
    internal static IReadOnlyList<ClaimVerdict> Judge(FeatureSnapshot start, FeatureSnapshot end)
    {
        // The data never collapse, and the outputs are fitted to the targets; the claim is on the hidden layers.
        static IEnumerable<double> Hidden(IReadOnlyList<double> values) => values.Skip(1).SkipLast(1);
        return
        [
            new ClaimVerdict
            {
                Claim = "Figure 6: at the end the Gram matrices of all hidden layers have block structure.",
                AsStated = new Measurement(
                    "largest ‖G − block mean of G‖/‖G‖ over the hidden layers, at the end", Hidden(end.Deviations).Max(), Comparison.AtMost, CollapsedBelow),
            },
            new ClaimVerdict
            {
                Claim = "Figure 6: it emerges during training; random weights do not have it.",
                AsStated = new Measurement(
                    "least ‖G − block mean of G‖/‖G‖ over the hidden layers, at the start", Hidden(start.Deviations).Min(), Comparison.AtLeast, SpreadAbove),
            },
            new ClaimVerdict
            {
                Claim = "Figure 7: at the end each class is a point in the random plane of every hidden layer.",
                AsStated = new Measurement("largest distance from the class's mean in the plane, over the largest from 0, at the end",
                    Hidden(end.Spreads).Max(), Comparison.AtMost, CollapsedBelow),
            },
            new ClaimVerdict
            {
                Claim = "Figure 7: at the start it is not.",
                AsStated = new Measurement(
                    "least such distance over the hidden layers, at the start", Hidden(start.Spreads).Min(), Comparison.AtLeast, SpreadAbove),
            },
        ];
    }

    private static RunConfiguration Configuration(ReproductionSettings settings) => new()
    {
        Depth = Depth,
        Classes = Classes,
        Samples = settings.IsQuick ? 100 : 200,
        Width = [settings.IsQuick ? 100 : 200],
        Delta = 0,
        Solver = "gauss-newton",
        GradientTolerance = 1e-6,
        CollapseTolerance = CollapseExperiment.CollapsedBelow,
        Record = RecordedMetrics.Collapse,
        MaxEpochs = 500,
        RecordEvery = 1,
        Seed = settings.Seed,
        Threads = 1,
    };
}
