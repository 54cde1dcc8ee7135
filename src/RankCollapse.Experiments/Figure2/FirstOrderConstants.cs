using RankCollapse.Collapse;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Figure2;

/// <summary>
/// √C of every intermediate layer while a first-order method trains, at epochs that are spread evenly in the logarithm: how far a start with orthogonal
/// weights, where C = 1, is left.
/// </summary>
/// <param name="last">The last epoch.</param>
internal sealed class FirstOrderConstants(long last) : TrialRecorder
{
    private const string Name = "first-order-constants";

    /// <summary>The matrix in the recording: a row for each record; epoch, √C_1 … √C_{L−1}, the relative distances from C = 1, J, data loss.</summary>
    private const string TensorName = "constants";

    private const int RecordsPerDecade = 6;

    private readonly HashSet<long> _recorded = [.. Records(last)];
    private readonly List<double[]> _rows = [];
    private NetworkSpecification? _specification;

    /// <summary>What is recorded of the first-order training alone.</summary>
    public static TrialRecording Recording { get; } = new(
        Name, configuration => configuration.Solver == "gauss-newton" ? null : new FirstOrderConstants(configuration.MaxEpochs));

    /// <summary>Reads what was recorded.</summary>
    public static Matrix Of(TrialResult result)
    {
        using SafetensorsFile recording = result.OpenRecording(Name);
        return recording.ReadMatrix(TensorName);
    }

    /// <inheritdoc/>
    public override void Start(TrainingRunStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        _specification = start.Specification;
    }

    /// <inheritdoc/>
    public override void Record(TrainingRecord record)
    {
        // The start is no step.
        if (record.State.Epoch == 0) Step(record.State, record.Features);
    }

    /// <inheritdoc/>
    public override void Step(TrainingState state, IReadOnlyList<Matrix> features)
    {
        if (_recorded.Contains(state.Epoch)) _rows.Add(Row(state, features));
    }

    /// <inheritdoc/>
    public override void Write(SafetensorsWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Add(TensorName, Matrix.FromEntries(_rows.Count, _rows[0].Length, (i, j) => _rows[i][j]));
    }

    private double[] Row(TrainingState state, IReadOnlyList<Matrix> features)
    {
        var roots = new double[LayerSpectra.Depth - 1];
        var distances = new double[LayerSpectra.Depth - 1];
        foreach (int l in LayerSpectra.Intermediate)
        {
            double[] found = SingularValueDecomposition.SingularValues(features[l]);
            PredictedSingularValues prediction = PredictedSingularValues.Predict(_specification!, features, l, found);
            double[] predicted = prediction.Values is { } values ? [.. values] : [];
            roots[l - 1] = LayerSpectra.FittedRoot(found, predicted);
            distances[l - 1] = FigureNumbers.RelativeDistance(found, predicted, LayerSpectra.Classes);
        }
        return [state.Epoch, .. roots, .. distances, state.Value.Total, state.Value.DataLoss];
    }

    private static IEnumerable<long> Records(long last)
    {
        yield return 0;
        for (int i = 0; ; i++)
        {
            long epoch = (long)Math.Round(Elementary.Exp(Elementary.Log(10) * i / RecordsPerDecade));
            if (epoch >= last) break;
            yield return epoch;
        }
        yield return last;
    }
}
