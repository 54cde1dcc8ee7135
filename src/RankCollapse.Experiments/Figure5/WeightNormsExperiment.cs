using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;

namespace RankCollapse.Experiments;

/// <summary>Figure 5 (Appendix D.2): the norms of a residual network's weights over training, as the penalty on the first layer vanishes.</summary>
public sealed class WeightNormsExperiment : Experiment
{
    internal const int Depth = 6;
    private const string NormsName = "weight-norms";

    /// <inheritdoc/>
    public override string Name => "fig5";

    /// <inheritdoc/>
    public override string Title => "Weight norms of a residual network during training";

    /// <inheritdoc/>
    public override string Source => "Figure 5, Appendix D.2";

    /// <inheritdoc/>
    public override string Claim => "As δ → 0, the weights of all inner residual layers tend to 0, while those of the first and the last layer, which are not residual, stay (Theorem C.2, Remark C.3).";

    /// <inheritdoc/>
    public override IReadOnlyList<ExperimentCell> Cells(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [.. Deltas(settings).Select(delta => ExperimentCell.Training(
            Key(delta),
            Configuration(settings, delta),
            expectedSeconds: 20,
            result => new CellResult().Add(NormsName, Trajectory.OfLayers(result.Run.Metrics, MetricNames.WeightNorm, Depth)),
            NormsName))];
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RunConfiguration configuration = Configuration(settings, 0);
        return new Dictionary<string, string>
        {
            ["data"] = $"MNIST, N = {configuration.Samples}",
            ["network"] = $"residual, L = {Depth}, widths {configuration.Width[0]}, tanh, identity output",
        };
    }

    /// <inheritdoc/>
    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, CellResult> cells)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(cells);
        var table = new DataTable(
            "The norm of one layer's weights at one epoch of one training.",
            new DataColumn("delta", ColumnKind.Number, "δ, the first layer's share of λ"),
            new DataColumn("epoch", ColumnKind.Whole, "solver iterations"),
            new DataColumn("layer", ColumnKind.Whole, "l = 1 … 6; layers 2 … 5 are residual"),
            new DataColumn("weight_norm", ColumnKind.Number, "‖W_l‖, Frobenius"));
        foreach (double delta in Deltas(settings))
        {
            Matrix norms = cells[Key(delta)].Matrices[NormsName];
            for (int i = 0; i < norms.Rows; i++)
            {
                for (int l = 1; l <= Depth; l++) table.Add(delta, (long)norms[i, 0], l, norms[i, l]);
            }
        }
        Matrix last = cells[Key(0)].Matrices[NormsName];
        ReadOnlySpan<double> final = last.Row(last.Rows - 1);
        double ratio = final[2..Depth].ToArray().Max() / final[1];
        return new ExperimentOutcome
        {
            Tables = new Dictionary<string, DataTable> { ["weight-norms"] = table },
            Verdicts =
            [
                new ClaimVerdict
                {
                    Claim = "At δ = 0 the weights of the residual layers vanish beside the first layer's.",
                    AsStated = new Measurement("largest ‖W_l‖, l = 2 … 5, over ‖W_1‖ at δ = 0", ratio, Comparison.AtMost, 1e-3),
                },
            ],
        };
    }

    private static double[] Deltas(ReproductionSettings settings) => settings.IsQuick ? [10, 1, 0] : [10, 5, 2, 1, 0.5, 0.1, 0.01, 0];

    private static string Key(double delta) => FormattableString.Invariant($"delta-{delta}");

    private static RunConfiguration Configuration(ReproductionSettings settings, double delta) => new()
    {
        Architecture = "residual",
        Depth = Depth,
        Samples = settings.IsQuick ? 50 : 200,
        Width = [settings.IsQuick ? 50 : 200],
        Delta = delta,
        Seed = settings.Seed,
        GradientTolerance = 1e-3,
        RecordEvery = 1,
    };
}
