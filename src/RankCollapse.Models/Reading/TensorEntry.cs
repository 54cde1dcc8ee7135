using RankCollapse.Formats;

namespace RankCollapse.Models.Reading;

/// <summary>A tensor of a model that can be read, without its numbers.</summary>
/// <param name="Name">The tensor's name, unique in the model.</param>
/// <param name="Type">The type of its numbers in the file.</param>
/// <param name="Shape">Its sizes, the last one fastest; empty for a single number.</param>
public sealed record TensorEntry(string Name, ElementType Type, IReadOnlyList<long> Shape)
{
    /// <summary>How many numbers it has.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The shape as text, such as 200×784.</summary>
    public string ShapeText => Shape.Count == 0 ? "a single number" : string.Join("×", Shape);
}

/// <summary>A tensor of a model that is not read, and why.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Reason">Why it is not read, as the end of a sentence that begins with the name.</param>
public sealed record SkippedTensor(string Name, string Reason)
{
    /// <summary>Whether a copy of the model without it would lack something; the state of an optimiser or a setting is none of the model's tensors.</summary>
    public bool IsOfModel { get; init; } = true;
}
