using System.Text.Json;
using System.Text.Json.Nodes;

namespace RankCollapse.Tests;

/// <summary>Validates documents against the part of JSON Schema that the program's schemas use; another keyword is an error.</summary>
internal static class SchemaCheck
{
    private static readonly string[] OfPeople = ["$schema", "$defs", "title", "description", "examples", "default", "format"];

    /// <summary>What is wrong with a document, with its place; empty when it is valid.</summary>
    public static IReadOnlyList<string> Problems(JsonNode schema, JsonNode? document)
    {
        var problems = new List<string>();
        Check(schema, document, "$", schema, problems);
        return problems;
    }

    private static void Check(JsonNode schema, JsonNode? value, string at, JsonNode root, List<string> problems)
    {
        if (schema.GetValueKind() == JsonValueKind.True) return;
        foreach ((string keyword, JsonNode? rule) in schema.AsObject())
        {
            if (OfPeople.Contains(keyword)) continue;
            switch (keyword)
            {
                case "$ref":
                    Check(rule!.GetValue<string>().Split('/').Skip(1).Aggregate(root, (node, key) => node[key]!), value, at, root, problems);
                    break;
                case "type":
                    string[] types = rule is JsonArray several ? [.. several.Select(type => type!.GetValue<string>())] : [rule!.GetValue<string>()];
                    if (!types.Any(type => IsOf(type, value))) problems.Add($"{at} is {Shown(value)}, not {string.Join(" or ", types)}");
                    break;
                case "enum":
                    if (!rule!.AsArray().Any(one => JsonNode.DeepEquals(one, value))) problems.Add($"{at} is {Shown(value)}, not one of {rule.ToJsonString()}");
                    break;
                case "anyOf":
                    if (!rule!.AsArray().Any(one => Without(one!, value, root))) problems.Add($"{at} is {Shown(value)}, which fits no choice");
                    break;
                case "properties" when value is JsonObject given:
                    foreach ((string name, JsonNode? inner) in rule!.AsObject())
                    {
                        if (given.TryGetPropertyValue(name, out JsonNode? one)) Check(inner!, one, $"{at}.{name}", root, problems);
                    }
                    break;
                case "required" when value is JsonObject given:
                    problems.AddRange(rule!.AsArray().Select(name => name!.GetValue<string>()).Where(name => !given.ContainsKey(name))
                        .Select(name => $"{at} has no {name}"));
                    break;
                case "additionalProperties" when value is JsonObject given:
                    foreach ((string name, JsonNode? one) in given.Where(one => schema["properties"]?.AsObject().ContainsKey(one.Key) != true))
                    {
                        if (rule!.GetValueKind() == JsonValueKind.False) problems.Add($"{at} has {name}, which is not described");
                        else Check(rule, one, $"{at}.{name}", root, problems);
                    }
                    break;
                case "items" when value is JsonArray list:
                    for (int i = 0; i < list.Count; i++) Check(rule!, list[i], $"{at}[{i}]", root, problems);
                    break;
                case "minimum" when Number(value) < rule!.GetValue<double>():
                case "exclusiveMinimum" when Number(value) <= rule!.GetValue<double>():
                case "maximum" when Number(value) > rule!.GetValue<double>():
                case "exclusiveMaximum" when Number(value) >= rule!.GetValue<double>():
                    problems.Add($"{at} is {Shown(value)}, against {keyword} {rule!.ToJsonString()}");
                    break;
                case "properties" or "required" or "additionalProperties" or "items" or "minimum" or "exclusiveMinimum" or "maximum" or "exclusiveMaximum":
                    break;
                default:
                    throw new InvalidOperationException($"The keyword {keyword} is not checked.");
            }
        }
    }

    private static bool Without(JsonNode schema, JsonNode? value, JsonNode root)
    {
        var problems = new List<string>();
        Check(schema, value, "$", root, problems);
        return problems.Count == 0;
    }

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) or ("array", JsonValueKind.Array) or (
            "object", JsonValueKind.Object) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => Number(value) == Math.Floor(Number(value)!.Value),
        _ => false,
    };

    private static double? Number(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Number
        ? JsonDocument.Parse(value.ToJsonString()).RootElement.GetDouble() : null;

    private static string Shown(JsonNode? value) => value?.ToJsonString() is { Length: > 60 } longer ? longer[..60] + "…" : value?.ToJsonString() ?? "null";
}
