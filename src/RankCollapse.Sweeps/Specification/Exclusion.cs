using System.Text.Json;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Specification;

/// <summary>Combinations that are left out: those that meet all conditions of one object.</summary>
internal sealed class Exclusion
{
    private static readonly string[] Comparisons = ["below", "above", "atMost", "atLeast"];

    private readonly List<(Setting Setting, Func<JsonElement, bool> IsMet)> _conditions = [];

    /// <summary>Reads an object such as <c>{ "depth": 2, "lambda": { "below": 1e-4 } }</c>.</summary>
    /// <param name="element">The object: for each setting a value, a list of values, or comparisons.</param>
    /// <param name="named">The settings that the block names; a condition on another one is an error.</param>
    /// <param name="place">Where it stands.</param>
    public static Exclusion Read(JsonElement element, IReadOnlyCollection<string> named, string place)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.EnumerateObject().Any())
            throw JsonReading.Unexpected(element, place, "conditions such as { \"depth\": 2, \"lambda\": { \"below\": 1e-4 } }");
        var exclusion = new Exclusion();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string at = $"{place}.{property.Name}";
            Setting setting = RunSettings.Find(property.Name, place);
            if (!named.Contains(property.Name))
                throw new InvalidInputException(
                    $"{at} is a condition on a setting that this block does not name; move it to the block around it, or give the setting here.");
            exclusion._conditions.Add((setting, Condition(setting, property.Value, at)));
        }
        return exclusion;
    }

    /// <summary>Whether all conditions are met.</summary>
    /// <param name="valueOf">The value of a setting; undefined where the trial leaves it to the default.</param>
    public bool Matches(Func<string, JsonElement> valueOf) => _conditions.All(condition =>
    {
        JsonElement value = valueOf(condition.Setting.JsonName);
        return condition.IsMet(value.ValueKind == JsonValueKind.Undefined ? SettingValues.Of(condition.Setting.Default) : value);
    });

    private static Func<JsonElement, bool> Condition(Setting setting, JsonElement wanted, string place)
    {
        if (wanted.ValueKind == JsonValueKind.Object) return Comparison(setting, wanted, place);
        // The width of several layers is a list itself.
        if (wanted.ValueKind != JsonValueKind.Array || setting.IsList)
        {
            setting.Read(wanted, place);
            return value => AreEqual(value, wanted);
        }
        JsonElement[] any = ValueAxis.Values(setting, wanted, place);
        return value => any.Any(one => AreEqual(value, one));
    }

    private static Func<JsonElement, bool> Comparison(Setting setting, JsonElement bounds, string place)
    {
        JsonReading.RequireObject(bounds, place, Comparisons);
        if (!setting.IsNumber) throw new InvalidInputException($"{place} compares, but {setting.JsonName} is not a number; give a value or a list.");
        double? Bound(string comparison) => bounds.TryGetProperty(comparison, out _) ? JsonReading.Number(bounds, comparison, place) : null;
        double? below = Bound("below"), above = Bound("above"), atMost = Bound("atMost"), atLeast = Bound("atLeast");
        return value => value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number
            && !(number >= below) && !(number <= above) && !(number > atMost) && !(number < atLeast);
    }

    private static bool AreEqual(JsonElement a, JsonElement b) => a.ValueKind == JsonValueKind.Number && b.ValueKind == JsonValueKind.Number
        ? a.GetDouble() == b.GetDouble()
        : JsonElement.DeepEquals(a, b);
}
