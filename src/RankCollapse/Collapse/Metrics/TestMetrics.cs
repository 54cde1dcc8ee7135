namespace RankCollapse.Collapse.Metrics;

/// <summary>The metrics of samples that a network was not trained on; they exist where a training has test data.</summary>
public static class TestMetrics
{
    /// <summary>The data loss of a test sample.</summary>
    public static Metric Loss { get; } = OfNetwork("testLoss", "test loss", "D/N of test data", MetricFormat.Number, n => n.Test?.Loss,
        "The data loss of a test sample in the mean, ½‖f(x) − y‖² or the cross-entropy, without penalties.");

    /// <summary>The data loss of a training sample.</summary>
    public static Metric TrainLoss { get; } = OfNetwork("trainLoss", "train loss", "D/N", MetricFormat.Number, n => n.Test?.TrainLoss,
        "The data loss of a training sample in the mean, to be compared with that of a test sample.");

    /// <summary>The share of test samples that are classified correctly.</summary>
    public static Metric Accuracy { get; } = OfNetwork("testAccuracy", "test accuracy", "test accuracy", MetricFormat.Share, n => n.Test?.Accuracy,
        "The share of test samples whose largest output is their class's.");

    /// <summary>The share of training samples that are classified correctly.</summary>
    public static Metric TrainAccuracy { get; } = OfNetwork("trainAccuracy", "train accuracy", "train accuracy", MetricFormat.Share, n => n.Test?.TrainAccuracy,
        "The share of training samples whose largest output is their class's: interpolation where it is 1.");

    /// <summary>The first epoch recorded from which on all training samples are classified correctly.</summary>
    public static Metric InterpolationEpoch { get; } = OfNetwork("interpolationEpoch", "interpolation from epoch", "epoch", MetricFormat.Count,
        n => n.InterpolationEpoch,
            "The first recorded epoch from which on all training samples are classified correctly: the terminal phase of training is what "
            + "follows; none where the last record has errors.");

    /// <summary>The share of test samples whose nearest class mean of the training features is their own.</summary>
    public static Metric NearestMeanAccuracy { get; } = OfLayer("testNearestMeanAccuracy", "test nearest mean", "nearest mean of test data",
        MetricFormat.Share, layer => layer.NearestMeanAccuracy,
        "The share of test samples that the nearest class mean of the training features classifies correctly: how far the layer separates classes it "
            + "has to find.");

    /// <summary>TCV_K of the test features.</summary>
    public static Metric TotalClusterVariation { get; } = OfLayer("testTcvUpper", "test TCV ≤", "TCV of test data", MetricFormat.Number,
        layer => layer.TotalClusterVariation,
        "Total cluster variation of the test samples' features, from above: collapse of training features alone leaves it large.");

    /// <summary>Those of whole networks that are recorded.</summary>
    internal static IReadOnlyList<Metric> Recorded { get; } = [Loss, TrainLoss, Accuracy, TrainAccuracy];

    internal static IReadOnlyList<Metric> All { get; } =
        [Loss, TrainLoss, Accuracy, TrainAccuracy, InterpolationEpoch, NearestMeanAccuracy, TotalClusterVariation];

    /// <summary>The numbers of all layers.</summary>
    internal static IEnumerable<LayerMetric> Of(TestMeasurement test)
    {
        for (int l = 1; l <= test.Layers.Count; l++)
        {
            if (test.Layers[l - 1].NearestMeanAccuracy is { } accuracy) yield return new LayerMetric(l, NearestMeanAccuracy.Key, accuracy);
            if (test.Layers[l - 1].TotalClusterVariation is { } variation) yield return new LayerMetric(l, TotalClusterVariation.Key, variation);
        }
    }

    private static Metric OfNetwork(
        string key, string heading, string symbol, MetricFormat format, Func<MeasuredNetwork, double?> number, string meaning) => new(key)
        {
            Heading = heading,
            Symbol = symbol,
            Meaning = meaning,
            Format = format,
            Topic = MetricTopic.Test,
            OfNetwork = network => number(network) ?? double.NaN,
        };

    private static Metric OfLayer(string key, string heading, string symbol, MetricFormat format, Func<TestLayer, double?> number, string meaning) => new(key)
    {
        Heading = heading,
        Symbol = symbol,
        Meaning = meaning,
        Format = format,
        Topic = MetricTopic.Test,
        OfLayer = layer => layer.Test is { } test ? number(test.Layers[layer.Layer - 1]) : default(MetricValue),
    };
}
