using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Experiments;
using RankCollapse.Experiments.Figure3;
using RankCollapse.Experiments.Figures6And7;
using RankCollapse.Experiments.Running;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests.Sweeps.Results;

namespace RankCollapse.Tests.Experiments;

/// <summary>
/// Reproductions whose results are made without training, so that tables, pictures, verdicts and the page are those of the real figures in a second.
/// </summary>
internal static class SyntheticReproduction
{
    public static readonly ReproductionSettings Quick = new(IsQuick: true);

    /// <summary>Writes Figure 3, Figures 6 and 7 and a heat map into a folder, with the page.</summary>
    public static IReadOnlyList<FigureResult> Write(string folder)
    {
        Experiment collapse = new CollapseExperiment(), evolution = new FeatureEvolutionExperiment();
        Experiment[] figures =
        [
            new HeatMapExperiment(),
            new Synthetic(collapse, () => collapse.Conclude(Quick, Collapsing(), new ParallelOptions())),
            new Synthetic(evolution, Evolving),
        ];
        return Reproduction.Run(figures, Quick, folder);
    }

    /// <summary>Results of Figure 3 whose TCV and ranks fall, for Newton's method all the way.</summary>
    public static Dictionary<string, TrialResult> Collapsing() =>
        new CollapseExperiment().Trainings(Quick).ToDictionary(training => training.Key, training => Collapsing(training.Key));

    private static TrialResult Collapsing(string key)
    {
        bool isNewton = key.StartsWith("newton", StringComparison.Ordinal);
        int records = isNewton ? 30 : 41, depth = CollapseExperiment.Depth;
        double shift = key[^1] - '0';
        var metrics = new List<MetricRecord>();
        for (int i = 0; i < records; i++)
        {
            double part = (double)i / (records - 1), collapse = isNewton ? (25 * part) + (0.2 * shift) : 3 * part,
                loss = Math.Pow(10, 2 - (4 * part)) * (1 + (0.1 * shift));
            long epoch = isNewton ? i : 100 * i;
            void Add(int layer, string metric, double value) => metrics.Add(new MetricRecord(epoch, 0.1 * i * (1 + (0.2 * shift)), layer, metric, value));
            foreach (string metric in (string[])[NetworkMetrics.Objective.Key, NetworkMetrics.DataLoss.Key, NetworkMetrics.RelativeGradientNorm.Key])
                Add(0, metric, loss);
            for (int l = 1; l <= depth; l++)
            {
                Add(l, CollapseMetrics.TcvUpper.Key, Math.Pow(10, -collapse - (0.3 * (l - 1))));
                Add(l, RankMetrics.FeatureNumericalRank.Key, Math.Max(10, Math.Round(100 * (1 - (isNewton ? 2 : 0.3) * part))));
            }
        }
        double last = metrics[^(1 + (2 * depth))].Value;
        return new TrialResult
        {
            Manifest = new ResultManifest
            {
                Trial = key,
                Status = isNewton ? "converged" : "max-epochs",
                Attempt = 1,
                Worker = "",
                Host = "",
                Ended = DateTimeOffset.UnixEpoch,
                Seconds = 1,
                Files = new Dictionary<string, ResultFile>(),
                Checksum = "",
            },
            Configuration = new RunConfiguration(),
            Summary = SampleResults.Summary(last) with { Objective = last, DataLoss = last, RelativeGradientNorm = last, Epochs = metrics[^1].Epoch },
            Metrics = metrics,
        };
    }

    /// <summary>What Figures 6 and 7 conclude from random features that move to their class's mean.</summary>
    public static ExperimentOutcome Evolving()
    {
        const int Depth = FeatureEvolutionExperiment.Depth, Classes = 10, Samples = 40;
        int[] labels = [.. Enumerable.Range(0, Samples).Select(i => i * Classes / Samples)];
        var classes = new Partition(labels, Classes);
        Matrix[] features = [.. Enumerable.Range(0, Depth + 1).Select(l => RandomMatrix.Gaussian(12, Samples, new RandomStream(1, RandomPurpose.Sampling, l)))];
        Matrix[] planes = [.. Enumerable.Range(0, Depth + 1).Select(l => RandomMatrix.HaarOrthogonal(12, 2, new RandomStream(2, RandomPurpose.Sampling, l)))];
        FeatureSnapshot[] snapshots = [.. Enumerable.Range(0, 12).Select(i => Snapshot(i, Math.Pow(10, -i)))];
        IEnumerable<MetricRecord> course = Enumerable.Range(0, 30).SelectMany(i => Enumerable.Range(0, Depth + 1).SelectMany(l => l == 0
            ? [new MetricRecord(i, 0.1 * i, 0, NetworkMetrics.Objective.Key, Math.Pow(10, -0.1 * i))]
            : (MetricRecord[])[new(i, 0.1 * i, l, CollapseMetrics.TcvUpper.Key, Math.Pow(10, -i - (l % 5))),
                new(i, 0.1 * i, l, RankMetrics.FeatureNumericalRank.Key, 10)]));
        return FeatureEvolutionExperiment.Conclude(TrainingMoments.Choose(snapshots), labels, CollapseLog.Of([.. course], Depth));

        FeatureSnapshot Snapshot(int epoch, double spread)
        {
            Matrix[] now = [.. features.Select((z, l) => l == 0 ? z : Shrunk(z, classes, spread))];
            return FeatureSnapshot.Take(epoch, 100 * spread, spread * spread, now, planes, classes);
        }
    }

    /// <summary>The features with their distances from their class's mean scaled.</summary>
    public static Matrix Shrunk(Matrix features, Partition classes, double factor)
    {
        var centroids = ClassCentroids.Compute(features, classes);
        return Matrix.FromEntries(
            features.Rows, features.Columns, (i, j) => centroids.Centroids[i, classes.Clusters[j]] + (factor * centroids.Deviations[i, j]));
    }

    /// <summary>A real figure over results that are made.</summary>
    private sealed class Synthetic(Experiment real, Func<ExperimentOutcome> conclude) : Experiment
    {
        public override string Name => real.Name;

        public override string Title => real.Title;

        public override string Source => real.Source;

        public override string Claim => real.Claim;

        public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings) => [];

        public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings) => real.Describe(settings);

        public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel) =>
            conclude();
    }

    /// <summary>A figure with heat maps, a claim that holds under a condition and one that fails.</summary>
    private sealed class HeatMapExperiment : Experiment
    {
        public override string Name => "fig1";

        public override string Title => "Tail energy of the weights";

        public override string Source => "Figure 1, Section 5.1";

        public override string Claim => "Weights have rank K for small σ <at every λ>.";

        public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings) => [];

        public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings) => new Dictionary<string, string> { ["data"] = "none" };

        public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel)
        {
            double[] x = [1e-4, 1e-3, 1e-2, 1e-1], y = [0.1, 0.2, 0.4];
            double[][] values = [.. y.Select(sigma => x.Select(lambda => sigma == 0.4 && lambda == 1e-4 ? double.NaN : sigma * sigma / lambda).ToArray())];
            var table = new DataTable("One cell.", new DataColumn("value", ColumnKind.Number, "the value"));
            table.Add(1.0);
            return new ExperimentOutcome
            {
                Tables = new Dictionary<string, DataTable> { ["heat"] = table },
                Verdicts =
                [
                    new ClaimVerdict { Claim = "fails", AsStated = new("the number", 2, Comparison.AtMost, 1) },
                    new ClaimVerdict { Claim = "holds with care", AsStated = new("the number", 2, Comparison.AtMost, 1), Condition = "a condition",
                        UnderCondition = new("the other number", 0.5, Comparison.AtMost, 1), Explanation = "W_1 explains it." },
                ],
                Figures = [new Figure("heat", "Tail energy", "A heat map in K = 10 colours.", new PanelBlock(Layer(1, x, y, values), Layer(2, x, y, values)))],
            };
        }

        private static Panel Layer(int layer, double[] x, double[] y, double[][] values) => new()
        {
            Title = $"layer {layer}",
            X = new Axis("λ") { Labels = [.. x.Select(value => NumberText.Plain(value))] },
            Y = new Axis("σ") { Labels = [.. y.Select(value => NumberText.Plain(value))] },
            Heat = new HeatMap([.. values.Select(row => (double?[])[.. row])], new ColourScale("tail energy", 0.1, 100, IsLogarithmic: true))
            {
                Columns = [.. x.Select(value => NumberText.Plain(value))],
                Rows = [.. y.Select(value => NumberText.Plain(value))],
            },
        };
    }
}
