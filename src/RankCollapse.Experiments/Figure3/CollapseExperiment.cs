using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Figure3;

/// <summary>
/// Figure 3 (Section 5.3): loss, total cluster variation and numerical rank of the hidden layers while training from many random orthogonal starts.
/// </summary>
internal sealed class CollapseExperiment : Experiment
{
    internal const int Depth = 10;
    internal const int Classes = 10;

    /// <summary>A layer whose TCV is at most this has collapsed.</summary>
    internal const double CollapsedBelow = 1e-12;

    /// <summary>Epochs of training in one step of the paper's axis.</summary>
    private const int EpochsOfAStep = 100;

    /// <summary>The share of the runs in which the claim has to hold.</summary>
    private const double Share = 0.95;

    /// <inheritdoc/>
    public override string Name => "fig3";

    /// <inheritdoc/>
    public override string Title => "Collapse of all layers from random starts";

    /// <inheritdoc/>
    public override string Source => "Figure 3, Section 5.3";

    /// <inheritdoc/>
    public override string Claim =>
        "With δ = 0, from every random orthogonal start, training drives the total cluster variation of all intermediate layers to machine precision and "
        + "their numerical ranks to about K = 10.";

    /// <inheritdoc/>
    public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            .. SecondOrderSeeds(settings)
                .Select(seed => new FigureTraining($"newton-{seed}", SecondOrder(settings) with { Seed = seed }, settings.IsQuick ? 4 : 22)),
            .. FirstOrderSeeds(settings)
                .Select(seed => new FigureTraining($"adam-{seed}", FirstOrder(settings) with { Seed = seed }, settings.IsQuick ? 6 : 190)),
            .. FirstOrderSeeds(settings).Select(seed => new FigureTraining(
                $"adam-mean-{seed}", FirstOrder(settings) with { Seed = seed, Convention = Convention.Mean }, settings.IsQuick ? 6 : 190)),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RunConfiguration second = SecondOrder(settings), first = FirstOrder(settings);
        int newton = SecondOrderSeeds(settings).Length, adam = FirstOrderSeeds(settings).Length;
        return new Dictionary<string, string>
        {
            ["data"] = $"MNIST, N = {second.Samples}, {second.Classes} classes of equal size",
            ["network"] = $"feedforward, L = {Depth}, widths {second.Width[0]}, tanh, identity output, no biases",
            ["objective"] = "½‖f(X) − Y‖² + (λ/2)·Σ_{l ≥ 2}‖W_l‖² + (λ′/2)·Σ_l‖Z^l‖², λ = λ′ = 10⁻⁵, δ = 0",
            ["starts"] = $"random orthogonal weights, seeds {settings.Seed} … {settings.Seed + newton - 1}",
            ["to stationarity"] = $"trust-region Newton method (gauss-newton), {newton} runs, each until the relative gradient norm is at most "
                + $"{NumberText.PowerOfTen(second.GradientTolerance)} and every layer has TCV ≤ {NumberText.PowerOfTen(CollapsedBelow)} and at most rank "
                + $"{Classes}, for at most {second.MaxEpochs} iterations",
            ["first order"] = $"Adam, learning rate {NumberText.PowerOfTen(first.LearningRate!.Value)} with a cosine schedule, "
                + $"{NumberText.Whole(first.MaxEpochs)} epochs, {NumberText.Count(adam, "run")}; and the same with the mean over the samples in place of "
                + $"the sum in the data loss and the feature penalty, which raises the weight penalty {second.Samples}-fold beside them",
            ["the paper's axis"] = $"each of its optimization steps represents {EpochsOfAStep} epochs: {NumberText.Whole(first.MaxEpochs)} epochs are "
                + $"{NumberText.Whole(first.MaxEpochs / EpochsOfAStep)} of them; iterations of the Newton method have no counterpart on it",
            ["numerical rank"] = "singular values above 10⁻⁵ of the largest",
        };
    }

    /// <inheritdoc/>
    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(results);
        var newton = CollapseEnsemble.Of("newton", SecondOrderSeeds(settings), results, Depth);
        var adam = CollapseEnsemble.Of("adam", FirstOrderSeeds(settings), results, Depth);
        var adamOfMean = CollapseEnsemble.Of("adam-mean", FirstOrderSeeds(settings), results, Depth);
        return new ExperimentOutcome
        {
            Tables = CollapseTables.Of(newton, adam, adamOfMean),
            Verdicts =
            [
                .. Judge(newton.Runs.Select(run => (run.LargestFinalTcv, run.HasRanks(Classes))).ToList()),
                JudgeFirstOrder(
                    Collapsed(adam), adam.Runs.Count, Collapsed(adamOfMean), adamOfMean.Runs.Count, adam.Runs.Max(run => run.Result.Summary.Epochs)),
            ],
            Notes = CollapseNotes.Of(newton, adam, adamOfMean, Classes),
            Figures = [CollapseFigure.Draw(newton, adam, adamOfMean, Classes)],
        };
    }

    /// <summary>The claims over runs, by their largest final TCV over the layers and whether the ranks of all layers are K.</summary>
    internal static IReadOnlyList<ClaimVerdict> Judge(IReadOnlyList<(double LargestTcv, bool HasRanks)> runs)
    {
        int least = (int)Math.Ceiling(Share * runs.Count);
        string of = $"of {runs.Count} runs";
        string bound = NumberText.PowerOfTen(CollapsedBelow);
        Measurement AtLeast(string quantity, Func<(double LargestTcv, bool HasRanks), bool> holds) =>
            new(quantity, runs.Count(holds), Comparison.AtLeast, least);
        return
        [
            new ClaimVerdict
            {
                Claim = "TCV goes to machine precision and the ranks to K in (nearly) all runs.",
                AsStated = AtLeast($"runs with TCV ≤ {bound} and rank {Classes} in every layer, {of}", run => run.LargestTcv <= CollapsedBelow && run.HasRanks),
            },
            new ClaimVerdict
            {
                Claim = "TCV of every layer goes to machine precision.",
                AsStated = AtLeast($"runs with TCV ≤ {bound} in every layer, {of}", run => run.LargestTcv <= CollapsedBelow),
            },
            new ClaimVerdict
            {
                Claim = "The numerical rank of the features of every layer goes to K.",
                AsStated = AtLeast($"runs with rank {Classes} in every layer, {of}", run => run.HasRanks),
            },
        ];
    }

    /// <summary>The claim over the epochs of training, as the paper's axis counts them.</summary>
    internal static ClaimVerdict JudgeFirstOrder(int collapsed, int runs, int collapsedOfMean, int runsOfMean, long epochs) => new()
    {
        Claim = $"The same by first-order training, over the paper's axis (\"each optimization step represents {EpochsOfAStep} epochs\").",
        AsStated = new Measurement(
            $"share of {NumberText.Count(runs, "run")} of Adam that collapsed within {NumberText.Whole(epochs / EpochsOfAStep)} such steps",
            (double)collapsed / runs, Comparison.AtLeast, Share),
        Condition = "means over the samples in the loss",
        UnderCondition = new Measurement("the same with means over the samples", (double)collapsedOfMean / runsOfMean, Comparison.AtLeast, Share),
        Explanation = "The paper names neither its optimiser nor its number of steps; the verdicts above are of stationary points.",
    };

    private static int Collapsed(CollapseEnsemble ensemble) =>
        ensemble.Runs.Count(run => run.LargestFinalTcv <= CollapsedBelow && run.HasRanks(Classes));

    private static long[] SecondOrderSeeds(ReproductionSettings settings) => Seeds(settings, settings.IsQuick ? 12 : 100);

    private static long[] FirstOrderSeeds(ReproductionSettings settings) => Seeds(settings, settings.IsQuick ? 2 : 3);

    private static long[] Seeds(ReproductionSettings settings, int count) => [.. Enumerable.Range(0, count).Select(i => settings.Seed + i)];

    private static RunConfiguration SecondOrder(ReproductionSettings settings) => new()
    {
        Depth = Depth,
        Classes = Classes,
        Samples = settings.IsQuick ? 100 : 200,
        Width = [settings.IsQuick ? 100 : 200],
        Delta = 0,
        Solver = "gauss-newton",
        GradientTolerance = 1e-2,
        CollapseTolerance = CollapsedBelow,
        Record = RecordedMetrics.Collapse,
        MaxEpochs = 500,
        RecordEvery = 1,
    };

    private static RunConfiguration FirstOrder(ReproductionSettings settings) => SecondOrder(settings) with
    {
        Solver = "adam",
        LearningRate = 1e-3,
        Schedule = RateSchedule.Cosine,
        MaxEpochs = settings.IsQuick ? 4000 : 20_000,
        RecordEvery = 100,
    };
}
