using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Compression;

/// <summary>What a layer puts out on data, without its bias, for each of its groups: as much of it as the best factors depend on.</summary>
/// <param name="Roots">
/// p×k matrices A with A·Aᵀ = Σ y·yᵀ, or Σ (y − ȳ)·(y − ȳ)ᵀ where there are means; the outputs themselves, p×N, are some.
/// </param>
/// <param name="Means">
/// ȳ, for layers with a bias that can be changed: it takes what factors lose of the mean, so that they need to fit the rest alone. Null where there is none.
/// </param>
internal sealed record LayerOutputs(IReadOnlyList<Matrix> Roots, IReadOnlyList<double[]>? Means);
