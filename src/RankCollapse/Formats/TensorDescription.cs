namespace RankCollapse.Formats;

/// <summary>A tensor in a safetensors file, without its numbers.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">The type of its numbers.</param>
/// <param name="Shape">Its sizes, the last one fastest; empty for a single number.</param>
/// <param name="Offset">Where its bytes begin, counted from the end of the header.</param>
/// <param name="ByteCount">How many bytes it has.</param>
public sealed record TensorDescription(string Name, ElementType Type, IReadOnlyList<long> Shape, long Offset, long ByteCount)
{
    /// <summary>How many numbers it has.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The shape as text, such as 200×784.</summary>
    public string ShapeText => Shape.Count == 0 ? "a single number" : string.Join("×", Shape);
}
