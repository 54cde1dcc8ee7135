using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Collapse.Metrics;

/// <summary>One class at the input of the last layer of a run, of which the metrics of classes are computed.</summary>
public sealed class MeasuredClass
{
    private readonly Matrix _classifier;

    private MeasuredClass(int label, int count, double accuracy, double variation, double[] mean, Matrix classifier)
    {
        (Class, SampleCount, Accuracy, Variation, Mean, _classifier) = (label, count, accuracy, variation, mean, classifier);
    }

    /// <summary>k, from 0.</summary>
    public int Class { get; }

    /// <summary>N_k.</summary>
    public int SampleCount { get; }

    /// <summary>The share of the class's samples whose largest output is their class's; of none, NaN.</summary>
    public double Accuracy { get; }

    /// <summary>(1/N_k)·Σ‖z_i − z̄_k‖²; of no samples, NaN.</summary>
    public double Variation { get; }

    /// <summary>z̄_k, length n.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>‖z̄_k‖.</summary>
    public double MeanNorm => Reduction.Norm([.. Mean]);

    /// <summary>‖w_k‖, the norm of the class's row of W_L.</summary>
    public double WeightNorm => Reduction.Norm(_classifier.Row(Class));

    /// <summary>cos(z̄_k, w_k); null where one of both is 0.</summary>
    public double? Alignment => Cosine([.. Mean], _classifier.Row(Class));

    /// <summary>The largest cosine of w_k with the row of another class; null where there is none, or rows are 0.</summary>
    public double? NearestWeightCosine
    {
        get
        {
            double? largest = null;
            for (int k = 0; k < _classifier.Rows; k++)
            {
                if (k != Class && Cosine(_classifier.Row(Class), _classifier.Row(k)) is { } cosine && !(cosine <= largest)) largest = cosine;
            }
            return largest;
        }
    }

    /// <summary>Measures all classes, a part of the samples at a time.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="classes">Their classes.</param>
    internal static IReadOnlyList<MeasuredClass> Of(Network network, DataSet data, Partition classes)
    {
        int depth = network.Specification.Depth, count = classes.ClusterCount;
        var moments = new ClassScatter(count, network.Specification.Width(depth - 1));
        var right = new double[count];
        for (int first = 0; first < data.SampleCount; first += SampleParts.Size)
        {
            int samples = Math.Min(SampleParts.Size, data.SampleCount - first);
            Matrix[] features = network.Features(data.Inputs.Block(0, first, data.InputDimension, samples));
            ReadOnlySpan<int> own = classes.Clusters.Slice(first, samples);
            moments.Add(features[depth - 1].Transpose(), own);
            for (int i = 0; i < samples; i++)
            {
                int largest = 0;
                for (int k = 1; k < count; k++)
                {
                    if (features[depth][k, i] > features[depth][largest, i]) largest = k;
                }
                if (largest == own[i]) right[own[i]]++;
            }
        }
        return [.. Enumerable.Range(0, count).Select(k => new MeasuredClass(
            k, classes.Sizes[k], right[k] / classes.Sizes[k], classes.Sizes[k] == 0 ? double.NaN : moments.Variations[k] / classes.Sizes[k],
            [.. moments.Means.Row(k)], network.Weights(depth)))];
    }

    private static double? Cosine(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double product = Reduction.Norm(a) * Reduction.Norm(b);
        return product > 0 ? Reduction.Dot(a, b) / product : null;
    }
}
