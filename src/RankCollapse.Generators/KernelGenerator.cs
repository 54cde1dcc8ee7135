using Microsoft.CodeAnalysis;

namespace RankCollapse.Generators;

/// <summary>Writes what is the same for every vector width or tile size but for numbers.</summary>
[Generator]
public sealed class KernelGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterPostInitializationOutput(output =>
    {
        foreach (int bits in new[] { 128, 256, 512 }) output.AddSource($"Doubles{bits}.g.cs", VectorType.Write(bits));
        output.AddSource("RegisterTile.g.cs", RegisterTiles.Write());
    });
}
