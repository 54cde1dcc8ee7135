using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Running;

namespace RankCollapse.Models.Features;

/// <summary>
/// Measures collapse in every tensor of a model, in one pass over the data and a second one for nearest class means where not all samples are kept.
/// </summary>
internal sealed class FeatureMeasurement
{
    private readonly IFeatureSource _source;
    private readonly FeatureOptions _options;
    private readonly ClassLabels _labels;
    private readonly List<SkippedItem> _skipped;
    private readonly List<FeatureAccumulator> _accumulators = [];
    private readonly int[] _subsample;
    private readonly int _batchSize;
    private readonly Prediction? _prediction;
    private readonly string? _whyNoPrediction;
    private readonly int[] _predictions;
    private int[] _asked = [];

    private FeatureMeasurement(IFeatureSource source, FeatureOptions options)
    {
        _source = source;
        _options = options;
        _labels = new ClassLabels(source.Labels, source.SampleCount);
        _skipped = [.. source.Skipped];
        _subsample = _labels.Subsample(Math.Max(options.Subsample, 2 * _labels.Count), options.Seed);
        _batchSize = Math.Max(1, Math.Min(options.BatchSize, source.SampleCount));
        if (!_labels.HasLabels) _whyNoPrediction = "The data have no labels.";
        else if (source.Output is null) _whyNoPrediction = source.WhyNoOutput;
        else _prediction = Prediction.Of(options.Task, source.Output.Shape, source.IsOutputProbability, _labels.Labels, out _whyNoPrediction);
        _predictions = _prediction is null ? [] : new int[source.SampleCount];
        Allocate();
    }

    /// <summary>Measures a model.</summary>
    /// <param name="source">The model and its data.</param>
    /// <param name="options">How to measure.</param>
    /// <param name="outOfDistribution">The same model on other data, for NC5; null leaves it out.</param>
    /// <param name="progress">Is told what goes on, for a line on the terminal.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="InvalidInputException">The model cannot be run on the data, or memory does not suffice.</exception>
    public static FeatureReport Measure(
        IFeatureSource source, FeatureOptions options, IFeatureSource? outOfDistribution = null, Action<string>? progress = null,
            CancellationToken cancellation = default)
    {
        var measurement = new FeatureMeasurement(source, options);
        progress?.Invoke($"{source.SampleCount} samples through {source.Name}, {measurement._accumulators.Count} tensors");
        measurement.Accumulate(cancellation);
        NearestMeans?[] nearest = measurement.CompareNearestMeans(progress, cancellation);
        RegressionCollapse?[] regression = measurement.CompareTargets(progress, cancellation);
        double[]?[] otherMeans = measurement.OtherMeans(outOfDistribution, progress, cancellation);
        progress?.Invoke("measuring");
        return measurement.Report(nearest, regression, otherMeans, cancellation);
    }

    private void Allocate()
    {
        double bytes = 0;
        foreach (FeatureTensor tensor in _source.Tensors)
        {
            if (!IsAsked(tensor)) continue;
            if (FeatureReduction.Choose(tensor.Shape, _options, _labels.Count) is not { } reduction)
            {
                _skipped.Add(new SkippedItem(tensor.Name, $"{tensor.Dimension} features, more than {_options.MaxDimension}, and wide ones are to be skipped"));
                continue;
            }
            bytes += FeatureAccumulator.Bytes(reduction, _labels.Count, _subsample.Length, _source.BatchSize(tensor, _batchSize));
            MemoryBudget.Require(
                bytes, $"Measuring the features of {_source.Name}", "name fewer tensors, lower the largest dimension or the subsample, or skip wide features");
            _accumulators.Add(new FeatureAccumulator(tensor, reduction, _labels, _subsample));
        }
        if (_accumulators.Count == 0)
            throw new InvalidInputException(_options.Names is { } asked
                ? $"No tensor of {_source.Name} has a name with {string.Join(" or ", asked)}; near are "
                    + $"{string.Join(", ", _source.Tensors.Take(5).Select(t => ErrorText.Printable(t.Name)))}."
                : $"{_source.Name} has no tensor that holds features for each sample.");
    }

    private bool IsAsked(FeatureTensor tensor) => _options.Names is { } names
        ? names.Any(name => tensor.Name.Contains(name) || tensor.Layer?.Contains(name) == true)
        : _options.HasAllTensors || tensor.EndsLayer || tensor.Name == _source.Output?.Name || tensor.Name == _source.Classifier?.Features;

    private void Accumulate(CancellationToken cancellation)
    {
        var tensors = _accumulators.ConvertAll(accumulator => accumulator.Tensor);
        int output = _predictions.Length == 0 ? -1 : tensors.FindIndex(tensor => tensor.Name == _source.Output!.Name);
        if (_predictions.Length > 0 && output < 0)
        {
            output = tensors.Count;
            tensors.Add(_source.Output!);
        }
        _asked = ClassNumbers();
        _source.Run(tensors, _batchSize, (tensor, first, rows) =>
        {
            if (tensor == output) Predict(first, rows);
            if (tensor < _accumulators.Count) _accumulators[tensor].Add(first, rows);
        }, cancellation);
    }

    /// <summary>The class of each label that the model may predict; −1 where no sample has it.</summary>
    private int[] ClassNumbers()
    {
        if (_prediction is null) return [];
        var numbers = new int[Math.Max(_source.Output!.Dimension, _labels.Labels[^1] + 1)];
        Array.Fill(numbers, -1);
        for (int k = 0; k < _labels.Count; k++)
        {
            if (_labels.Labels[k] >= 0) numbers[_labels.Labels[k]] = k;
        }
        return numbers;
    }

    private void Predict(int first, Matrix rows)
    {
        for (int i = 0; i < rows.Rows; i++) _predictions[first + i] = _asked[_prediction!.Label(rows.Row(i))];
    }

    private NearestMeans?[] CompareNearestMeans(Action<string>? progress, CancellationToken cancellation)
    {
        var nearest = new NearestMeans?[_accumulators.Count];
        if (_labels.Count < 2) return nearest;
        for (int t = 0; t < nearest.Length; t++)
        {
            if (_accumulators[t].Failure is null) nearest[t] = new NearestMeans(new ClassMeanGeometry(_accumulators[t].Moments.Means));
        }
        if (_subsample.Length == _source.SampleCount)
        {
            for (int t = 0; t < nearest.Length; t++) nearest[t]?.Add(_accumulators[t].Kept, _labels.Classes, _predictions);
            return nearest;
        }
        progress?.Invoke("once more, for nearest class means");
        RunAgain([.. Enumerable.Range(0, nearest.Length).Where(t => nearest[t] is not null)], (t, first, rows) =>
        {
            ReadOnlySpan<int> predictions = _predictions.Length == 0 ? [] : _predictions.AsSpan(first, rows.Rows);
            nearest[t]!.Add(rows, _labels.Classes.Slice(first, rows.Rows), predictions);
        }, cancellation);
        return nearest;
    }

    /// <summary>NRC1 to NRC3, where samples have real targets.</summary>
    private RegressionCollapse?[] CompareTargets(Action<string>? progress, CancellationToken cancellation)
    {
        var collapse = new RegressionCollapse?[_accumulators.Count];
        if (_source.Targets is not { } targets) return collapse;
        for (int t = 0; t < collapse.Length; t++)
        {
            if (_accumulators[t] is not { Failure: null } measured) continue;
            (Matrix? weights, _) = TensorMeasurement.ClassifierOf(measured, targets.Columns, _source);
            collapse[t] = new RegressionCollapse(measured.Moments.Means.Row(0), measured.Moments.Scatter, targets, weights);
        }
        if (_subsample.Length == _source.SampleCount)
        {
            for (int t = 0; t < collapse.Length; t++) collapse[t]?.Add(_accumulators[t].Kept);
            return collapse;
        }
        progress?.Invoke("once more, for the subspaces of the targets");
        RunAgain([.. Enumerable.Range(0, collapse.Length).Where(t => collapse[t] is not null)], (t, _, rows) => collapse[t]!.Add(rows), cancellation);
        return collapse;
    }

    /// <summary>Runs the samples once more, through these accumulators' tensors.</summary>
    private void RunAgain(int[] measured, FeatureVisitor visit, CancellationToken cancellation) => _source.Run(
        [.. measured.Select(t => _accumulators[t].Tensor)], _batchSize,
        (tensor, first, rows) => visit(measured[tensor], first, _accumulators[measured[tensor]].Reduce(rows)), cancellation);

    /// <summary>The mean of each tensor's features on other data.</summary>
    private double[]?[] OtherMeans(IFeatureSource? other, Action<string>? progress, CancellationToken cancellation)
    {
        var means = new double[]?[_accumulators.Count];
        if (other is null) return means;
        progress?.Invoke($"{other.SampleCount} samples of other data, for NC5");
        var sums = _accumulators.ConvertAll(a => new RunningMean(a.Reduction.ReducedDimension));
        other.Run(_accumulators.ConvertAll(a => a.Tensor), Math.Min(_batchSize, other.SampleCount), (tensor, _, rows) =>
            sums[tensor].Add(_accumulators[tensor].Reduce(rows)), cancellation);
        for (int t = 0; t < means.Length; t++) means[t] = sums[t].Mean;
        return means;
    }

    private FeatureReport Report(NearestMeans?[] nearest, RegressionCollapse?[] regression, double[]?[] otherMeans, CancellationToken cancellation)
    {
        var layers = new List<FeatureMetrics>();
        for (int t = 0; t < _accumulators.Count; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            FeatureAccumulator accumulator = _accumulators[t];
            if (accumulator.Failure is { } failure) _skipped.Add(new SkippedItem(accumulator.Tensor.Name, failure));
            else layers.Add(
                TensorMeasurement.Measure(accumulator, _labels, _subsample, _options, _source, nearest[t], regression[t], _whyNoPrediction, otherMeans[t]));
        }
        double? accuracy = null;
        if (_predictions.Length > 0)
        {
            int hits = 0;
            for (int i = 0; i < _predictions.Length; i++) hits += _predictions[i] == _labels.Classes[i] ? 1 : 0;
            accuracy = (double)hits / _predictions.Length;
        }
        return new FeatureReport(_source.Name, layers, _skipped, _source.SampleCount, _labels.HasLabels ? _labels.Labels : [], _subsample.Length,
            _predictions.Length > 0 ? _source.Output!.Name : null, accuracy, _source.Classifier?.WeightsName)
        {
            AccuracyReason = _whyNoPrediction,
            SingletonCount = _labels.HasLabels && _labels.Count > 1 && _accumulators.Find(a => a.Failure is null) is { } any
                ? any.Moments.Counts.Count(count => count == 1) : 0,
            TargetCount = _source.Targets?.Columns,
        };
    }
}
