using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Figure2;

/// <summary>Figures 2 and 4 (Section 5.2, Appendix D.1): singular values of every intermediate feature matrix against Theorem 4.2's, as δ vanishes.</summary>
/// <remarks>
/// The paper's penalties are trained for every δ; so are means in place of sums, and λ' = 0. At δ = 0 more values of λ'/λ, and one first-order training,
/// show where the constant C of Theorem 4.2 comes from.
/// </remarks>
internal sealed class SingularValuesExperiment : Experiment
{
    private const string FirstOrderKey = "first-order";
    private const string FirstOrderOfMeansKey = "first-order-mean-delta-2";
    private const double FirstOrderDelta = 0.1;
    private const double DeltaOfMeans = 2;

    /// <inheritdoc/>
    public override string Name => "fig2";

    /// <inheritdoc/>
    public override IReadOnlyList<string> OtherNames => ["fig4"];

    /// <inheritdoc/>
    public override string Title => "Singular values of the features against Theorem 4.2";

    /// <inheritdoc/>
    public override string Source => "Figures 2 and 4, Section 5.2 and Appendix D.1";

    /// <inheritdoc/>
    public override string Claim =>
        "As δ → 0 the singular values of all intermediate feature matrices converge to those that Theorem 4.2 predicts from the next layer; already at δ "
        + "= 2 they are close, and the constant C of the theorem, which it leaves open, fits perfectly with C = 1.";

    /// <inheritdoc/>
    public override KeptFiles Keep => KeptFiles.Summary;

    /// <inheritdoc/>
    public override TrialRecording Recording => FirstOrderConstants.Recording;

    /// <inheritdoc/>
    public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        double expected = settings.IsQuick ? 1.5 : 15;
        return
        [
            .. Points(settings).Select(
                p => new FigureTraining(Key(p.Family, p.Delta), Configuration(settings, p.Family, p.Delta), p.Family.Ratio == 0 ? 3 * expected : expected)),
            new FigureTraining(FirstOrderKey, FirstOrder(settings), settings.IsQuick ? 5 : 300),
            new FigureTraining(FirstOrderOfMeansKey, FirstOrderOfMeans(settings), settings.IsQuick ? 5 : 150),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RunConfiguration printed = Configuration(settings, SpectrumFamily.AsPrinted, 0);
        RunConfiguration firstOrder = FirstOrder(settings);
        return new Dictionary<string, string>
        {
            ["data"] = $"MNIST, N = {printed.Samples}, {LayerSpectra.Classes} classes",
            ["network"] = $"feedforward, L = {LayerSpectra.Depth}, widths {printed.Width[0]}, tanh, identity output, no biases",
            ["objective"] = $"squared loss, convention sum, λ = λ' = {NumberText.Plain(printed.Lambda)}; also convention mean, λ' = 0 with λ = "
                + $"{NumberText.Plain(SpectrumFamily.Free.Lambda)}, and λ'/λ from {NumberText.Plain(Ratios(settings)[0])} to "
                + $"{NumberText.Plain(Ratios(settings)[^1])} at δ = 0",
            ["δ"] = string.Join(", ", Deltas(settings).Select(value => NumberText.Plain(value))),
            ["start"] = $"orthogonal, seed {settings.Seed}",
            ["solver"] = "gauss-newton to a relative gradient of "
                + $"{NumberText.Plain(Configuration(settings, SpectrumFamily.AsPrinted, 1).GradientTolerance)} (δ = 0: "
                + $"{NumberText.Plain(printed.GradientTolerance)}; λ' = 0: "
                + $"{NumberText.Plain(Configuration(settings, SpectrumFamily.Free, 1).GradientTolerance)})",
            ["first-order training"] = $"{firstOrder.Solver}, learning rate 10⁻³ with a cosine, {firstOrder.MaxEpochs} epochs, δ = "
                + $"{NumberText.Plain(FirstOrderDelta)}; and with means over the samples {FirstOrderOfMeans(settings).MaxEpochs} epochs, δ = "
                + $"{NumberText.Plain(DeltaOfMeans)}",
            ["deviation from the paper"] = SpectraVerdicts.Deviation,
        };
    }

    /// <inheritdoc/>
    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(results);
        var data = new SpectraData(
            Each([.. Points(settings)], parallel, p => LayerSpectra.Of(p.Family, p.Delta, results[Key(p.Family, p.Delta)])),
            FirstOrderConstants.Of(results[FirstOrderKey]),
            Configuration(settings, SpectrumFamily.AsPrinted, 0).Samples)
        {
            FirstOrderOfMeans = LayerSpectra.Of(SpectrumFamily.Means, DeltaOfMeans, results[FirstOrderOfMeansKey]),
        };
        return new ExperimentOutcome
        {
            Tables = SpectraTables.Of(data),
            Verdicts = SpectraVerdicts.Judge(data),
            Notes = SpectraVerdicts.Notes(data),
            Figures = [SpectraFigure.DrawFamilies(data), SpectraFigure.DrawAll(data), ConstantFigure.Draw(data), SpectraFigure.DrawFirstOrder(data)],
        };
    }

    private static IEnumerable<(SpectrumFamily Family, double Delta)> Points(ReproductionSettings settings) =>
    [
        .. Deltas(settings).Select(delta => (SpectrumFamily.AsPrinted, delta)),
        .. Deltas(settings).Select(delta => (SpectrumFamily.Means, delta)),
        .. FreeDeltas(settings).Select(delta => (SpectrumFamily.Free, delta)),
        .. Ratios(settings).Select(ratio => (SpectrumFamily.OfRatio(ratio), 0.0)),
    ];

    private static double[] Deltas(ReproductionSettings settings) => settings.IsQuick ? [10, 2, 0.1, 0.01, 0] : [10, 5, 2, 1, 0.5, 0.1, 0.01, 0];

    // With λ' = 0 there is no minimum at δ = 0, and the way to one gets longer as δ gets smaller.
    private static double[] FreeDeltas(ReproductionSettings settings) => settings.IsQuick ? [10, 2, 0.5] : [10, 5, 2, 1, 0.5];

    private static double[] Ratios(ReproductionSettings settings) => settings.IsQuick ? [0.1, 0.01] : [0.3, 0.1, 0.05, 0.02, 0.01, 0.002];

    private static string Key(SpectrumFamily family, double delta) =>
        family.Key.StartsWith("ratio", StringComparison.Ordinal) ? family.Key : $"{family.Key}-delta-{FigureNumbers.Key(delta)}";

    private static RunConfiguration FirstOrder(ReproductionSettings settings) => Configuration(settings, SpectrumFamily.AsPrinted, FirstOrderDelta) with
    {
        Solver = "adam",
        LearningRate = 1e-3,
        MaxEpochs = settings.IsQuick ? 1000 : 20_000,
        GradientTolerance = 0,
    };

    private static RunConfiguration FirstOrderOfMeans(ReproductionSettings settings) => Configuration(settings, SpectrumFamily.Means, DeltaOfMeans) with
    {
        Solver = "adam",
        LearningRate = 1e-3,
        MaxEpochs = settings.IsQuick ? 1000 : 10_000,
        GradientTolerance = 0,
    };

    private static RunConfiguration Configuration(ReproductionSettings settings, SpectrumFamily family, double delta) => new()
    {
        Depth = LayerSpectra.Depth,
        Samples = settings.IsQuick ? 100 : 200,
        Classes = LayerSpectra.Classes,
        Width = [settings.IsQuick ? 100 : 200],
        Convention = family.Convention,
        Lambda = family.Lambda,
        LambdaFeatures = family.Lambda * family.Ratio,
        Delta = delta,
        Seed = settings.Seed,
        MaxEpochs = family.Ratio == 0 ? 100 : 400,
        // The last directions of Z¹ that are not of rank K vanish late, where the gradient is small already.
        GradientTolerance = family.Ratio == 0 ? 5e-2 : family.Ratio == 1 && delta == 0 ? 1e-6 : 1e-3,
        RecordEvery = 1_000_000,
    };
}

/// <summary>All that Figures 2 and 4 are made from.</summary>
/// <param name="Spectra">The trained networks.</param>
/// <param name="FirstOrder">The records of the first-order training.</param>
/// <param name="Samples">N.</param>
internal sealed record SpectraData(IReadOnlyList<LayerSpectra> Spectra, LinearAlgebra.Matrix FirstOrder, int Samples)
{
    /// <summary>The end of the first-order training with means over the samples at δ = 2; null where there is none.</summary>
    public LayerSpectra? FirstOrderOfMeans { get; init; }

    /// <summary>The trainings of a family by descending δ.</summary>
    public IReadOnlyList<LayerSpectra> Of(SpectrumFamily family) => [.. Spectra.Where(s => s.Family == family).OrderByDescending(s => s.Delta)];

    /// <summary>The trainings with δ = 0 by λ'/λ in the convention of sums, descending.</summary>
    public IReadOnlyList<(double Ratio, LayerSpectra Spectra)> AtDeltaZero =>
        [.. Spectra.Where(s => s.Delta == 0).Select(s => (s.Family.Convention == Convention.Mean ? s.Family.Ratio / Samples : s.Family.Ratio, s))
            .OrderByDescending(p => p.Item1)];
}
