using RankCollapse.Collapse;
using RankCollapse.Experiments;
using RankCollapse.Experiments.Figure3;
using RankCollapse.Experiments.Figures6And7;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Tests.Experiments;

/// <summary>Reproductions whose cells are made without training, so that tables, pictures, verdicts and the page are those of the real figures in a second.</summary>
internal static class SyntheticReproduction
{
    public static readonly ReproductionSettings Quick = new(IsQuick: true);

    /// <summary>Writes Figure 3, Figures 6 and 7 and a heat map into a folder, with the page.</summary>
    public static IReadOnlyList<FigureResult> Write(string folder) => Reproduction.Run(
        [new HeatMapExperiment(), new Synthetic(new CollapseExperiment(), CollapsingCell), new Synthetic(new FeatureEvolutionExperiment(), _ => EvolvingCell())],
        Quick,
        folder);

    /// <summary>A cell of Figure 3 whose TCV and ranks fall, for Newton's method all the way.</summary>
    public static CellResult CollapsingCell(string key)
    {
        bool isNewton = key.StartsWith("newton", StringComparison.Ordinal);
        int records = isNewton ? 30 : 41, depth = CollapseExperiment.Depth;
        double shift = key[^1] - '0';
        Matrix table = Matrix.FromEntries(records, 4 + (2 * depth), (i, j) =>
        {
            double part = (double)i / (records - 1), collapse = isNewton ? (25 * part) + (0.2 * shift) : 3 * part;
            if (j == 0) return isNewton ? i : 100 * i;
            if (j < 4) return Math.Pow(10, 2 - (4 * part)) * (1 + (0.1 * shift));
            int layer = (j - 4) % depth;
            return j < 4 + depth ? Math.Pow(10, -collapse - (0.3 * layer)) : Math.Max(10, Math.Round(100 * (1 - (isNewton ? 2 : 0.3) * part)));
        });
        return new CellResult().Add("trajectory", table)
            .Add("seconds", [.. Enumerable.Range(0, records).Select(i => 0.1 * i * (1 + (0.2 * shift)))])
            .Add("status", isNewton ? "converged" : "max-epochs")
            .Add("summary", [table[records - 1, 1], table[records - 1, 2], table[records - 1, 3], table[records - 1, 0]]);
    }

    /// <summary>The cell of Figures 6 and 7: random features that move to their class's mean.</summary>
    public static CellResult EvolvingCell()
    {
        const int Depth = FeatureEvolutionExperiment.Depth, Classes = 10, Samples = 40;
        int[] labels = [.. Enumerable.Range(0, Samples).Select(i => i * Classes / Samples)];
        var classes = new Partition(labels, Classes);
        Matrix[] features = [.. Enumerable.Range(0, Depth + 1).Select(l => RandomMatrix.Gaussian(12, Samples, new RandomStream(1, RandomPurpose.Sampling, l)))];
        Matrix[] planes = [.. Enumerable.Range(0, Depth + 1).Select(l => RandomMatrix.HaarOrthogonal(12, 2, new RandomStream(2, RandomPurpose.Sampling, l)))];
        FeatureSnapshot[] snapshots = [.. Enumerable.Range(0, 12).Select(i => Snapshot(i, Math.Pow(10, -i)))];
        CellResult trajectory = CollapsingCell("newton-0");
        Matrix longer = Matrix.FromEntries(30, 4 + (2 * Depth), (i, j) => j < 4 ? trajectory.Matrices["trajectory"][i, j] : j < 4 + Depth ? Math.Pow(10, -i - (j % 5)) : 10);
        var cell = new CellResult().Add("trajectory", longer).Add("seconds", trajectory.Numbers("seconds")).Add("labels", [.. labels.Select(label => (double)label)]);
        return TrainingMoments.Choose(snapshots).AddTo(cell);

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
        return Matrix.FromEntries(features.Rows, features.Columns, (i, j) => centroids.Centroids[i, classes.Clusters[j]] + (factor * centroids.Deviations[i, j]));
    }

    /// <summary>A real figure over cells that are made.</summary>
    private sealed class Synthetic(Experiment real, Func<string, CellResult> make) : Experiment
    {
        public override string Name => real.Name;

        public override string Title => real.Title;

        public override string Source => real.Source;

        public override string Claim => real.Claim;

        public override IReadOnlyList<ExperimentCell> Cells(ReproductionSettings settings) => [.. real.Cells(settings).Select(cell => cell with { Run = _ => make(cell.Key) })];

        public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings) => real.Describe(settings);

        public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, CellResult> cells) => real.Conclude(settings, cells);
    }

    /// <summary>A figure with heat maps, a claim that holds under a condition and one that fails.</summary>
    private sealed class HeatMapExperiment : Experiment
    {
        public override string Name => "fig1";

        public override string Title => "Tail energy of the weights";

        public override string Source => "Figure 1, Section 5.1";

        public override string Claim => "Weights have rank K for small σ <at every λ>.";

        public override IReadOnlyList<ExperimentCell> Cells(ReproductionSettings settings) => [new("only", "none", 1, _ => new CellResult().Add("nothing", [0.0]))];

        public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings) => new Dictionary<string, string> { ["data"] = "none" };

        public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, CellResult> cells)
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
                    new ClaimVerdict { Claim = "holds with care", AsStated = new("the number", 2, Comparison.AtMost, 1), Condition = "a condition", UnderCondition = new("the other number", 0.5, Comparison.AtMost, 1), Explanation = "W_1 explains it." },
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
