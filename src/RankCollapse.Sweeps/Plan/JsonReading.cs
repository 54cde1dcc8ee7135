using System.Text.Json;
using System.Text.Json.Serialization;
using RankCollapse.Formats;

namespace RankCollapse.Sweeps.Plan;

/// <summary>Reads parts of a specification, with errors that name the place.</summary>
internal static class JsonReading
{
    private const long LargestFile = 64 << 20;

    private static readonly JsonDocumentOptions Tolerant = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Reads a file that holds one JSON object; comments and trailing commas are allowed.</summary>
    public static JsonElement ReadObject(string path) => ParseObject(InputFile.ReadJson(path, LargestFile), path);

    /// <summary>The same of content that was read already.</summary>
    /// <param name="content">JSON in UTF-8.</param>
    /// <param name="path">What it is, for errors.</param>
    public static JsonElement ParseObject(byte[] content, string path)
    {
        try
        {
            ReadOnlyMemory<byte> json = content is [0xEF, 0xBB, 0xBF, ..] ? content.AsMemory(3) : content;
            JsonElement root = JsonText.Parse(json, Tolerant).RootElement;
            JsonText.Require(root, path);
            return root.ValueKind == JsonValueKind.Object
                ? root
                : throw new InvalidInputException($"{path} holds no JSON object; expected {{ \"settings\": …, \"grid\": … }}.");
        }
        catch (InvalidOperationException e)
        {
            throw JsonText.Unreadable(path, e);
        }
        catch (JsonException e)
        {
            throw new InvalidInputException($"{path} {JsonErrorLine.Of(e)}", e);
        }
    }

    /// <summary>Requires an object that has only these names.</summary>
    public static void RequireObject(JsonElement element, string place, params IReadOnlyList<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Unexpected(element, place, "an object in braces");
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
                throw new InvalidInputException(
                    $"{place} has an unknown name '{ErrorText.Printable(property.Name)}'; {NearMatches.Advice(property.Name, known)}");
        }
    }

    /// <summary>The elements of a list with at least one.</summary>
    public static IReadOnlyList<JsonElement> List(JsonElement element, string place, string expected) =>
        element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0 ? [.. element.EnumerateArray()] : throw Unexpected(element, place, expected);

    /// <summary>A finite number.</summary>
    public static double Number(JsonElement element, string name, string place)
    {
        if (!element.TryGetProperty(name, out JsonElement value)) throw new InvalidInputException($"{place} has no {name}; give a number.");
        return value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble())
            ? value.GetDouble()
            : throw Unexpected(value, $"{place}.{name}", "a number");
    }

    /// <summary>A whole number in a range.</summary>
    public static long Whole(JsonElement value, string place, long least, long most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most
            ? number
            : throw Unexpected(value, place, $"a whole number from {least} to {most}");

    /// <summary>A text.</summary>
    public static string Text(JsonElement value, string place) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Unexpected(value, place, "a text in quotes");

    /// <summary>What is said of a value that is not what was expected.</summary>
    public static InvalidInputException Unexpected(JsonElement value, string place, string expected) =>
        new($"{place} is {ErrorText.Printable(value.GetRawText())}, expected {expected}.");
}

/// <summary>The JSON of values in specifications.</summary>
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(string))]
internal sealed partial class SpecificationJson : JsonSerializerContext;
