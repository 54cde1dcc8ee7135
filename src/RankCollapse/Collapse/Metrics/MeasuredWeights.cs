namespace RankCollapse.Collapse.Metrics;

/// <summary>The weights of a layer of a model, of which the metrics of weights are computed.</summary>
/// <param name="Spectrum">Their singular values.</param>
/// <param name="Parameters">How many there are, biases not counted.</param>
/// <param name="Classes">K; null where it was not given.</param>
public sealed record MeasuredWeights(WeightSpectrum Spectrum, long Parameters, int? Classes);
