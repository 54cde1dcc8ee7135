namespace RankCollapse.Models.Features;

/// <summary>A number of <see cref="FeatureMetrics"/> as tables, JSON and reports show it.</summary>
/// <param name="Name">Its name in JSON and Parquet.</param>
/// <param name="Heading">A short heading.</param>
/// <param name="Meaning">What it tells and what it does not, in a sentence.</param>
/// <param name="Value">Takes it from the metrics.</param>
public sealed record FeatureMetric(string Name, string Heading, string Meaning, Func<FeatureMetrics, double?> Value)
{
    /// <summary>Whether it belongs to the few that are shown first.</summary>
    public bool IsMain => Name is "relativeVariation" or "tcvUpper" or "nc1PseudoInverse" or "nc1Quotient" or "classDistanceNormalizedVariance" or "simplexDeviation" or "orthogonalFrameDeviation"
        or "selfDualityDeviation" or "nearestMeanDisagreement" or "outOfDistributionCosine" or "blockDeviation" or "featureNumericalRank";

    /// <summary>All numbers, in the order of tables.</summary>
    public static IReadOnlyList<FeatureMetric> All { get; } =
    [
        new("relativeVariation", "within/total", "The share of the features' variation that is inside classes: 0 is collapse (DNC1); it does not tell where the class means lie.", m => m.RelativeVariation),
        new("tcvUpper", "TCV", "Total cluster variation with K clusters, labels included, from above: 0 says that K points carry all features; it grows with the square of the features' scale.", m => m.TotalClusterVariation?.Upper),
        new("tcvLower", "TCV ≥", "A number that TCV is not below; equal to the one from above, it proves that no better clusters exist.", m => m.TotalClusterVariation?.Lower),
        new("nc1PseudoInverse", "NC1 pinv", "Within-class variation measured in units of the distances between class means: small is collapsed; directions in which the means do not differ are left out.", m => m.Nc1PseudoInverse),
        new("nc1Truncated", "NC1 svd", "The same with exactly K − 1 directions; it differs only where class means depend linearly on each other.", m => m.Nc1Truncated),
        new("nc1Quotient", "NC1 quotient", "Within- over between-class variation in all directions together; it may be small although two classes overlap.", m => m.Nc1Quotient),
        new("classDistanceNormalizedVariance", "CDNV", "Within-class variance over squared distance, averaged over pairs of classes: one overlapping pair can dominate it.", m => m.ClassDistanceNormalizedVariance),
        new("normInequality", "NC2 norms", "How unequal the distances of class means from their centre are: 0 is equal; angles do not count.", m => m.NormInequality),
        new("angleDeviation", "NC2 angles", "How far the angles between class means are from the widest that K directions can have together, in cosine; norms do not count.", m => m.AngleDeviation),
        new("angleInequality", "NC2 angle spread", "How unequal the angles between class means are among themselves; they may be equal without being widest.", m => m.AngleInequality),
        new("simplexDeviation", "NC2 simplex", "The distance of the class means' geometry from a simplex, norms and angles together, in [0, 2].", m => m.SimplexDeviation),
        new("orthogonalFrameDeviation", "NC2 orthogonal", "The same for orthogonal class means, without centring, as in networks without bias, in [0, 2].", m => m.OrthogonalFrameDeviation),
        new("selfDualityDeviation", "NC3", "The distance between classifier and class means, both normalised; only at the input of the last linear layer.", m => m.SelfDualityDeviation),
        new("uncentredSelfDualityDeviation", "NC3 uncentred", "The same with class means that are not centred.", m => m.UncentredSelfDualityDeviation),
        new("dualStructureDeviation", "NC3 structure", "The distance of the products of classifier and class means from a simplex's; it does not see a common rotation of both.", m => m.DualStructureDeviation),
        new("dualAngleDeviation", "NC3 angles", "1 − the mean cosine between a class's weights and its mean; norms do not count.", m => m.DualAngleDeviation),
        new("nearestMeanDisagreement", "NC4", "The share of samples where the nearest class mean and the model's prediction differ; both may be wrong together.", m => m.NearestMeanDisagreement),
        new("nearestMeanAccuracy", "nearest-mean accuracy", "The share of samples that the nearest class mean of this tensor classifies correctly, on the very data that the means are of.", m => m.NearestMeanAccuracy),
        new("outOfDistributionCosine", "NC5", "How far class means are from orthogonal to the mean of the other data: 0 is orthogonal; single samples do not count.", m => m.OutOfDistributionCosine),
        new("blockDeviation", "block deviation", "The share of the Gram matrix that is not constant over blocks of classes, in [0, 1]; large common means make it small.", m => m.BlockDeviation),
        new("featureNumericalRank", "rank Z", "How many singular values of the features exceed 1e−5 of the largest; in single precision noise starts near 1e−7.", m => m.Spectrum.NumericalRank()),
        new("featureStableRank", "stable rank Z", "‖Z‖_F²/‖Z‖_2², at most the rank; a large common mean brings it to 1.", m => m.Spectrum.StableRank),
        new("featureEffectiveRank", "effective rank Z", "The exponential of the entropy of the singular values, at most the rank.", m => m.Spectrum.EffectiveRank),
        new("withinVariation", "within", "tr Σ_W, the mean squared distance to the class mean, in the features' own units.", m => m.WithinVariation),
        new("betweenVariation", "between", "The mean squared distance of class means from the mean of all, weighted by class sizes.", m => m.BetweenVariation),
    ];
}
