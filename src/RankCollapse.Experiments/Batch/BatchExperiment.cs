using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Theory.Certificates;
using RankCollapse.Theory.Rivals;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Batch;

/// <summary>
/// Batch size, weight decay and learning rate on MNIST, an experiment of ours: whose explanation predicts the ranks of networks trained by stochastic gradient
/// descent, that of mini-batches (Galanti, Siegel, Gupte and Poggio 2023, [9]) or collapse (Theorem 3.4), and whose bound holds them at the same points.
/// </summary>
/// <remarks>Every training is so long that exp(−Σηλ), what is left of its start, is the same: on a cosine, whose mean is η/2, twice the steps.</remarks>
internal sealed class BatchExperiment : Experiment
{
    internal const int Classes = 10;
    internal const int Depth = 4;

    /// <summary>Σηλ: what is left of the start is exp of minus this.</summary>
    internal const double Decays = 7;

    /// <summary>J of weights that are 0: ½‖Y‖²/N of one-hot targets.</summary>
    private const double ObjectiveOfZero = 0.5;

    private static readonly RateSchedule[] Schedules = [RateSchedule.Constant, RateSchedule.Cosine];

    /// <inheritdoc/>
    public override string Name => "batch";

    /// <inheritdoc/>
    public override string Title => "Mini-batches or collapse";

    /// <inheritdoc/>
    public override string Source => "Section 3 and [9]; ours, without a figure in the paper";

    /// <inheritdoc/>
    public override string Claim =>
        "Weights are low-rank because weight decay balances gradients whose rank is small: that of a batch of B samples, which bounds the rank by about B/(ηλ) "
        + "([9]), or that of collapsed features, which bounds it by K whatever the batches (Theorem 3.4).";

    /// <inheritdoc/>
    public override KeptFiles Keep => KeptFiles.Run;

    /// <inheritdoc/>
    public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [.. Cells(settings).Select(cell =>
        {
            RunConfiguration configuration = Configuration(settings, cell);
            return new FigureTraining(cell.Key, configuration, 1e-9 * cell.Steps * ((45_000.0 * cell.BatchSize) + 200_000) * (settings.IsQuick ? 0.3 : 1));
        })];
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        BatchCell[] cells = [.. Cells(settings)];
        RunConfiguration one = Configuration(settings, cells[0]);
        return new Dictionary<string, string>
        {
            ["data"] = $"MNIST, N = {one.Samples}, {Classes} classes of equal size",
            ["networks"] = $"feedforward, L = {Depth}, widths {one.Width[0]}, {one.Activation}, identity output, no biases",
            ["objective"] = "½‖f(X) − Y‖²/N + (λ/2)·Σ_l‖W_l‖², λ = " + Values(cells, cell => cell.Lambda),
            ["solver"] = $"sgd without momentum, B = {Values(cells, cell => cell.BatchSize)}, η = {Values(cells, cell => cell.Rate)}, constant and cosine to 0",
            ["length"] = $"{NumberText.Plain(Decays)}/(ηλ) steps at a constant rate, twice as many on a cosine, so that exp(−{NumberText.Plain(Decays)}) of "
                + "the start is left",
            ["seeds"] = Values(cells, cell => cell.Seed),
            ["left out"] = "trainings that diverge, or end above the objective of weights that are 0",
            ["rank"] = $"the least k with a distance from rank k of at most {BatchVerdicts.Tolerance} of ‖W‖",
            ["predicted"] = $"within {NumberText.Plain(100 * BatchVerdicts.Slack)} % of the rank",
        };
    }

    /// <inheritdoc/>
    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(results);
        BatchCell[] cells = [.. Cells(settings)], diverged = [.. cells.Where(cell => HasDiverged(results[cell.Key].Summary))];
        BatchPoint[] points = [.. Each([.. cells.Except(diverged)], parallel, cell => Measure(cell, results[cell.Key])).SelectMany(layers => layers)];
        return new ExperimentOutcome
        {
            Tables = new Dictionary<string, DataTable> { ["batch"] = Table(points) },
            Verdicts = BatchVerdicts.Judge(points),
            Notes = [.. BatchVerdicts.Notes(points), .. Diverged(diverged)],
            Figures = [BatchFigure.Draw(Title, points)],
        };
    }

    /// <summary>All layers of one training.</summary>
    private static IReadOnlyList<BatchPoint> Measure(BatchCell cell, TrialResult result)
    {
        RunConfiguration configuration = result.Configuration;
        DataSet data = DataSource.Load(configuration.ToDataRequest());
        NetworkSpecification specification = configuration.ToSpecification(data.InputDimension, data.OutputDimension);
        Network network = RunFolder.ReadWeights(result.Folder!, specification);
        ObjectiveSettings objective = configuration.ToObjectiveSettings();
        var options = new LowRankCertificateOptions { HasCurvatureBound = false, CurvatureSamples = 0, Restarts = 2, Seed = configuration.Seed };
        var certificate = LowRankCertificate.Compute(network, data, objective, options);
        MiniBatchBound batches = MiniBatchBound.Compute(network, data, objective, configuration.ToSolverSettings(), result.Summary.Epochs)!;
        var jacobian = JacobianRank.Measure(network, data);
        IReadOnlyList<RankExplanation> explanations = RankExplanation.Compare(network, certificate, batches);
        return
        [
            .. from explanation in explanations
               let layer = certificate.Layers[explanation.Layer - 1]
               let bounds = batches.Layers[explanation.Layer - 1]
               let before = explanation.Layer == 1 ? null : result.Summary.Layers[explanation.Layer - 2]
               select new BatchPoint
               {
                   Cell = cell,
                   Explanation = explanation,
                   VariationBefore = before?.Number(CollapseMetrics.RelativeVariation) ?? double.NaN,
                   Variation = result.Summary.Layers[explanation.Layer - 1].Number(CollapseMetrics.RelativeVariation) ?? double.NaN,
                   Tcv = result.Summary.Layers[explanation.Layer - 1].Number(CollapseMetrics.TcvUpper) ?? double.NaN,
                   Norm = layer.WeightNorm,
                   Distance = layer.Distance / layer.WeightNorm,
                   Residual = layer.StationarityResidual / (layer.Lambda * layer.WeightNorm),
                   Exact = (layer.Best?.ExactBound ?? double.NaN) / layer.WeightNorm,
                   Tight = (layer.TightBound ?? double.NaN) / layer.WeightNorm,
                   Batches = bounds.Bounds.Count == 0 ? double.NaN : bounds.Bounds.Min(bound => bound.Bound) / layer.WeightNorm,
                   Foreseen = bounds.RankForeseen(RankTolerance.Default, cell.BatchSize) ?? double.PositiveInfinity,
                   Jacobian = jacobian.RankWithin(RankTolerance.Default),
               },
        ];
    }

    /// <summary>Whether a training came to nothing: it diverged, or blew up and ended where weights of 0 would cost less.</summary>
    internal static bool HasDiverged(RunSummary summary) => summary.Status == TrainingStatus.Diverged || !(summary.Objective < ObjectiveOfZero);

    private static IEnumerable<string> Diverged(BatchCell[] cells) => cells.Length == 0
        ? []
        : [$"{NumberText.Count(cells.Length, "training")} diverged, or ended above the {NumberText.Plain(ObjectiveOfZero)} that weights of 0 cost, and do not "
            + $"count: {string.Join(", ", cells.Select(cell => cell.Key))}."];

    private static DataTable Table(IReadOnlyList<BatchPoint> points)
    {
        var table = new DataTable(
            "One layer of one training.",
            new DataColumn("batch_size", ColumnKind.Whole, "B"),
            new DataColumn("lambda", ColumnKind.Number, "λ"),
            new DataColumn("learning_rate", ColumnKind.Number, "η"),
            new DataColumn("schedule", ColumnKind.Text, "of the learning rate"),
            new DataColumn("seed", ColumnKind.Whole, "seed of start, batches and data"),
            new DataColumn("layer", ColumnKind.Whole, "l"),
            new DataColumn("rank", ColumnKind.Whole, "the least k with a distance from rank k of at most 10 % of ‖W‖"),
            new DataColumn("full_rank", ColumnKind.Whole, "min(n_l, n_{l−1})"),
            new DataColumn("weight_norm", ColumnKind.Number, "‖W_l‖"),
            new DataColumn("tcv", ColumnKind.Number, "TCV of Z^l"),
            new DataColumn("variation", ColumnKind.Number, "share of the variation of Z^l that is inside classes"),
            new DataColumn("variation_before", ColumnKind.Number, "the same of Z^{l−1}; empty for the data"),
            new DataColumn("distance", ColumnKind.Number, "distance of W_l from rank K over ‖W_l‖"),
            new DataColumn("residual", ColumnKind.Number, "residual of (4) over λ‖W_l‖"),
            new DataColumn("theorem_bound", ColumnKind.Number, "Theorem 3.4's exact bound over ‖W_l‖"),
            new DataColumn("tight_bound", ColumnKind.Number, "the tight one over ‖W_l‖"),
            new DataColumn("batch_bound", ColumnKind.Number, "the least bound of mini-batches below full rank over ‖W_l‖; empty where there is none"),
            new DataColumn("batch_rank", ColumnKind.Number, "the least rank that mini-batches explain; empty for none"),
            new DataColumn("foreseen_rank", ColumnKind.Number, "B·ln(1/ε)/(ηλ)"),
            new DataColumn("jacobian_rank", ColumnKind.Whole, "the largest rank of the learnt map's Jacobians"),
            new DataColumn("explained_by", ColumnKind.Text, "whose bound is the least"));
        foreach (BatchPoint p in points)
        {
            table.Add(
                p.Cell.BatchSize, p.Cell.Lambda, p.Cell.Rate, EnumNames.Of(p.Cell.Schedule), p.Cell.Seed, p.Layer, p.Explanation.Rank, p.Explanation.FullRank,
                p.Norm, p.Tcv, p.Variation, p.VariationBefore, p.Distance, p.Residual, p.Exact, p.Tight, p.Batches,
                (double?)p.Explanation.BatchRank ?? double.NaN, p.Foreseen, p.Jacobian, EnumNames.Of(p.Explanation.Explains));
        }
        return table;
    }

    private static IEnumerable<BatchCell> Cells(ReproductionSettings settings) =>
        from schedule in Schedules
        from size in settings.IsQuick ? (int[])[2, 20] : [1, 4, 16, 64]
        from lambda in settings.IsQuick ? (double[])[0.01, 0.02] : [0.01, 0.02, 0.03]
        from rate in settings.IsQuick ? (double[])[0.05, 0.1] : [0.02, 0.06]
        from seed in settings.IsQuick ? (long[])[settings.Seed] : [settings.Seed, settings.Seed + 1, settings.Seed + 2]
        select new BatchCell(size, lambda, rate, schedule, seed);

    private static RunConfiguration Configuration(ReproductionSettings settings, BatchCell cell)
    {
        int samples = settings.IsQuick ? 200 : 500;
        double stepsPerEpoch = Math.Ceiling((double)samples / cell.BatchSize);
        long epochs = (long)Math.Ceiling(cell.Steps / stepsPerEpoch);
        return new RunConfiguration
        {
            Samples = samples,
            Classes = Classes,
            Depth = Depth,
            Width = [settings.IsQuick ? 50 : 100],
            Activation = "relu",
            Convention = Convention.Mean,
            Lambda = cell.Lambda,
            Delta = 1,
            LambdaFeatures = 0,
            Init = InitializationScheme.He,
            Solver = "sgd",
            Momentum = 0,
            LearningRate = cell.Rate,
            Schedule = cell.Schedule,
            BatchSize = cell.BatchSize,
            MaxEpochs = epochs,
            GradientTolerance = 0,
            RecordEvery = Math.Max(1, epochs / 4),
            Record = RecordedMetrics.Collapse,
            Seed = cell.Seed,
            DataSeed = cell.Seed,
            Threads = 1,
        };
    }

    private static string Values<T>(BatchCell[] cells, Func<BatchCell, T> value) =>
        string.Join(", ", cells.Select(value).Distinct().Select(one => FormattableString.Invariant($"{one}")));
}

/// <summary>One training.</summary>
/// <param name="BatchSize">B.</param>
/// <param name="Lambda">λ.</param>
/// <param name="Rate">η.</param>
/// <param name="Schedule">How η changes.</param>
/// <param name="Seed">The seed.</param>
internal sealed record BatchCell(int BatchSize, double Lambda, double Rate, RateSchedule Schedule, long Seed)
{
    /// <summary>The training's key.</summary>
    public string Key => $"{EnumNames.Of(Schedule)}-B{BatchSize}-l{FigureNumbers.Key(Lambda)}-r{FigureNumbers.Key(Rate)}-{Seed}";

    /// <summary>B/(ηλ), by which mini-batches bound ranks but for a factor ln(1/ε).</summary>
    public double Scale => BatchSize / (Rate * Lambda);

    /// <summary>The steps that it takes for weights to forget their start.</summary>
    public double Steps => BatchExperiment.Decays / (Rate * Lambda) * (Schedule == RateSchedule.Constant ? 1 : 2);
}

/// <summary>What one layer of a training came to; bounds and distances are relative to ‖W_l‖.</summary>
internal sealed record BatchPoint
{
    /// <summary>The training.</summary>
    public required BatchCell Cell { get; init; }

    /// <summary>Ranks: found, full, and bounded.</summary>
    public required RankExplanation Explanation { get; init; }

    /// <summary>The share of the variation of Z^{l−1} that is inside classes; NaN for the data.</summary>
    public required double VariationBefore { get; init; }

    /// <summary>The same of Z^l.</summary>
    public required double Variation { get; init; }

    /// <summary>TCV of Z^l.</summary>
    public required double Tcv { get; init; }

    /// <summary>‖W_l‖.</summary>
    public required double Norm { get; init; }

    /// <summary>Distance from rank K.</summary>
    public required double Distance { get; init; }

    /// <summary>The residual of (4), relative to λ‖W_l‖.</summary>
    public required double Residual { get; init; }

    /// <summary>Theorem 3.4's exact bound.</summary>
    public required double Exact { get; init; }

    /// <summary>The tight bound.</summary>
    public required double Tight { get; init; }

    /// <summary>The least bound of mini-batches of a rank below the full one; NaN where a batch has that rank already.</summary>
    public required double Batches { get; init; }

    /// <summary>B·ln(1/ε)/(ηλ).</summary>
    public required double Foreseen { get; init; }

    /// <summary>The largest rank of the learnt map's Jacobians.</summary>
    public required int Jacobian { get; init; }

    /// <summary>l.</summary>
    public int Layer => Explanation.Layer;

    /// <summary>The rank within ε.</summary>
    public int Rank => Explanation.Rank;

    /// <summary>What mini-batches foresee, at most the full rank.</summary>
    public double ForeseenRank => Math.Min(Foreseen, Explanation.FullRank);
}
