using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Collapse.Metrics;

/// <summary>What a network does on samples that it was not trained on; samples pass in parts, so that memory does not grow with their number.</summary>
/// <param name="Loss">The data loss of a test sample in the mean, ½‖f(x) − y‖² or the cross-entropy.</param>
/// <param name="TrainLoss">The same of the training samples.</param>
/// <param name="Accuracy">The share of test samples whose largest output is their class's; null without classes.</param>
/// <param name="TrainAccuracy">The same of the training samples.</param>
/// <param name="Layers">Layers 1 … L.</param>
public sealed record TestMeasurement(double Loss, double TrainLoss, double? Accuracy, double? TrainAccuracy, IReadOnlyList<TestLayer> Layers)
{
    /// <summary>Measures a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="training">The training data, whose class means test features are compared with.</param>
    /// <param name="test">The test data.</param>
    /// <param name="loss">The loss.</param>
    /// <exception cref="InvalidInputException">Features or weights are not finite.</exception>
    public static TestMeasurement Of(Network network, DataSet training, DataSet test, Loss loss)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(test);
        int depth = network.Specification.Depth, outputs = network.Specification.OutputDimension;
        bool hasClasses = training.Labels.Length > 0;
        var sizes = new double[outputs];
        foreach (int label in training.Labels) sizes[label]++;
        Matrix[] means = [.. Enumerable.Range(1, depth).Select(l => new Matrix(outputs, network.Specification.Width(l)))];
        (double trainLoss, double trainHits) = Pass(training, (features, first) =>
        {
            for (int l = 1; hasClasses && l <= depth; l++)
            {
                for (int i = 0; i < features[l].Columns; i++)
                {
                    Span<double> mean = means[l - 1].Row(training.Labels[first + i]);
                    for (int r = 0; r < mean.Length; r++) mean[r] += features[l][r, i];
                }
            }
        });
        foreach (Matrix mean in means)
        {
            for (int k = 0; k < outputs; k++) System.Numerics.Tensors.TensorPrimitives.Divide(mean.Row(k), Math.Max(1, sizes[k]), mean.Row(k));
        }
        var nearest = new double[depth];
        (double testLoss, double hits) = Pass(test, (features, first) =>
        {
            for (int l = 1; hasClasses && l <= depth; l++)
            {
                Matrix points = features[l].Transpose();
                for (int i = 0; i < points.Rows; i++)
                {
                    int best = -1;
                    double least = double.PositiveInfinity;
                    for (int k = 0; k < outputs; k++)
                    {
                        double distance = sizes[k] == 0 ? double.PositiveInfinity : LabelledPoints.SquaredDistance(points.Row(i), means[l - 1].Row(k));
                        if (distance < least) (best, least) = (k, distance);
                    }
                    if (best == test.Labels[first + i]) nearest[l - 1]++;
                }
            }
        });
        double count = test.SampleCount;
        IReadOnlyList<MeasuredLayer> layers = CollapseMeasurement.Measure(network, test, MeasurementOptions.Recording);
        return new TestMeasurement(
            testLoss / count, trainLoss / training.SampleCount, hasClasses ? hits / count : null, hasClasses ? trainHits / training.SampleCount : null,
            [.. layers.Select(layer => new TestLayer(hasClasses ? nearest[layer.Layer - 1] / count : null, layer.TotalClusterVariation?.Upper))]);

        (double Loss, double Hits) Pass(DataSet data, Action<Matrix[], int> visit)
        {
            double sum = 0, right = 0;
            for (int first = 0; first < data.SampleCount; first += SampleParts.Size)
            {
                int samples = Math.Min(SampleParts.Size, data.SampleCount - first);
                Matrix[] features = network.Features(data.Inputs.Block(0, first, data.InputDimension, samples));
                Matrix targets = data.Targets.Block(0, first, outputs, samples), f = features[depth];
                sum += DataTerm.Evaluate(loss, f, targets, 1, new Matrix(outputs, samples), new Matrix(outputs, samples));
                for (int i = 0; hasClasses && i < samples; i++)
                {
                    int largest = 0;
                    for (int k = 1; k < outputs; k++)
                    {
                        if (f[k, i] > f[largest, i]) largest = k;
                    }
                    if (largest == data.Labels[first + i]) right++;
                }
                visit(features, first);
            }
            return (sum, right);
        }
    }
}

/// <summary>What a layer makes of test samples.</summary>
/// <param name="NearestMeanAccuracy">The share of test samples whose nearest class mean of the training features is their own class's; null without
/// classes.</param>
/// <param name="TotalClusterVariation">TCV_K of the test features with their targets, from above; null without classes.</param>
public sealed record TestLayer(double? NearestMeanAccuracy, double? TotalClusterVariation);
