using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <summary>Collects a run's metrics while it trains, and keeps them in its checkpoints.</summary>
internal sealed class RunRecorder(Solver solver, DataSet data, TrainingOptions options, RecordedMetrics recorded, DataSet? test = null)
{
    private const int Format = 2;
    private const int MostMetrics = 100_000_000;
    private const int WholeNetwork = 0;

    private readonly List<MetricRecord> _metrics = [];
    private readonly FeaturePass? _pass = PassOf(solver, data, recorded);
    private IReadOnlyList<LayerMetric> _layers = [];
    private (ObjectiveValue Value, GradientSize Gradient)? _measured;

    /// <summary>What was recorded, in order.</summary>
    public IReadOnlyList<MetricRecord> Metrics => _metrics;

    /// <summary>What the network does on test data, where it was last recorded; null without them.</summary>
    public TestMeasurement? Test { get; private set; }

    /// <summary>The first recorded epoch from which on all training samples are classified correctly; null where the last record has errors.</summary>
    public long? InterpolationEpoch
    {
        get
        {
            long? since = null;
            foreach (MetricRecord record in _metrics.Where(record => record.Layer == WholeNetwork && record.Metric == TestMetrics.TrainAccuracy.Key))
                since = record.Value < 1 ? null : since ?? record.Epoch;
            return since;
        }
    }

    /// <summary>Measures the network on the test data; null without them, or where it has diverged.</summary>
    public TestMeasurement? MeasureTest() => test is null || !double.IsFinite(solver.Value.Total) ? null
        : TestMeasurement.Of(solver.Network, data, test, solver.Objective.Settings.Loss);

    /// <summary>Records the solver's current point.</summary>
    /// <returns>What was measured in the layers.</returns>
    public IReadOnlyList<LayerMetric> Record(TrainingState state)
    {
        void Add(int layer, string metric, double value) => _metrics.Add(new MetricRecord(state.Epoch, state.Seconds, layer, metric, value));

        bool hasMoved = _measured != (state.Value, state.Gradient);
        if (hasMoved) Test = MeasureTest();
        var network = new MeasuredNetwork(state, solver) { Test = Test };
        foreach (Metric metric in test is null ? recorded.Network : [.. recorded.Network.Union(TestMetrics.Recorded)])
        {
            // The gradient of all samples is not part of every record.
            double number = metric.OfNetwork!(network);
            bool isExpected = solver.IsMeasured && metric.Topic != MetricTopic.Test;
            if (isExpected || !double.IsNaN(number)) Add(WholeNetwork, metric.Key, number);
        }

        // A step that was rejected leaves everything as it was.
        if (hasMoved)
        {
            _layers = _pass is { IsComplete: true } ? CollapseMeasurement.Record(_pass.Layers(), recorded)
                : CollapseMeasurement.Record(solver.Network, data, solver.Objective.IsInParts ? null : solver.Objective.Features, recorded);
            if (Test is not null) _layers = [.. _layers, .. TestMetrics.Of(Test)];
            _measured = (state.Value, state.Gradient);
        }
        foreach (LayerMetric metric in _layers) Add(metric.Layer, metric.Metric, metric.Value);
        return _layers;
    }

    /// <summary>Writes the state of the training and the metrics up to it.</summary>
    /// <remarks>A record that was made only because training stopped is left out, so that the resumed run records what an undisturbed one does.</remarks>
    public void Save(Trainer trainer, Stream stream)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Format);
        trainer.Save(writer);
        MetricRecord[] kept = [.. _metrics.Where(metric => options.IsRecorded(metric.Epoch))];
        writer.Write(kept.Length);
        foreach (MetricRecord metric in kept)
        {
            writer.Write(metric.Epoch);
            writer.Write(metric.Seconds);
            writer.Write(metric.Layer);
            writer.Write(metric.Metric);
            writer.Write(metric.Value);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidInputException">The checkpoint belongs to another run or another version of the program.</exception>
    public void Load(Trainer trainer, Stream stream, string name)
    {
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        int format = InputFile.Guard(name, reader.ReadInt32);
        if (format != Format)
        {
            string problem = $"{name} has the format {format}, expected {Format}; it was written by another version of the program; replace the run (force).";
            throw new InvalidInputException(problem) { Settings = ["force"] };
        }
        _metrics.Clear();
        InputFile.Guard(name, () =>
        {
            trainer.Load(reader);
            int count = reader.ReadInt32();
            if (count is < 0 or > MostMetrics) throw new InvalidDataException($"it says that it holds {count} metrics");
            for (int i = 0; i < count; i++)
                _metrics.Add(new MetricRecord(reader.ReadInt64(), reader.ReadDouble(), reader.ReadInt32(), reader.ReadString(), reader.ReadDouble()));
            return count;
        });
    }

    /// <summary>What measures the layers while the solver evaluates samples in parts; null where features are kept.</summary>
    private static FeaturePass? PassOf(Solver solver, DataSet data, RecordedMetrics recorded)
    {
        if (!solver.Objective.IsInParts || !FeaturePass.IsFor(solver.Network.Specification, data, MeasurementOptions.Recording)) return null;
        FeaturePass pass = CollapseMeasurement.ToRecord(solver.Network, data, recorded);
        solver.Objective.Visitor = pass.Add;
        return pass;
    }
}
