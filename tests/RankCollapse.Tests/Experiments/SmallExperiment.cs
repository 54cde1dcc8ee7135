using RankCollapse.Experiments;
using RankCollapse.Reporting.Figures;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Experiments;

/// <summary>An experiment of three tiny trainings that counts how often it trains.</summary>
internal sealed class SmallExperiment : Experiment
{
    private static readonly double[] Lambdas = [1e-2, 3e-2, 1e-1];

    private int _trained;

    public int Trained => _trained;

    public override string Name => "small";

    public override string Title => "Three small networks";

    public override string Source => "nowhere";

    public override string Claim => "Weights shrink with the penalty.";

    public override IReadOnlyList<ExperimentCell> Cells(ReproductionSettings settings) =>
    [
        .. Lambdas.Select(lambda => ExperimentCell.Training(
            $"lambda-{lambda}",
            new RunConfiguration { Data = "gaussian-mixture", Samples = 24, Classes = 3, Dimension = 6, Depth = 3, Width = [8], Convention = "mean", Lambda = lambda, Seed = settings.Seed, MaxEpochs = 100 },
            expectedSeconds: 1,
            result =>
            {
                Interlocked.Increment(ref _trained);
                return new CellResult().Add("norms", [.. result.Run.Summary.Layers.Select(l => l.WeightNorm)]);
            },
            "norms")),
    ];

    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings) => new Dictionary<string, string> { ["data"] = "tiny" };

    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, CellResult> cells)
    {
        var table = new DataTable("A training.", new DataColumn("lambda", ColumnKind.Number, "λ"), new DataColumn("norm", ColumnKind.Number, "‖W_1‖"));
        foreach (double lambda in Lambdas) table.Add(lambda, cells[$"lambda-{lambda}"].Numbers("norms")[0]);
        return new ExperimentOutcome
        {
            Tables = new Dictionary<string, DataTable> { ["norms"] = table },
            Verdicts = [new ClaimVerdict { Claim = Claim, AsStated = new Measurement("‖W_1‖", cells["lambda-0.1"].Numbers("norms")[0], Comparison.AtMost, 10) }],
            Drawings = new Dictionary<string, FigureDrawing> { ["small"] = new(100, 50, "small", "a line", canvas => FigureText.Write(canvas, "λ", 10, 20)) },
        };
    }
}
