namespace RankCollapse.Collapse.Metrics;

/// <summary>The metrics that say how near the features of a layer are to what Theorem 4.2 or C.2 predicts from the next layer.</summary>
public static class PredictionMetrics
{
    /// <summary>The distance of s(Z^l) from the prediction with C = 1.</summary>
    public static Metric Distance { get; } = new("predictionDistance")
    {
        Heading = "off 4.2",
        Symbol = "‖s − p‖/‖p‖",
        Meaning = "The relative distance of the features' singular values from those that the theorem predicts from the next layer, with C = 1.",
        Format = MetricFormat.Share,
        Topic = MetricTopic.Prediction,
        Main = MetricScopes.Layers,
        OfLayer = layer => layer.Prediction.Distance,
    };

    internal static IReadOnlyList<Metric> All { get; } =
    [
        Distance,
        new("fittedRootOfC")
        {
            Heading = "fitted √C",
            Symbol = "√C",
            Meaning = "The factor that brings the prediction nearest to the singular values.",
            Topic = MetricTopic.Prediction,
            OfLayer = layer => layer.Prediction.FittedRootOfC,
        },
        new("fittedPredictionDistance")
        {
            Heading = "off 4.2, fitted C",
            Symbol = "‖s − √C·p‖/‖√C·p‖",
            Meaning = "The relative distance from the prediction times that factor: of the shape of the spectrum, whatever its size.",
            Format = MetricFormat.Share,
            Topic = MetricTopic.Prediction,
            OfLayer = layer => layer.Prediction.FittedDistance,
        },
        new("relativeIncrement")
        {
            Heading = "increment",
            Symbol = "‖Z′ − Z‖/‖Z′‖",
            Meaning = "How much an inner residual layer changes the features, which Theorem C.2 says is nothing.",
            Topic = MetricTopic.Prediction,
            OfLayer = layer => layer.Prediction.RelativeIncrement,
        },
    ];
}
