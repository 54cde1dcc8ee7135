namespace RankCollapse.Models.Features;

/// <summary>What was measured on the features of one epoch of training.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Features">What was measured.</param>
public sealed record FeatureEpoch(long Epoch, FeatureReport Features);
