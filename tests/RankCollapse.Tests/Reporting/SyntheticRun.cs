using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Training;

namespace RankCollapse.Tests.Reporting;

/// <summary>
/// Runs made without training: a network is moved along a line from random weights to weights whose features are exactly collapsed,
/// and everything that a run records is measured on the way.
/// </summary>
internal sealed record SyntheticRun
{
    public int Depth { get; init; } = 4;

    public int Classes { get; init; } = 3;

    public int PerClass { get; init; } = 6;

    public int Width { get; init; } = 12;

    /// <summary>How far the line is followed: 1 ends at collapsed features.</summary>
    public double Progress { get; init; } = 1;

    public int Records { get; init; } = 12;

    public bool HasLabels { get; init; } = true;

    public string Name { get; init; } = "synthetic clusters";

    private int Samples => Classes * PerClass;

    private int Inputs => Samples + 10;

    public Run Build()
    {
        var random = new RandomStream(7, RandomPurpose.Data);
        Matrix means = Matrix.FromEntries(Inputs, Classes, (_, _) => random.NextGaussian());
        int[] labels = [.. Enumerable.Range(0, Samples).Select(i => i % Classes)];
        Matrix x = Matrix.FromEntries(Inputs, Samples, (i, j) => means[i, labels[j]] + (0.4 * random.NextGaussian()));
        DataSet data = DataSet.FromLabels(Name, x, labels, Classes);
        if (!HasLabels) data = new DataSet(Name, x, data.Targets, []);
        var specification = new NetworkSpecification(Inputs, [.. Enumerable.Repeat(Width, Depth - 1), Classes]);
        var initial = new Network(specification);
        foreach (ref double p in initial.Parameters.AsSpan()) p = random.NextGaussian() / Math.Sqrt(Width);
        Network collapsed = Collapsed(specification, data, random);
        var metrics = new List<MetricRecord>();
        Network trained = initial;
        for (int r = 0; r <= Records; r++)
        {
            double fraction = (double)r / Records;
            // The distance to the end falls by a factor of 10 with every tenth of the way.
            double position = r == Records && Progress == 1 ? 1 : Progress * (1 - Math.Pow(10, -9 * fraction * Progress));
            trained = Between(initial, collapsed, position);
            Record(metrics, trained, data, (long)(3000 * fraction), fraction * 12.5);
        }
        var configuration = new RunConfiguration
        {
            Version = "0.1.0",
            Data = "gaussian-mixture",
            Samples = Samples,
            Classes = Classes,
            Depth = Depth,
            Width = [Width],
            MaxEpochs = 3000,
            Convention = Convention.Mean,
            Lambda = 1e-3,
            Sigma = 0.4,
            Seed = 3
        };
        return new Run
        {
            Configuration = configuration,
            DataSet = data,
            Initial = initial,
            Trained = trained,
            Metrics = metrics,
            Summary = Summarise(trained, data, metrics)
        };
    }

    internal static double[] SingularValues(Matrix matrix) => JacobiSvd.Values(matrix);

    internal static double WithinClassScatter(Matrix features, int[] labels, int classes)
    {
        double total = 0;
        for (int row = 0; row < features.Rows; row++)
        {
            for (int k = 0; k < classes; k++)
            {
                double[] values = [.. Enumerable.Range(0, features.Columns).Where(j => labels[j] == k).Select(j => features[row, j])];
                double mean = values.Average();
                total += values.Sum(v => (v - mean) * (v - mean));
            }
        }
        return total / features.Columns;
    }

    private static Network Between(Network a, Network b, double position)
    {
        Network result = a.Copy();
        for (int i = 0; i < result.Parameters.Length; i++) result.Parameters[i] = position == 1
            ? b.Parameters[i] : ((1 - position) * a.Parameters[i]) + (position * b.Parameters[i]);
        return result;
    }

    private static Network Collapsed(NetworkSpecification specification, DataSet data, RandomStream random)
    {
        var network = new Network(specification);
        Matrix previous = data.Inputs;
        for (int l = 1; l <= specification.Depth; l++)
        {
            Matrix wanted = l == specification.Depth
                ? data.Targets : Product.Multiply(RandomMatrix.HaarOrthogonal(specification.Width(l), data.OutputDimension, random), data.Targets);
            Matrix weights = Product.Multiply(wanted, PseudoInverse.Compute(previous).Inverse);
            weights.AsSpan().CopyTo(network.Weights(l).AsSpan());
            previous = Product.Multiply(weights, previous);
            if (l < specification.Depth) foreach (ref double value in previous.AsSpan()) value = Math.Tanh(value);
        }
        return network;
    }

    private static int Rank(double[] values) => values.Count(v => v > 1e-5 * values[0]);

    private static void Record(List<MetricRecord> metrics, Network network, DataSet data, long epoch, double seconds)
    {
        Matrix[] features = network.Features(data.Inputs);
        void Add(int layer, string metric, double value) => metrics.Add(new MetricRecord(epoch, seconds, layer, metric, value));
        double loss = 0;
        for (int i = 0; i < data.Targets.Length; i++) loss += 0.5 * Math.Pow(features[^1].AsSpan()[i] - data.Targets.AsSpan()[i], 2);
        double weightPenalty = 0;
        double featurePenalty = 0;
        for (int l = 1; l <= network.Specification.Depth; l++)
        {
            double[] w = SingularValues(network.Weights(l));
            double[] z = SingularValues(features[l]);
            weightPenalty += 5e-4 * w.Sum(v => v * v);
            featurePenalty += 5e-4 / data.SampleCount * z.Sum(v => v * v);
            int[] labels = [.. Enumerable.Range(0, data.SampleCount).Select(i => i % data.OutputDimension)];
            double tcv = WithinClassScatter(features[l], labels, data.OutputDimension);
            Add(l, "tcvUpper", tcv);
            Add(l, "tcvLower", 0.8 * tcv);
            Add(l, "wcssOfClasses", tcv);
            Add(l, "weightNumericalRank", Rank(w));
            Add(l, "featureNumericalRank", Rank(z));
            Add(l, "weightTailEnergy", w.Skip(data.OutputDimension).Sum(v => v * v) / w.Sum(v => v * v));
            Add(l, "weightNorm", Math.Sqrt(w.Sum(v => v * v)));
            Add(l, "featureNorm", Math.Sqrt(z.Sum(v => v * v)));
        }
        double objective = (loss / data.SampleCount) + weightPenalty + featurePenalty;
        Add(0, "objective", objective);
        Add(0, "dataLoss", loss);
        Add(0, "weightPenalty", weightPenalty);
        Add(0, "featurePenalty", featurePenalty);
        Add(0, "gradientNorm", Math.Sqrt(loss) + 1e-9);
        Add(0, "relativeGradientNorm", (Math.Sqrt(loss) + 1e-9) / 10);
    }

    private RunSummary Summarise(Network network, DataSet data, List<MetricRecord> metrics)
    {
        double Last(int layer, string metric) => metrics.Last(m => m.Layer == layer && m.Metric == metric).Value;
        Matrix[] features = network.Features(data.Inputs);
        var layers = new List<LayerSummary>();
        for (int l = 1; l <= network.Specification.Depth; l++)
        {
            double[]? predicted = null;
            if (l < network.Specification.Depth)
            {
                Matrix preimage = features[l + 1].Copy();
                network.Specification.ActivationOf(l + 1).Inverse(preimage.AsSpan(), preimage.AsSpan());
                predicted = SingularValues(preimage);
            }
            layers.Add(new LayerSummary
            {
                Layer = l,
                TcvUpper = Last(l, "tcvUpper"),
                TcvLower = Last(l, "tcvLower"),
                WcssOfClasses = Last(l, "wcssOfClasses"),
                WeightSingularValues = SingularValues(network.Weights(l)),
                FeatureSingularValues = SingularValues(features[l]),
                PredictedFeatureSingularValues = predicted,
                WeightNumericalRank = (int)Last(l, "weightNumericalRank"),
                FeatureNumericalRank = (int)Last(l, "featureNumericalRank"),
                WeightTailEnergy = Last(l, "weightTailEnergy"),
                WeightNorm = Last(l, "weightNorm"),
            });
        }
        return new RunSummary
        {
            Status = Progress == 1 ? TrainingStatus.Converged : TrainingStatus.MaxEpochs,
            Convention = Convention.Mean,
            Objective = Last(0, "objective"),
            DataLoss = Last(0, "dataLoss"),
            WeightPenalty = Last(0, "weightPenalty"),
            FeaturePenalty = Last(0, "featurePenalty"),
            GradientNorm = Last(0, "gradientNorm"),
            RelativeGradientNorm = Last(0, "relativeGradientNorm"),
            Epochs = 3000,
            GradientEvaluations = 3010,
            HessianProducts = 0,
            Seconds = 12.5,
            Layers = layers,
        };
    }
}
