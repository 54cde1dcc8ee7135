using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using RankCollapse.Formats;

namespace RankCollapse.Runs;

/// <content>Configurations as JSON files.</content>
public sealed partial record RunConfiguration
{
    private const long LargestFile = 1 << 20;

    private static readonly JsonDocumentOptions Tolerant = new() { AllowDuplicateProperties = false, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads a JSON object whose names are the command's options in camel case; settings that it leaves out keep their defaults. Comments and trailing commas are allowed.</summary>
    /// <param name="path">The file, of at most 1 MB.</param>
    /// <param name="start">What settings that are left out are taken from; null takes the defaults.</param>
    /// <exception cref="InvalidInputException">The file is missing or not JSON, a name is unknown (near ones are listed), or a value has the wrong type.</exception>
    public static RunConfiguration ReadFile(string path, RunConfiguration? start = null) => FromJson(InputFile.ReadSmall(path, LargestFile), path, start);

    /// <summary>The names of the settings that a file gives, without those that are null.</summary>
    /// <param name="path">A file that <see cref="ReadFile"/> accepts.</param>
    /// <exception cref="InvalidInputException">The file is missing.</exception>
    public static IReadOnlyList<string> NamesInFile(string path)
    {
        using JsonDocument document = JsonDocument.Parse(WithoutByteOrderMark(InputFile.ReadSmall(path, LargestFile)), Tolerant);
        return [.. document.RootElement.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null).Select(property => property.Name)];
    }

    /// <summary>The configuration as JSON, in UTF-8, with every setting.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RunJson.Default.RunConfiguration);

    /// <summary>Reads JSON in UTF-8, as <see cref="ReadFile"/> does.</summary>
    /// <param name="json">The content.</param>
    /// <param name="name">What it is, for errors.</param>
    /// <param name="start">As for <see cref="ReadFile"/>.</param>
    /// <exception cref="InvalidInputException">As for <see cref="ReadFile"/>.</exception>
    internal static RunConfiguration FromJson(byte[] json, string name, RunConfiguration? start = null)
    {
        // Properties that are left out would lose their defaults, so what is given is laid over the defaults.
        JsonNode settings = JsonSerializer.SerializeToNode(start ?? new RunConfiguration(), RunJson.Default.RunConfiguration)!;
        try
        {
            using JsonDocument document = JsonDocument.Parse(WithoutByteOrderMark(json), Tolerant);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidInputException($"{name} holds no JSON object; expected {{ \"depth\": 5, … }}.");
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                RequireKnown(property.Name, name);
                settings[property.Name] = JsonNode.Parse(property.Value.GetRawText(), null, Tolerant);
            }
            return settings.Deserialize(RunJson.Default.RunConfiguration)!;
        }
        catch (JsonException e) when (SettingAt(e.Path) is { } setting)
        {
            throw new InvalidInputException($"{name}: the setting {setting.Name} is {ErrorText.Printable(settings[setting.Name]?.ToJsonString() ?? "null")}, expected {InWords(setting.PropertyType)}.", e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException($"{name} is not valid JSON: {ErrorText.Printable(e.Message)}", e);
        }
    }

    private static void RequireKnown(string property, string name)
    {
        string[] known = [.. RunJson.Default.RunConfiguration.Properties.Select(p => p.Name)];
        if (!known.Contains(property))
            throw new InvalidInputException($"{name} has an unknown setting '{ErrorText.Printable(property)}'; {NearMatches.Advice(property, known)}");
    }

    private static JsonPropertyInfo? SettingAt(string? path)
    {
        string first = (path ?? "").TrimStart('$', '.').Split('.', '[')[0];
        return RunJson.Default.RunConfiguration.Properties.FirstOrDefault(p => p.Name == first);
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(byte[] json) =>
        json is [0xEF, 0xBB, 0xBF, ..] ? json.AsMemory(3) : json;

    private static string InWords(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(int) || t == typeof(long) => "a whole number",
        var t when t == typeof(double) => "a number",
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(string) || t.IsEnum => "a text in quotes",
        _ => "a list of whole numbers",
    };
}
