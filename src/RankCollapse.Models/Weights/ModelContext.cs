using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using RankCollapse.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>
/// What says how tensors without a graph are meant besides their names and shapes: small tensors that describe others, and the settings that Hugging Face's
/// programs keep beside a model, <c>config.json</c> and its like. A file that is missing or no JSON says nothing.
/// </summary>
/// <param name="model">The model; null where there are only descriptions.</param>
internal sealed class ModelContext(ModelTensors? model)
{
    private const long LargestSettings = 10_000_000;
    private const long LargestDescription = 1 << 20;

    private readonly Dictionary<string, JsonElement?> _files = new(StringComparer.Ordinal);

    /// <summary>The numbers of a small tensor; null where it is large or there is no model.</summary>
    public double[]? Numbers(TensorEntry tensor) => model is null || tensor.Count > LargestDescription ? null : model.ReadDoubles(tensor.Name);

    /// <summary>Whether something of the model besides a tensor and what belongs to its module has so many inputs, outputs or numbers.</summary>
    public bool HasSize(long size, TensorEntry except)
    {
        string module = except.Name[..(except.Name.LastIndexOf('.') + 1)];
        return model is not null && model.Tensors.Any(tensor => !(module.Length > 0 && tensor.Name.StartsWith(module, StringComparison.Ordinal))
            && (tensor.Shape.Count == 1 ? tensor.Count == size : tensor.Shape.Count > 1 && tensor.Shape[^2] == size));
    }

    /// <summary>A value of a file of settings beside the model, by the names on the way to it.</summary>
    public bool TryGet(string file, [NotNullWhen(true)] out JsonElement? value, params ReadOnlySpan<string> names)
    {
        value = Settings(file);
        foreach (string name in names)
            value = value is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out JsonElement child) ? child : null;
        return value is not null;
    }

    /// <summary>A positive whole number of <c>config.json</c> under the first of some names that it has, at the top or for text or attention.</summary>
    public long? Whole(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Of(name) is not { } value) continue;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long whole) && whole is > 0 and < int.MaxValue) return whole;
        }
        return null;
    }

    /// <summary>Whether <c>config.json</c> says yes to a question.</summary>
    public bool Says(string name) => Of(name) is { ValueKind: JsonValueKind.True };

    /// <summary>A text of <c>config.json</c>; null where it has none.</summary>
    public string? Text(string name) => Of(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private JsonElement? Of(string name) =>
        TryGet("config.json", out JsonElement? inText, "text_config", name) ? inText
        : TryGet("config.json", out JsonElement? inAttention, "attn_config", name) ? inAttention
        : TryGet("config.json", out JsonElement? value, name) ? value : null;

    private JsonElement? Settings(string file)
    {
        if (model is null) return null;
        if (_files.TryGetValue(file, out JsonElement? known)) return known;
        string folder = Path.GetDirectoryName(Path.GetFullPath(model.Path)) ?? "";
        return _files[file] = Read(Path.Combine(folder, file));
    }

    private static JsonElement? Read(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(InputFile.ReadJson(path, LargestSettings), new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidInputException)
        {
            return null;
        }
    }
}
