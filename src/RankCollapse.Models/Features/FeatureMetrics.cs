using RankCollapse.Collapse;

namespace RankCollapse.Models.Features;

/// <summary>What was measured on the features of one tensor. A number that does not exist is null, with its reason in <see cref="Reasons"/>.</summary>
public sealed record FeatureMetrics
{
    /// <summary>The tensor.</summary>
    public required FeatureTensor Tensor { get; init; }

    /// <summary>How many dimensions were measured.</summary>
    public required int MeasuredDimension { get; init; }

    /// <summary>How the features were reduced to them; null where they were measured as they are.</summary>
    public string? Reduction { get; init; }

    /// <summary>N.</summary>
    public required long SampleCount { get; init; }

    /// <summary>K, the classes that occur; 1 for data without labels.</summary>
    public required int ClassCount { get; init; }

    /// <summary>tr Σ_W = (1/N)·Σ‖z_i − z̄_{k(i)}‖².</summary>
    public required double WithinVariation { get; init; }

    /// <summary>(1/N)·Σ_k N_k‖z̄_k − z̄‖², about the mean of all samples.</summary>
    public required double BetweenVariation { get; init; }

    /// <summary>Within over total variation, in [0, 1]; DNC1 is 0.</summary>
    public double? RelativeVariation => ClassCount > 1 && WithinVariation + BetweenVariation > 0 ? WithinVariation / (WithinVariation + BetweenVariation) : null;

    /// <summary>The interval for TCV_K of the pairs (z_i, y_i) on the subsample; null without labels.</summary>
    public TotalClusterVariation? TotalClusterVariation { get; init; }

    /// <summary>How many samples TCV is of.</summary>
    public int TotalClusterVariationSamples { get; init; }

    /// <summary>NC1, tr(Σ_W·Σ_B⁺)/K with the pseudo-inverse (Papyan, Han and Donoho 2020).</summary>
    public double? Nc1PseudoInverse { get; init; }

    /// <summary>How many eigenvalues of Σ_B the pseudo-inverse inverts.</summary>
    public int BetweenRank { get; init; }

    /// <summary>NC1, tr(Σ_W·Σ_B⁻)/K with exactly K − 1 eigenvalues inverted (Han, Papyan and Donoho 2022).</summary>
    public double? Nc1Truncated { get; init; }

    /// <summary>NC1, tr Σ_W/tr Σ_B, Σ_B over classes with equal weights (Tirer, Huang and Niles-Weed 2023).</summary>
    public double? Nc1Quotient { get; init; }

    /// <summary>NC1, the mean over pairs of (v_k + v_l)/(2‖z̄_k − z̄_l‖²), v_k the variation of class k (Galanti, György and Hutter 2021).</summary>
    public double? ClassDistanceNormalizedVariance { get; init; }

    /// <summary>NC2, the standard deviation of ‖z̄_k − z̄‖ over their mean.</summary>
    public double? NormInequality { get; init; }

    /// <summary>NC2, the mean of |cos + 1/(K − 1)| over pairs of centred class means.</summary>
    public double? AngleDeviation { get; init; }

    /// <summary>NC2, the standard deviation of these cosines.</summary>
    public double? AngleInequality { get; init; }

    /// <summary>NC2, the distance of the normalised Gram matrix of the centred class means from a simplex's.</summary>
    public double? SimplexDeviation { get; init; }

    /// <summary>NC2, the distance of the normalised Gram matrix of the class means from an orthogonal frame's.</summary>
    public double? OrthogonalFrameDeviation { get; init; }

    /// <summary>NC3, ‖W/‖W‖ − M/‖M‖‖_F for the last layer's weights and the centred class means of the features before it.</summary>
    public double? SelfDualityDeviation { get; init; }

    /// <summary>NC3 with class means that are not centred.</summary>
    public double? UncentredSelfDualityDeviation { get; init; }

    /// <summary>NC3, the distance of W·Mᵀ/‖W·Mᵀ‖ from a simplex's Gram matrix (Kothapalli 2023).</summary>
    public double? DualStructureDeviation { get; init; }

    /// <summary>NC3, 1 − the mean of cos(w_k, z̄_k − z̄).</summary>
    public double? DualAngleDeviation { get; init; }

    /// <summary>NC4, the share of samples whose nearest class mean is not the class that the model predicts, biases included.</summary>
    public double? NearestMeanDisagreement { get; init; }

    /// <summary>The share of samples whose nearest class mean is their own class's.</summary>
    public double? NearestMeanAccuracy { get; init; }

    /// <summary>NC5, the mean of |cos(z̄_k, z̄_o)|, z̄_o the mean of the features of other data (Ammar et al. 2024).</summary>
    public double? OutOfDistributionCosine { get; init; }

    /// <summary>The relative distance of the Gram matrix ZᵀZ from block structure, Proposition D.1; in [0, 1].</summary>
    public double? BlockDeviation { get; init; }

    /// <summary>The singular values of the features, n×N, not centred; of the subsample where <see cref="SpectrumSamples"/> is below N.</summary>
    public required SpectralSummary Spectrum { get; init; }

    /// <summary>How many samples the singular values are of.</summary>
    public required long SpectrumSamples { get; init; }

    /// <summary>Why there is no value, by the number's name.</summary>
    public required IReadOnlyDictionary<string, string> Reasons { get; init; }
}
