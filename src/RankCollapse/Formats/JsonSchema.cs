using System.Text.Json.Nodes;

namespace RankCollapse.Formats;

/// <summary>Parts of JSON Schemas (draft 2020-12).</summary>
public static class JsonSchema
{
    /// <summary>The dialect that the schemas are written in.</summary>
    public const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    /// <summary>Values of some types, such as <c>number</c> and <c>null</c>.</summary>
    public static JsonObject Type(params IReadOnlyList<string> types) =>
        new() { ["type"] = types.Count == 1 ? types[0] : new JsonArray([.. types.Select(type => (JsonNode)type)]) };

    /// <summary>One of some texts.</summary>
    public static JsonObject OneOf(IEnumerable<string> names) =>
        new() { ["type"] = "string", ["enum"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) };

    /// <summary>Lists.</summary>
    public static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    /// <summary>Lists of numbers, of which some do not exist, or null.</summary>
    public static JsonObject NumbersOrNull() => new() { ["type"] = new JsonArray("array", "null"), ["items"] = Type("number", "null") };

    /// <summary>Objects whose names are keys.</summary>
    public static JsonObject Map(JsonObject values) => new() { ["type"] = "object", ["additionalProperties"] = values };

    /// <summary>Objects with these names and no other.</summary>
    /// <param name="properties">The names with their values' schemas.</param>
    /// <param name="isRequired">Whether a name has to be there; null requires all.</param>
    public static JsonObject Object(IEnumerable<KeyValuePair<string, JsonObject>> properties, Func<string, bool>? isRequired = null)
    {
        KeyValuePair<string, JsonObject>[] all = [.. properties];
        var byName = new JsonObject(all.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value)));
        var schema = new JsonObject { ["type"] = "object", ["properties"] = byName };
        JsonNode[] required = [.. all.Where(one => isRequired?.Invoke(one.Key) ?? true).Select(one => (JsonNode)one.Key)];
        if (required.Length > 0) schema["required"] = new JsonArray(required);
        schema["additionalProperties"] = false;
        return schema;
    }

    /// <summary>Objects with any of these names and no other.</summary>
    /// <param name="properties">The names with their values' schemas.</param>
    public static JsonObject Options(IEnumerable<KeyValuePair<string, JsonObject>> properties) => Object(properties, _ => false);

    /// <summary>The same values, or null.</summary>
    public static JsonObject OrNull(JsonObject schema) => new() { ["anyOf"] = new JsonArray(schema, Type("null")) };

    /// <summary>A schema with a sentence on what it is of.</summary>
    public static JsonObject Described(JsonObject schema, string description)
    {
        schema["description"] = description;
        return schema;
    }
}
