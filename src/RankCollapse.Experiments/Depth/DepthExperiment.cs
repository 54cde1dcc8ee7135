using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Depth;

/// <summary>
/// Remark B.6, an experiment of ours: what the first layers cost as a network gets deeper, which layer is the first to collapse, and how far the layers after
/// it are from Theorem 4.2.
/// </summary>
/// <remarks>
/// Four inputs for more samples, and a penalty on W_1 too (δ = 1): the first layers cannot collapse the classes. Widths are above and below N. Of the
/// starts of one depth the end with the lowest J stands for the minimiser.
/// </remarks>
internal sealed class DepthExperiment : Experiment
{
    internal const int Classes = 3;

    private static readonly WidthRegime[] Regimes = [new("wide", "N ≤ width", 12, 16), new("narrow", "N > width", 24, 8)];

    /// <inheritdoc/>
    public override string Name => "depth";

    /// <inheritdoc/>
    public override string Title => "What the first layers cost as networks get deeper";

    /// <inheritdoc/>
    public override string Source => "Remark B.6; ours, without a figure in the paper";

    /// <inheritdoc/>
    public override string Claim =>
        "In deep networks the first l* layers have a vanishing share in the cost, so that minimisers collapse from the first layer on that is representative "
        + "enough, and look as Theorem 4.2 says after it.";

    /// <inheritdoc/>
    public override KeptFiles Keep => KeptFiles.Summary;

    /// <inheritdoc/>
    public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            .. from regime in Regimes
               from depth in Depths(settings)
               from seed in Seeds(settings)
               select new FigureTraining(Key(regime, depth, seed), Configuration(regime, depth, seed), 0.3 * depth),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RunConfiguration one = Configuration(Regimes[0], 3, settings.Seed);
        return new Dictionary<string, string>
        {
            ["data"] = $"Gaussian mixture in dimension {one.Dimension}, σ = {NumberText.Plain(one.Sigma)}, {Classes} classes of equal size",
            ["networks"] = $"feedforward, {one.Activation}, identity output, L = {string.Join(", ", Depths(settings))}; "
                + string.Join("; ", Regimes.Select(regime => $"{regime.Title}: N = {regime.Samples}, width {regime.Width}")),
            ["objective"] = $"squared loss, convention sum, λ = {NumberText.Plain(one.Lambda)}, δ = 1, λ' = 0",
            ["starts"] = $"orthogonal, seeds {string.Join(", ", Seeds(settings))}; of each depth the lowest end counts",
            ["solver"] = $"gauss-newton to a relative gradient of {NumberText.Plain(one.GradientTolerance)}, at most {one.MaxEpochs} iterations",
            ["collapsed"] = $"wholly or nearly: variation inside classes at most {NumberText.Plain(Tolerances.NearlyCollapsed)} of the features' total",
        };
    }

    /// <inheritdoc/>
    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(results);
        DepthPoint[] all =
        [
            .. from regime in Regimes
               from depth in Depths(settings)
               from seed in Seeds(settings)
               select DepthPoint.Of(regime, depth, seed, results[Key(regime, depth, seed)].Summary),
        ];
        DepthPoint[] lowest = [.. all.GroupBy(point => (point.Regime, point.Depth)).Select(group => group.MinBy(point => point.Objective)!)];
        return new ExperimentOutcome
        {
            Tables = new Dictionary<string, DataTable> { ["depth"] = Table(all, lowest) },
            Verdicts = DepthVerdicts.Judge(lowest),
            Notes = DepthVerdicts.Notes(lowest),
            Figures = [DepthFigure.Draw(Title, lowest)],
        };
    }

    private static DataTable Table(DepthPoint[] all, DepthPoint[] lowest)
    {
        var table = new DataTable(
            "One training.",
            new DataColumn("widths", ColumnKind.Text, "the widths beside N"),
            new DataColumn("depth", ColumnKind.Whole, "L"),
            new DataColumn("seed", ColumnKind.Whole, "seed of the start"),
            new DataColumn("objective", ColumnKind.Number, "J"),
            new DataColumn("relative_gradient", ColumnKind.Number, "relative gradient norm"),
            new DataColumn("lowest", ColumnKind.Whole, "1 where it is the lowest of its depth"),
            new DataColumn("share_1", ColumnKind.Number, "share of layer 1 in the sum of squared weight norms"),
            new DataColumn("share_2", ColumnKind.Number, "the same of layers 1 and 2"),
            new DataColumn("share_3", ColumnKind.Number, "the same of layers 1 to 3"),
            new DataColumn("first_collapsed", ColumnKind.Whole, "the first layer from which on all have collapsed"),
            new DataColumn("distance_from_theorem", ColumnKind.Number,
                "largest relative distance from Theorem 4.2's shape, C free, over hidden layers from there on"));
        foreach (DepthPoint p in all)
        {
            table.Add(p.Regime.Title, p.Depth, p.Seed, p.Objective, p.RelativeGradient, lowest.Contains(p) ? 1 : 0, p.Share(1), p.Share(2), p.Share(3),
                p.FirstCollapsed, p.Distance);
        }
        return table;
    }

    private static int[] Depths(ReproductionSettings settings) => settings.IsQuick ? [3, 6, 12] : [3, 4, 6, 9, 12, 16, 24];

    private static long[] Seeds(ReproductionSettings settings) => [.. Enumerable.Range(0, settings.IsQuick ? 2 : 5).Select(i => settings.Seed + i)];

    private static string Key(WidthRegime regime, int depth, long seed) => $"{regime.Key}-L{depth}-{seed}";

    private static RunConfiguration Configuration(WidthRegime regime, int depth, long seed) => new()
    {
        Data = Data.DataSource.GaussianMixtureName,
        Samples = regime.Samples,
        Classes = Classes,
        Dimension = 4,
        Sigma = 0.3,
        Depth = depth,
        Width = [regime.Width],
        Activation = "asinh",
        Convention = Convention.Sum,
        Lambda = 1e-3,
        Delta = 1,
        LambdaFeatures = 0,
        Seed = seed,
        MaxEpochs = 600,
        GradientTolerance = 1e-6,
        RecordEvery = 1_000_000,
    };
}

/// <summary>Widths beside the number of samples.</summary>
/// <param name="Key">What keys of trainings begin with.</param>
/// <param name="Title">In words.</param>
/// <param name="Samples">N.</param>
/// <param name="Width">The width of the hidden layers.</param>
internal sealed record WidthRegime(string Key, string Title, int Samples, int Width);

/// <summary>What one training came to.</summary>
/// <param name="Regime">Widths and N.</param>
/// <param name="Depth">L.</param>
/// <param name="Seed">The start's seed.</param>
/// <param name="Objective">J.</param>
/// <param name="RelativeGradient">The relative gradient norm.</param>
/// <param name="Squares">‖W_1‖² … ‖W_L‖².</param>
/// <param name="FirstCollapsed">The first layer from which on all have collapsed; L + 1 where the last has not.</param>
/// <param name="Distance">The largest relative distance of a hidden layer from there on from Theorem 4.2's shape, C free; NaN for none.</param>
internal sealed record DepthPoint(
    WidthRegime Regime, int Depth, long Seed, double Objective, double RelativeGradient, IReadOnlyList<double> Squares, int FirstCollapsed, double Distance)
{
    /// <summary>The share of the first layers in Σ‖W_l‖².</summary>
    public double Share(int layers) => Squares.Take(layers).Sum() / Squares.Sum();

    /// <summary>Reads a training's end.</summary>
    public static DepthPoint Of(WidthRegime regime, int depth, long seed, RunSummary summary)
    {
        int first = depth + 1;
        while (first > 1 && HasCollapsed(summary.Layers[first - 2])) first--;
        double[] distances = [.. Enumerable.Range(first, Math.Max(0, depth - first)).Select(l => Misfit(summary.Layers[l - 1]))];
        return new DepthPoint(
            regime, depth, seed, summary.Objective, summary.RelativeGradientNorm,
            [.. summary.Layers.Select(layer => layer.WeightNorm * layer.WeightNorm)], first,
            distances.Length == 0 ? double.NaN : distances.Max());
    }

    private static bool HasCollapsed(LayerSummary layer) =>
        CollapseVerdict.Of(layer.Number(CollapseMetrics.RelativeVariation) ?? double.NaN).State is CollapseState.Nearly or CollapseState.Collapsed;

    /// <summary>‖s − √C·p‖/‖s‖ over the K largest, for the √C of least squares.</summary>
    private static double Misfit(LayerSummary layer)
    {
        const int Count = DepthExperiment.Classes;
        double[] found = [.. layer.FeatureSingularValues.Take(Count)], predicted = [.. (layer.PredictedFeatureSingularValues ?? []).Take(Count)];
        if (found.Length < Count || predicted.Length < Count) return double.NaN;
        double inner = Reduction.Dot(found, predicted), squares = Reduction.SumOfSquares(found);
        return Math.Sqrt(Math.Max(0, 1 - (inner * inner / (Reduction.SumOfSquares(predicted) * squares))));
    }
}
