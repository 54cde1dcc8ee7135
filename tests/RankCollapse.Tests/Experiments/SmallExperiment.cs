using RankCollapse.Experiments;
using RankCollapse.Reporting.Panels;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Experiments;

/// <summary>An experiment of three tiny trainings, two of which are trials of a sweep where there is an engine; it counts its results.</summary>
/// <param name="samples">N; one that does not fit the classes makes trials fail.</param>
/// <param name="name">Its name.</param>
internal sealed class SmallExperiment(int samples = 24, string name = "small") : Experiment
{
    private static readonly double[] Lambdas = [1e-2, 3e-2, 1e-1];

    private int _trained;

    public int Trained => _trained;

    public override string Name => name;

    public override string Title => "Three small networks";

    public override string Source => "nowhere";

    public override string Claim => "Weights shrink with the penalty.";

    public override IReadOnlyList<ExperimentCell> Cells(ReproductionSettings settings) =>
    [
        .. Lambdas.SkipLast(1).Select(lambda => ExperimentCell.OfTrial($"lambda-{lambda}", new CellTrial(Configuration(settings, lambda), NeedsMetrics: true, Keep), expectedSeconds: 1, "norms")),
        ExperimentCell.Training($"lambda-{Lambdas[^1]}", Configuration(settings, Lambdas[^1]), expectedSeconds: 1, result => Keep(result.Run.Summary, result.Run.Metrics), "norms"),
    ];

    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings) => new Dictionary<string, string> { ["data"] = "tiny" };

    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, CellResult> cells)
    {
        var table = new DataTable("A training.", new DataColumn("lambda", ColumnKind.Number, "λ"), new DataColumn("norm", ColumnKind.Number, "‖W_1‖"), new DataColumn("sum", ColumnKind.Number, "sum of all objectives on the way"));
        foreach (double lambda in Lambdas) table.Add(lambda, cells[$"lambda-{lambda}"].Numbers("norms")[0], cells[$"lambda-{lambda}"].Numbers("objectives").Sum());
        return new ExperimentOutcome
        {
            Tables = new Dictionary<string, DataTable> { ["norms"] = table },
            Verdicts = [new ClaimVerdict { Claim = Claim, AsStated = new Measurement("‖W_1‖", cells["lambda-0.1"].Numbers("norms")[0], Comparison.AtMost, 10) }],
            Figures = [new Figure("small", "small", "a line", new PanelBlock(new Panel { X = new Axis("penalty", "λ"), Y = new Axis("norm"), Series = [new Series("norm", Palette.Trained, Lambdas, Lambdas)] }))],
        };
    }

    private CellResult Keep(RunSummary summary, IReadOnlyList<MetricRecord> metrics)
    {
        Interlocked.Increment(ref _trained);
        return new CellResult().Add("norms", [.. summary.Layers.Select(l => l.WeightNorm)]).Add("objectives", [.. metrics.Where(metric => metric.Metric == "objective").Select(metric => metric.Value)]);
    }

    private RunConfiguration Configuration(ReproductionSettings settings, double lambda) => new()
    {
        Data = "gaussian-mixture",
        Samples = samples,
        Classes = 3,
        Dimension = 6,
        Depth = 3,
        Width = [8],
        Convention = Convention.Mean,
        Lambda = lambda,
        Seed = settings.Seed,
        MaxEpochs = 100,
    };
}
