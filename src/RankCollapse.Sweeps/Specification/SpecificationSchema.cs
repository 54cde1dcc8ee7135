using System.Text.Json.Nodes;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Specification;

/// <summary>The JSON Schema of specifications, with the axes of every setting from the table of settings.</summary>
public static class SpecificationSchema
{
    /// <summary>The schema.</summary>
    public static JsonObject Create()
    {
        JsonObject root = JsonSchema.Options(
            [KeyValuePair.Create("name", JsonSchema.Type("string")), KeyValuePair.Create("limits", Limits()), .. Engines(), .. Block()]);
        root["$defs"] = new JsonObject
        {
            ["block"] = JsonSchema.Options(Block()),
            ["settings"] = OfSettings(setting => setting.Schema()),
            ["grid"] = Axes("range"),
            ["drawn"] = Axes("drawnRange"),
            ["range"] = Range("count", "step"),
            ["drawnRange"] = Range(),
            ["conditions"] = JsonSchema.Described(OfSettings(_ => []), "A value, a list of values, or below, above, atMost, atLeast; all are met"),
        };
        return root;
    }

    private static IEnumerable<KeyValuePair<string, JsonObject>> Block() =>
    [
        KeyValuePair.Create("settings", Reference("settings")),
        KeyValuePair.Create("grid", Reference("grid")),
        KeyValuePair.Create("list", JsonSchema.List(Reference("settings"))),
        KeyValuePair.Create("random", JsonSchema.Object(
            [
                KeyValuePair.Create("count", JsonSchema.Type("integer")),
                KeyValuePair.Create("seed", JsonSchema.Type("integer")),
                KeyValuePair.Create("settings", Reference("drawn")),
            ],
            name => name != "seed")),
        KeyValuePair.Create("product", JsonSchema.List(Reference("block"))),
        KeyValuePair.Create("union", JsonSchema.List(Reference("block"))),
        KeyValuePair.Create("seeds", JsonSchema.Described(JsonSchema.Type("integer", "array", "object"), "A count (from 0), a list, or { from, to }")),
        KeyValuePair.Create("exclude", JsonSchema.List(Reference("conditions"))),
    ];

    /// <summary>For each setting a list of its values, or a range where it is a number.</summary>
    private static JsonObject Axes(string range) => OfSettings(setting =>
    {
        JsonObject list = JsonSchema.List(Reference($"settings/properties/{setting.JsonName}"));
        return setting.IsNumber ? new JsonObject { ["anyOf"] = new JsonArray(list, Reference(range)) } : list;
    });

    private static JsonObject Range(params IReadOnlyList<string> steps) => JsonSchema.Options(
    [
        .. steps.Prepend("to").Prepend("from").Select(name => KeyValuePair.Create(name, JsonSchema.Type(name == "count" ? "integer" : "number"))),
        KeyValuePair.Create("scale", JsonSchema.OneOf(["linear", "log"])),
    ]);

    private static JsonObject Limits() => JsonSchema.Options(
    [
        KeyValuePair.Create("attempts", JsonSchema.Type("integer")),
        KeyValuePair.Create("trialSeconds", JsonSchema.Type("number")),
        KeyValuePair.Create("leaseSeconds", JsonSchema.Type("number")),
        KeyValuePair.Create("keep", JsonSchema.OneOf(EnumNames.All<KeptFiles>())),
    ]);

    /// <summary>What can be asked of each engine.</summary>
    private static IEnumerable<KeyValuePair<string, JsonObject>> Engines() => SweepEngines.All.Where(engine => engine.Options.Count > 0).Select(engine =>
        KeyValuePair.Create(engine.Name, JsonSchema.Options(engine.Options.Select(option => KeyValuePair.Create(option.Name, option.Schema())))));

    private static JsonObject OfSettings(Func<Setting, JsonObject> schema) =>
        JsonSchema.Options(RunSettings.All.Select(setting => KeyValuePair.Create(setting.JsonName, schema(setting))));

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/$defs/{name}" };
}
