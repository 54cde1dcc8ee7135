using System.IO;
using Microsoft.CodeAnalysis;

namespace RankCollapse.Generators;

/// <summary>Writes what is the same for every vector width, tile size or precision but for numbers.</summary>
[Generator]
public sealed class KernelGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        string tiles = RegisterTiles.Write();
        context.RegisterPostInitializationOutput(output =>
        {
            foreach (int bits in new[] { 128, 256, 512 })
            {
                output.AddSource($"Doubles{bits}.g.cs", VectorType.Write(bits));
                output.AddSource($"Singles{bits}.g.cs", VectorType.WriteSingle(bits));
            }
            output.AddSource("RegisterTile.g.cs", tiles);
            output.AddSource("SingleRegisterTiles.g.cs", SingleTwin.Of(tiles));
        });

        // The files that the project names as those of which there is a twin in single precision.
        context.RegisterSourceOutput(context.AdditionalTextsProvider, (output, file) =>
        {
            if (file.Path.EndsWith(".cs") && file.GetText(output.CancellationToken) is { } text)
                output.AddSource($"Single{Path.GetFileNameWithoutExtension(file.Path)}.g.cs", SingleTwin.Of(text.ToString()));
        });
    }
}
