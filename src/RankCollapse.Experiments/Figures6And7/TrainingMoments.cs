using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Experiments.Figures6And7;

/// <summary>
/// Six moments of a training: its start, the times at which the mean TCV of the hidden layers has fallen to given shares of its start, and its end.
/// </summary>
internal sealed class TrainingMoments
{
    private const string RecordingName = "feature-moments";
    private const string MomentsName = "moments";
    private const string LabelsName = "labels";
    private const string DeviationsName = "block-deviations";
    private const string SpreadsName = "plane-spreads";

    /// <summary>The shares: while the eye can tell features from collapsed ones, TCV falls by about three decades.</summary>
    private static readonly double[] Shares = [0.2, 0.05, 0.02, 0.001];

    private TrainingMoments(IReadOnlyList<FeatureSnapshot> all) => All = all;

    /// <summary>Keeps the moments of a training.</summary>
    public static TrialRecording Recording { get; } = new(RecordingName, configuration => new Recorder(configuration));

    /// <summary>The moments, in order of time.</summary>
    public IReadOnlyList<FeatureSnapshot> All { get; }

    /// <summary>The number of moments.</summary>
    public static int Count => Shares.Length + 2;

    /// <summary>Adds a snapshot to those of earlier records; after the last share only as many are kept as there are moments, the latest among them.</summary>
    public static void Keep(List<FeatureSnapshot> snapshots, FeatureSnapshot next)
    {
        if (snapshots.Count > Count && snapshots[^Count].MeanTcv <= Shares[^1] * snapshots[0].MeanTcv) snapshots.RemoveAt(snapshots.Count - 1);
        snapshots.Add(next);
    }

    /// <summary>Chooses the moments among snapshots of all records; each one is later than the one before.</summary>
    /// <exception cref="ComputationFailedException">There are fewer records than moments.</exception>
    public static TrainingMoments Choose(IReadOnlyList<FeatureSnapshot> snapshots)
    {
        if (snapshots.Count < Count)
            throw new ComputationFailedException($"The training has {snapshots.Count} records, fewer than the {Count} moments that the figure shows.");
        var chosen = new List<int> { 0 };
        foreach (double share in Shares)
        {
            // The latest index that leaves room for the moments that follow.
            int latest = snapshots.Count - 1 - (Count - 1 - chosen.Count);
            int next = chosen[^1] + 1;
            while (next < latest && !(snapshots[next].MeanTcv <= share * snapshots[0].MeanTcv)) next++;
            chosen.Add(next);
        }
        chosen.Add(snapshots.Count - 1);
        return new([.. chosen.Select(i => snapshots[i])]);
    }

    /// <summary>Reads what was recorded of a training: its moments, and the labels of the samples.</summary>
    public static (TrainingMoments Moments, int[] Labels) Of(TrialResult result)
    {
        using SafetensorsFile recording = result.OpenRecording(RecordingName);
        Matrix table = recording.ReadMatrix(MomentsName), deviations = recording.ReadMatrix(DeviationsName), spreads = recording.ReadMatrix(SpreadsName);
        int layers = deviations.Columns;
        var moments = new TrainingMoments([.. Enumerable.Range(0, table.Rows).Select(m => new FeatureSnapshot(
            (long)table[m, 0],
            table[m, 1],
            table[m, 2],
            [.. Enumerable.Range(0, layers).Select(l => recording.ReadMatrix(Name("gram", m, l)))],
            [.. Enumerable.Range(0, layers).Select(l => recording.ReadMatrix(Name("plane", m, l)))],
            deviations.Row(m).ToArray(),
            spreads.Row(m).ToArray()))]);
        return (moments, [.. recording.ReadIntegers(LabelsName).Select(label => (int)label)]);
    }

    private void AddTo(SafetensorsWriter writer)
    {
        int layers = All[0].Grams.Count;
        writer.Add(MomentsName, Matrix.FromEntries(All.Count, 3, (m, j) => j == 0 ? All[m].Epoch : j == 1 ? All[m].Objective : All[m].MeanTcv));
        writer.Add(DeviationsName, Matrix.FromEntries(All.Count, layers, (m, l) => All[m].Deviations[l]));
        writer.Add(SpreadsName, Matrix.FromEntries(All.Count, layers, (m, l) => All[m].Spreads[l]));
        for (int m = 0; m < All.Count; m++)
        {
            for (int l = 0; l < layers; l++) writer.Add(Name("gram", m, l), All[m].Grams[l]).Add(Name("plane", m, l), All[m].Planes[l]);
        }
    }

    /// <summary>A figure with a block for each moment and a panel for each layer, the data first.</summary>
    /// <param name="name">The figure's name.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="reading">How to read it.</param>
    /// <param name="panel">The panel of a moment and a layer; its title is set here.</param>
    public Figure ToFigure(string name, string title, string reading, Func<FeatureSnapshot, int, Panel> panel) =>
        new(name, title, reading,
            [.. All.Select((moment, m) =>
            new PanelBlock([.. Enumerable.Range(0, moment.Grams.Count).Select(l => panel(moment, l) with { Title = l == 0 ? "data X" : $"layer {l}" })])
        {
            Heading = m == 0 ? "start" : m == All.Count - 1 ? $"end, iteration {moment.Epoch}" : $"iteration {moment.Epoch}",
            Detail = $"J = {NumberText.Short(moment.Objective)}, mean TCV {NumberText.Short(moment.MeanTcv, 2)}",
        })])
        {
            IsByMoment = true,
        };

    private static string Name(string kind, int moment, int layer) => FormattableString.Invariant($"{kind}-{moment}-{layer:00}");

    /// <summary>Takes a snapshot at every record, and keeps those of the moments.</summary>
    private sealed class Recorder(RunConfiguration configuration) : TrialRecorder
    {
        private readonly List<FeatureSnapshot> _snapshots = [];
        private Matrix[] _planes = [];
        private Partition? _classes;
        private long[] _labels = [];

        public override void Start(TrainingRunStart start)
        {
            _labels = [.. start.DataSet.Labels.Select(label => (long)label)];
            _classes = new Partition(start.DataSet.Labels, start.DataSet.OutputDimension);
        }

        public override void Record(TrainingRecord record)
        {
            if (_planes.Length == 0)
                _planes = [.. record.Features.Select(
                    (z, l) => RandomMatrix.HaarOrthogonal(z.Rows, 2, new RandomStream(configuration.Seed, RandomPurpose.Sampling, l)))];
            double meanTcv = record.Layers.Where(metric => metric.Metric == CollapseMetrics.TcvUpper.Key).SkipLast(1).Average(metric => metric.Value);
            Keep(_snapshots, FeatureSnapshot.Take(record.State.Epoch, record.State.Value.Total, meanTcv, record.Features, _planes, _classes!));
        }

        public override void Write(SafetensorsWriter writer)
        {
            Choose(_snapshots).AddTo(writer);
            writer.Add(LabelsName, _labels);
        }
    }
}
