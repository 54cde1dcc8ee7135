namespace RankCollapse.Models.Compression;

/// <summary>The names of factors: W is replaced by W.down, which is applied first, and W.up.</summary>
internal static class FactorNames
{
    /// <summary>The entry of a safetensors file that lists the weights that were replaced, with commas between them.</summary>
    public const string MetadataKey = "rankcollapse.factored";

    /// <summary>The factor that is applied first, r×q.</summary>
    public static string Down(string name) => $"{name}.down";

    /// <summary>The factor that is applied last, p×r.</summary>
    public static string Up(string name) => $"{name}.up";
}
