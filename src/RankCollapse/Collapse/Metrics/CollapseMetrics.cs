namespace RankCollapse.Collapse.Metrics;

/// <summary>The metrics that say how near features are to one point for each class, DNC1.</summary>
public static class CollapseMetrics
{
    /// <summary>Why a metric of classes does not exist.</summary>
    public const string NoClasses = "The data have no classes.";
    private const string NoClusters = "The data have no classes, and no number of clusters K was given.";

    /// <summary>WCSS_l (6) of the partition into classes.</summary>
    public static Metric WcssOfClasses { get; } = new("wcssOfClasses")
    {
        Heading = "WCSS of classes",
        Symbol = "WCSS",
        Meaning = "The variation around the class means, which TCV does not exceed; it grows with the square of the features' scale.",
        Topic = MetricTopic.Collapse,
        Cost = MetricCost.RecordedWithCollapse,
        OfLayer = layer => layer.WcssOfClasses is { } wcss ? wcss : MetricValue.Missing(NoClasses),
    };

    /// <summary>Upper end of the interval for TCV_{K,l} (7).</summary>
    public static Metric TcvUpper { get; } = new("tcvUpper")
    {
        Heading = "TCV ≤",
        Symbol = "TCV",
        Meaning =
            "Total cluster variation with K clusters, labels included, from above: 0 says that K points carry all features; it grows with the square of the "
            + "features' scale.",
        Topic = MetricTopic.Collapse,
        Cost = MetricCost.RecordedWithCollapse,
        Main = MetricScopes.Layers | MetricScopes.Features,
        OfLayer = layer => layer.TotalClusterVariation?.Upper ?? MetricValue.Missing(NoClusters),
        OfFeatures = features => features.TotalClusterVariation?.Upper ?? MetricValue.Missing(NoClasses),
    };

    /// <summary>Lower end of the interval for TCV_{K,l} (7).</summary>
    public static Metric TcvLower { get; } = new("tcvLower")
    {
        Heading = "TCV ≥",
        Priority = 3,
        Symbol = "TCV, lower bound",
        Meaning = "A number that TCV is not below; equal to the one from above, it proves that no better clusters exist.",
        Topic = MetricTopic.Collapse,
        Cost = MetricCost.RecordedWithCollapse,
        Main = MetricScopes.Layers,
        OfLayer = layer => layer.TotalClusterVariation?.Lower ?? MetricValue.Missing(NoClusters),
        OfFeatures = features => features.TotalClusterVariation?.Lower ?? MetricValue.Missing(NoClasses),
    };

    /// <summary>The share of the features' variation that is inside classes, of which <see cref="CollapseVerdict"/> judges.</summary>
    public static Metric RelativeVariation { get; } = new("relativeVariation")
    {
        Heading = "within/total",
        Symbol = "within/total variation",
        Meaning = "The share of the features' variation that is inside classes: 0 is collapse (DNC1); it does not tell where the class means lie.",
        Topic = MetricTopic.Collapse,
        Main = MetricScopes.Layers | MetricScopes.Features,
        OfLayer = layer => layer.Verdict?.RelativeVariation ?? MetricValue.Missing(NoClasses),
        OfFeatures = features => features.Geometry is null ? MetricValue.Missing(features.WhyNoClasses)
            : features.TotalVariation > 0 ? features.WithinVariation / features.TotalVariation
            : (double?)null,
    };

    internal static IReadOnlyList<Metric> All { get; } =
    [
        WcssOfClasses,
        TcvUpper,
        TcvLower,
        RelativeVariation,
        new("blockDeviation")
        {
            Heading = "off block G",
            Symbol = "‖G − B‖/‖G‖",
            Meaning = "The share of the Gram matrix ZᵀZ that is not constant over blocks of classes, in [0, 1]; large common means make it small.",
            Topic = MetricTopic.Collapse,
            Main = MetricScopes.Features,
            OfLayer = layer => layer.BlockStructure?.RelativeDeviation ?? MetricValue.Missing(NoClasses),
            OfFeatures = features => features.Geometry is null ? MetricValue.Missing(features.WhyNoClasses) : features.BlockDeviation,
        },
        new("preimageBlockDeviation")
        {
            Heading = "off block σ⁻¹",
            Symbol = "‖G − B‖/‖G‖ of σ⁻¹(Z)",
            Meaning = "The same for what the activation was applied to, where it has an inverse and the layer no skip.",
            Topic = MetricTopic.Collapse,
            OfLayer = layer => layer.PreimageBlockStructure?.RelativeDeviation,
        },
        new("withinVariation")
        {
            Heading = "within",
            Symbol = "tr Σ_W",
            Meaning = "tr Σ_W, the mean squared distance to the class mean, in the features' own units.",
            Topic = MetricTopic.Collapse,
            OfFeatures = features => features.WithinVariation,
        },
        new("betweenVariation")
        {
            Heading = "between",
            Symbol = "tr Σ_B",
            Meaning = "The mean squared distance of class means from the mean of all, weighted by class sizes.",
            Topic = MetricTopic.Collapse,
            OfFeatures = features => features.BetweenVariation,
        },
    ];
}
