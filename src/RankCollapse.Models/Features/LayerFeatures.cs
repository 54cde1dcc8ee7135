using RankCollapse.Models.Weights;

namespace RankCollapse.Models.Features;

/// <summary>What was measured of a layer's features, to be joined with its weights by the layer's name.</summary>
/// <param name="Layer">The layer's name, as in <see cref="WeightLayer.Name"/>; the name of the value in the graph where no layer computes it.</param>
/// <param name="Value">The graph's value that was measured.</param>
/// <param name="Metrics">Each metric by its key; null where it does not exist.</param>
/// <param name="Reasons">Why metrics do not exist, by their keys.</param>
public sealed record LayerFeatures(string Layer, string Value, IReadOnlyDictionary<string, double?> Metrics, IReadOnlyDictionary<string, string> Reasons);
