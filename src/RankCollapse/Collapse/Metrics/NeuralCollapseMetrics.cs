using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse.Metrics;

/// <summary>
/// NC1 to NC5 (Papyan, Han and Donoho 2020; Ammar et al. 2024), of the features of any layer and the classifier that follows; each is 0 at full collapse.
/// NC2 and NC3 also against orthogonal frames, which take the place of the simplex where features are not centred by a bias.
/// </summary>
public static class NeuralCollapseMetrics
{
    /// <summary>The mean of |cos(z̄_k, z̄_o)|, the one metric that needs other data.</summary>
    public static Metric OutOfDistributionCosine { get; } = OfMeans("nc5OutOfDistributionCosine", "NC5", "NC5", true, (g, f) => f.OutOfDistributionCosine(g),
        "How far class means are from orthogonal to the mean of the other data: 0 is orthogonal; single samples do not count.");

    /// <summary>D = Tr(SSW·SSB⁺) of He and Su (2023), which falls by one factor from layer to layer.</summary>
    public static Metric SeparationFuzziness { get; } = OfMeans(
        "separationFuzziness", "separation D", "Tr(SSW·SSB⁺)", true, (g, f) => f.SeparationFuzziness(g),
        "How much of the samples' spread hides the classes, each class with its share of the samples: its logarithm falls along a line from layer to layer "
            + "in trained networks; what it is small enough for it does not say.");

    /// <summary>The share of samples whose nearest class mean is their own class's, by which effective depth is judged.</summary>
    public static Metric NearestMeanAccuracy { get; } = new("nearestMeanAccuracy")
    {
        Heading = "nearest-mean accuracy",
        Priority = 2,
        Symbol = "nearest-mean accuracy",
        Meaning = "The share of samples that the nearest class mean classifies correctly, on the very data that the means are of.",
        Topic = MetricTopic.NeuralCollapse,
        Main = MetricScopes.Features,
        OfFeatures = f => f.NearestMeanAccuracy,
    };

    internal static IReadOnlyList<Metric> All { get; } =
    [
        OfMeans("nc1WithinClassVariability", "NC1", "tr(Σ_W Σ_B⁺)/K", true, (g, f) => g.Variability(f.DirectionalVariances),
            "Within-class variation measured in units of the distances between class means: small is collapsed; directions in which the means do not differ "
                + "are left out."),
        OfMeans("nc1Truncated", "NC1 truncated", "tr(Σ_W Σ_B⁻)/K", false, (g, f) => g.Variability(f.DirectionalVariances, g.Means.Rows - 1),
            "The same with exactly K − 1 directions; it differs only where class means depend linearly on each other."),
        OfMeans("nc1Quotient", "NC1 quotient", "tr Σ_W/tr Σ_B", true, (g, f) => g.BetweenTrace > 0 ? f.WithinVariation / g.BetweenTrace : null,
            "Within- over between-class variation in all directions together; it may be small although two classes overlap."),
        OfMeans("nc1ClassDistanceNormalizedVariance", "CDNV", "CDNV", true, (g, f) => f.ClassDistanceNormalizedVariance(g),
            "Within-class variance over squared distance, averaged over pairs of classes: one overlapping pair can dominate it."),
        SeparationFuzziness,
        OfMeans("nc2NormInequality", "NC2 norms", "NC2, norms", false, (g, _) => g.NormInequality,
            "How unequal the distances of class means from their centre are: 0 is equal; angles do not count."),
        OfMeans("nc2AngleDeviation", "NC2 angles", "NC2, angles", false, (g, _) => g.AngleDeviation,
            "How far the angles between class means are from the widest that K directions can have together, in cosine; norms do not count."),
        OfMeans("nc2AngleInequality", "NC2 angle spread", "NC2, angle spread", false, (g, _) => g.AngleInequality,
            "How unequal the angles between class means are among themselves; they may be equal without being widest."),
        OfMeans("nc2SimplexDeviation", "NC2 simplex", "NC2, simplex", true, (g, _) => g.SimplexDeviation,
            "The distance of the class means' geometry from a simplex, norms and angles together, in [0, 2]."),
        OfMeans("nc2OrthogonalFrameDeviation", "NC2 orthogonal", "NC2, orthogonal", true, (g, _) => g.OrthogonalFrameDeviation,
            "The same for orthogonal class means, without centring, as in networks without bias, in [0, 2]."),
        OfClassifier("nc3SelfDualityDeviation", "NC3", "NC3", true, (g, w) => g.SelfDualityDeviation(w),
            "The distance between classifier and class means, both normalised; only at the input of the last linear layer."),
        OfClassifier("nc3UncentredSelfDualityDeviation", "NC3 uncentred", "NC3, uncentred", false, (g, w) => g.UncentredSelfDualityDeviation(w),
            "The same with class means that are not centred."),
        OfClassifier("nc3DualStructureDeviation", "NC3 structure", "NC3, structure", false, (g, w) => g.DualStructureDeviation(w),
            "The distance of the products of classifier and class means from a simplex's; it does not see a common rotation of both."),
        OfClassifier("nc3DualAngleDeviation", "NC3 angles", "NC3, angles", false, (g, w) => g.DualAngleDeviation(w),
            "1 − the mean cosine between a class's weights and its mean; norms do not count."),
        new("nc4NearestMeanDisagreement")
        {
            Heading = "NC4",
            Symbol = "NC4",
            Meaning = "The share of samples where the nearest class mean and the model's prediction differ; both may be wrong together.",
            Topic = MetricTopic.NeuralCollapse,
            Main = MetricScopes.Features,
            OfFeatures = f => f.Geometry is null ? MetricValue.Missing(f.WhyNoClasses)
                : f.NearestMeanDisagreement ?? MetricValue.Missing(f.WhyNoPrediction),
        },
        NearestMeanAccuracy,
        OutOfDistributionCosine,
        new("betweenClassRank")
        {
            Heading = "rank of means",
            Symbol = "rank Σ_B",
            Meaning = "In how many directions class means differ, at most K − 1: as many as NC1 inverts.",
            Format = MetricFormat.Count,
            Topic = MetricTopic.NeuralCollapse,
            OfFeatures = f => f.Geometry?.Rank,
        },
        OfRegression("nrc1OutsidePrincipalDirections", "NRC1", r => r.OutsidePrincipalDirections, _ => "There are no more features than targets.",
            "How much of the directions of samples lies outside the first K principal ones, K the number of targets: 0 is in a subspace of their size."),
        OfRegression("nrc2OutsideWeights", "NRC2", r => r.OutsideWeights, f => f.WhyNoClassifier,
            "How much of the directions of samples lies outside the row space of the last weights, which cannot use it."),
        OfRegression("nrc3WeightStructure", "NRC3", r => r.WeightDeviation,
            f => f.Classifier is null ? f.WhyNoClassifier : "It compares the last weights with the covariance of two targets or more that are not constant.",
            "How far the products of the last weights are from the structure that the targets' covariance asks for, Σ^½ − √γ·I with the best γ; features do "
                + "not count."),
    ];

    private static Metric OfRegression(
        string key, string heading, Func<RegressionCollapse, double?> number, Func<MeasuredFeatures, string> why, string meaning) => new(key)
        {
            Heading = heading,
            Symbol = heading,
            Meaning = meaning,
            Topic = MetricTopic.NeuralCollapse,
            Main = MetricScopes.Features,
            OfFeatures = features => features.Regression is not { } regression ? default
                : number(regression) is { } value ? value : MetricValue.Missing(why(features)),
        };

    private static Metric OfMeans(
        string key, string heading, string symbol, bool isMain, Func<ClassMeanGeometry, MeasuredFeatures, double?> number, string meaning) => new(key)
        {
            Heading = heading,
            Symbol = symbol,
            Meaning = meaning,
            Topic = MetricTopic.NeuralCollapse,
            Main = isMain ? MetricScopes.Features : MetricScopes.None,
            OfFeatures = features => features.Geometry is { } geometry ? number(geometry, features) : MetricValue.Missing(features.WhyNoClasses),
        };

    private static Metric OfClassifier(
        string key, string heading, string symbol, bool isMain, Func<ClassMeanGeometry, Matrix, double?> number, string meaning) => new(key)
        {
            Heading = heading,
            Symbol = symbol,
            Meaning = meaning,
            Topic = MetricTopic.NeuralCollapse,
            Main = isMain ? MetricScopes.Features : MetricScopes.None,
            OfFeatures = features => features.Geometry is not { } geometry ? MetricValue.Missing(features.WhyNoClasses)
                : features.Classifier is { } weights ? number(geometry, weights) : MetricValue.Missing(features.WhyNoClassifier),
        };
}
