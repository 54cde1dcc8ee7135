using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Collapse.Metrics;

/// <summary>One number of one layer.</summary>
/// <param name="Layer">l, from 1.</param>
/// <param name="Metric">The key of a metric of <see cref="MetricTable"/>.</param>
/// <param name="Value">The value.</param>
public readonly record struct LayerMetric(int Layer, string Metric, double Value);

/// <summary>Measures collapse and rank in every layer of a network.</summary>
public static class CollapseMeasurement
{
    /// <summary>All that is measured in layers 1 … L.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data; its inputs go through the network.</param>
    /// <param name="options">What to measure.</param>
    /// <exception cref="ShapeMismatchException">The data do not fit the network.</exception>
    /// <exception cref="InvalidInputException">Features or weights are not finite.</exception>
    public static IReadOnlyList<MeasuredLayer> Measure(Network network, DataSet data, MeasurementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        RequireFit(network, data);
        return FeaturePass.IsFor(network.Specification, data, options)
            ? new FeaturePass(network, data, options ?? new MeasurementOptions(), hasOrigins: true).Layers()
            : [.. Layers(network, data, network.Features(data.Inputs), options)];
    }

    /// <summary>The reasons of all layers, keyed as a run's summary wants them: <c>layers[2].tcvUpper</c> is of layer 2.</summary>
    public static IReadOnlyDictionary<string, string> Reasons(IEnumerable<MeasuredLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return layers
            .SelectMany(layer => layer.Reasons.Select(reason => (Key: $"layers[{layer.Layer}].{reason.Key}", reason.Value)))
            .ToDictionary(entry => entry.Key, entry => entry.Value);
    }

    /// <summary>The numbers of layers that are recorded while training; those that do not exist are left out.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="features">Z^0 … Z^L where they are known already; otherwise they are computed.</param>
    /// <param name="recorded">What is measured; null takes all that is cheap.</param>
    /// <exception cref="ShapeMismatchException">The data do not fit the network.</exception>
    /// <exception cref="InvalidInputException">Features or weights are not finite.</exception>
    public static IReadOnlyList<LayerMetric> Record(Network network, DataSet data, IReadOnlyList<Matrix>? features = null, RecordedMetrics? recorded = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        RequireFit(network, data);
        recorded ??= RecordedMetrics.Parse(RecordedMetrics.All);
        return FeaturePass.IsFor(network.Specification, data, MeasurementOptions.Recording)
            ? Record(ToRecord(network, data, recorded).Layers(), recorded)
            : [.. Layers(network, data, features ?? network.Features(data.Inputs), MeasurementOptions.Recording).SelectMany(layer => Numbers(layer, recorded))];
    }

    /// <summary>The pass that <see cref="Record(IReadOnlyList{MeasuredLayer}, RecordedMetrics)"/> needs.</summary>
    internal static FeaturePass ToRecord(Network network, DataSet data, RecordedMetrics recorded) =>
        new(network, data, MeasurementOptions.Recording, recorded.NeedsOrigins);

    /// <summary>The numbers of layers of a pass; layers on all threads of products.</summary>
    internal static IReadOnlyList<LayerMetric> Record(IReadOnlyList<MeasuredLayer> layers, RecordedMetrics recorded)
    {
        int threads = Product.MaxThreads;
        LayerMetric[][] numbers = new LayerMetric[layers.Count][];
        Parallel.For(0, layers.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            Product.MaxThreads = 1;
            numbers[i] = [.. Numbers(layers[i], recorded)];
        });
        Product.MaxThreads = threads;
        return [.. numbers.SelectMany(ofLayer => ofLayer)];
    }

    private static IEnumerable<LayerMetric> Numbers(MeasuredLayer layer, RecordedMetrics recorded)
    {
        foreach (Metric metric in recorded.Layers)
        {
            if (RecordedMetrics.Number(metric, layer) is { } number) yield return new LayerMetric(layer.Layer, metric.Key, number);
        }
    }

    /// <summary>
    /// The features of the last hidden layer, for NC1 to NC4, or NRC1 to NRC3 of data without classes; null with a reason where these do not exist.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="reason">Why there is no result, or null.</param>
    public static MeasuredFeatures? LastHiddenLayer(Network network, DataSet data, out string? reason)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        RequireFit(network, data);
        Matrix last = network.Weights(network.Specification.Depth);
        reason = null;
        if (Partition.OfClasses(data) is not { } classes) return MeasuredFeatures.OfRegression(network.Features(data.Inputs)[^2], data.Targets, last);
        reason = classes.ClusterCount < 2 ? "The data have only one class."
            : classes.NonEmptyCount < classes.ClusterCount ? "A class has no samples."
            : null;
        if (reason is not null) return null;
        if (network.Specification.Depth > 1 && FeaturePass.IsFor(network.Specification, data, null))
            return new FeaturePass(network, data, MeasurementOptions.Recording, hasOrigins: false).Layers()[^2].FeaturesOfClasses;
        Matrix[] features = network.Features(data.Inputs);
        return MeasuredFeatures.OfLastHiddenLayer(features[^2], last, features[^1], classes);
    }

    /// <summary>Every class at the input of the last layer; empty for data without classes.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <exception cref="ShapeMismatchException">The data do not fit the network.</exception>
    public static IReadOnlyList<MeasuredClass> Classes(Network network, DataSet data)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        RequireFit(network, data);
        return Partition.OfClasses(data) is { } classes ? MeasuredClass.Of(network, data, classes) : [];
    }

    private static IEnumerable<MeasuredLayer> Layers(Network network, DataSet data, IReadOnlyList<Matrix> features, MeasurementOptions? options) =>
        Enumerable.Range(1, network.Specification.Depth).Select(l => new MeasuredLayer(network, data, l, features, options));

    private static void RequireFit(Network network, DataSet data)
    {
        NetworkSpecification specification = network.Specification;
        if (specification.InputDimension != data.InputDimension || specification.OutputDimension != data.OutputDimension)
        {
            throw new ShapeMismatchException(
                $"The network maps {specification.InputDimension} inputs to {specification.OutputDimension} outputs, "
                + $"but data set {data.Name} has {data.InputDimension} and {data.OutputDimension}.");
        }
    }
}
