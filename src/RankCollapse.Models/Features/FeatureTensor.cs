namespace RankCollapse.Models.Features;

/// <summary>A tensor inside a model that holds a vector of numbers for each sample.</summary>
/// <param name="Name">Its name in the model; <c>Z1</c> … for runs.</param>
/// <param name="Shape">The sizes of one sample, the last one fastest.</param>
/// <param name="Operator">What computed it, such as <c>Conv</c> or <c>Relu</c>.</param>
/// <param name="Layer">
/// The name of the weights of the layer that it belongs to: the last weights on the only way to it; null before the first and where ways join.
/// </param>
/// <param name="EndsLayer">Whether it is the last tensor of its layer, after bias, normalisation and activation: Z^l of the paper.</param>
public sealed record FeatureTensor(string Name, IReadOnlyList<long> Shape, string Operator, string? Layer, bool EndsLayer)
{
    /// <summary>The number of features of a sample.</summary>
    public int Dimension => (int)Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The shape of a sample as text, such as 64×56×56.</summary>
    public string ShapeText => Shape.Count == 0 ? "1" : string.Join("×", Shape);
}

/// <summary>What was left out, and why.</summary>
/// <param name="Name">The tensor or layer.</param>
/// <param name="Reason">A sentence.</param>
public sealed record SkippedItem(string Name, string Reason);
