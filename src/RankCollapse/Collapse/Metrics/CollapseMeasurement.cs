using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Collapse.Metrics;

/// <summary>One number of one layer.</summary>
/// <param name="Layer">l, from 1.</param>
/// <param name="Metric">One of <see cref="MetricNames"/>.</param>
/// <param name="Value">The value.</param>
public readonly record struct LayerMetric(int Layer, string Metric, double Value);

/// <summary>Measures collapse and rank in every layer of a network.</summary>
public static class CollapseMeasurement
{
    /// <summary>The summaries of layers 1 … L, for a finished run.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data; its inputs go through the network.</param>
    /// <param name="options">What to measure.</param>
    /// <exception cref="ShapeMismatchException">The data do not fit the network.</exception>
    /// <exception cref="InvalidInputException">Features or weights are not finite.</exception>
    public static IReadOnlyList<LayerSummary> Measure(Network network, DataSet data, MeasurementOptions? options = null) =>
        [.. MeasureLayers(network, data, options).Select(layer => layer.Summary)];

    /// <summary>All that is measured in layers 1 … L.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data; its inputs go through the network.</param>
    /// <param name="options">What to measure.</param>
    /// <exception cref="ShapeMismatchException">The data do not fit the network.</exception>
    /// <exception cref="InvalidInputException">Features or weights are not finite.</exception>
    public static IReadOnlyList<LayerMetrics> MeasureLayers(Network network, DataSet data, MeasurementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        RequireFit(network, data);
        Matrix[] features = network.Features(data.Inputs);
        return [.. Enumerable.Range(1, network.Specification.Depth).Select(l => LayerMetrics.Measure(network, data, l, features, options))];
    }

    /// <summary>The reasons of all layers, keyed as a run's summary wants them: <c>layers[2].tcvUpper</c> is of layer 2.</summary>
    public static IReadOnlyDictionary<string, string> Reasons(IEnumerable<LayerMetrics> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return layers
            .SelectMany(layer => layer.Reasons.Select(reason => (Key: $"layers[{layer.Summary.Layer}].{reason.Key}", reason.Value)))
            .ToDictionary(entry => entry.Key, entry => entry.Value);
    }

    /// <summary>The cheaper numbers, for recording while training; those that do not exist are left out.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="features">Z^0 … Z^L where they are known already; otherwise they are computed.</param>
    /// <exception cref="ShapeMismatchException">The data do not fit the network.</exception>
    /// <exception cref="InvalidInputException">Features or weights are not finite.</exception>
    public static IReadOnlyList<LayerMetric> Record(Network network, DataSet data, IReadOnlyList<Matrix>? features = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        RequireFit(network, data);
        features ??= network.Features(data.Inputs);
        Partition? classes = Partition.OfClasses(data);
        var metrics = new List<LayerMetric>();
        for (int l = 1; l <= network.Specification.Depth; l++)
        {
            Matrix values = features[l];
            if (classes is not null) AddVariation(metrics, l, values, data, classes);
            var weights = SpectralSummary.Of(network.Weights(l));
            var spectrum = SpectralSummary.Of(values);
            metrics.Add(new(l, MetricNames.WeightNumericalRank, weights.NumericalRank()));
            metrics.Add(new(l, MetricNames.FeatureNumericalRank, spectrum.NumericalRank()));
            metrics.Add(new(l, MetricNames.WeightNorm, TensorPrimitives.Norm<double>(network.Weights(l).AsSpan())));
            metrics.Add(new(l, MetricNames.FeatureNorm, TensorPrimitives.Norm<double>(values.AsSpan())));
            metrics.Add(new(l, MetricNames.WeightSpectralNorm, weights.SpectralNorm));
            metrics.Add(new(l, MetricNames.FeatureSpectralNorm, spectrum.SpectralNorm));
            if (classes is not null && weights.TailEnergy(classes.ClusterCount) is { } tail) metrics.Add(new(l, MetricNames.WeightTailEnergy, tail));
        }
        return metrics;
    }

    /// <summary>TCV, WCSS of the classes and the numerical rank of the features alone. It takes about two thirds of the time of <see cref="Record"/>, because no weights are decomposed.</summary>
    /// <param name="data">The data.</param>
    /// <param name="features">Z^0 … Z^L.</param>
    /// <exception cref="InvalidInputException">Features are not finite.</exception>
    public static IReadOnlyList<LayerMetric> RecordCollapse(DataSet data, IReadOnlyList<Matrix> features)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(features);
        Partition? classes = Partition.OfClasses(data);
        var metrics = new List<LayerMetric>();
        for (int l = 1; l < features.Count; l++)
        {
            if (classes is not null) AddVariation(metrics, l, features[l], data, classes);
            metrics.Add(new(l, MetricNames.FeatureNumericalRank, NumericalRank.Of(features[l])));
        }
        return metrics;
    }

    /// <summary>NC1 to NC4 at the last hidden layer; null with a reason where they do not exist.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="reason">Why there is no result, or null.</param>
    public static LastLayerCollapse? MeasureLastLayer(Network network, DataSet data, out string? reason)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        RequireFit(network, data);
        Partition? classes = Partition.OfClasses(data);
        reason = classes is null ? "The data have no classes."
            : classes.ClusterCount < 2 ? "The data have only one class."
            : classes.NonEmptyCount < classes.ClusterCount ? "A class has no samples."
            : null;
        if (reason is not null) return null;
        Matrix[] features = network.Features(data.Inputs);
        return LastLayerCollapse.Measure(features[^2], network.Weights(network.Specification.Depth), features[^1], classes!);
    }

    private static void AddVariation(List<LayerMetric> metrics, int layer, Matrix features, DataSet data, Partition classes)
    {
        var variation = TotalClusterVariation.Compute(features, data.Targets, classes.ClusterCount, classes, TotalClusterVariationOptions.Fast);
        metrics.Add(new(layer, MetricNames.WcssOfClasses, WithinClusterSumOfSquares.Of(features, data.Targets, classes)));
        metrics.Add(new(layer, MetricNames.TcvUpper, variation.Upper));
        metrics.Add(new(layer, MetricNames.TcvLower, variation.Lower));
    }

    private static void RequireFit(Network network, DataSet data)
    {
        NetworkSpecification specification = network.Specification;
        if (specification.InputDimension != data.InputDimension || specification.OutputDimension != data.OutputDimension)
            throw new ShapeMismatchException($"The network maps {specification.InputDimension} inputs to {specification.OutputDimension} outputs, but data set {data.Name} has {data.InputDimension} and {data.OutputDimension}.");
    }
}
