using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Specification;

/// <summary>The settings that a specification can name, and what their values may be.</summary>
internal static class SettingType
{
    private static readonly Dictionary<string, JsonPropertyInfo> Known =
        RunJson.Default.RunConfiguration.Properties.Where(property => property.Name != "version").ToDictionary(property => property.Name);

    private static readonly JsonElement Defaults = JsonSerializer.SerializeToElement(new RunConfiguration(), RunJson.Default.RunConfiguration);

    /// <summary>The default of a setting, null where it depends on others.</summary>
    public static JsonElement DefaultOf(string name) => Defaults.GetProperty(name);

    /// <summary>Requires that a name is a setting of <c>train</c>.</summary>
    /// <exception cref="InvalidInputException">It is not; near names are listed.</exception>
    public static void RequireKnown(string name, string place)
    {
        if (!Known.ContainsKey(name))
            throw new InvalidInputException($"{place} names an unknown setting '{ErrorText.Printable(name)}'; {NearMatches.Advice(name, Known.Keys)}");
    }

    /// <summary>Requires that a value has the setting's type.</summary>
    /// <exception cref="InvalidInputException">It has not; the message says what was found and expected.</exception>
    public static void RequireValue(string name, JsonElement value, string place)
    {
        RequireKnown(name, place);
        byte[] alone = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, JsonElement> { [name] = value }, SpecificationJson.Default.DictionaryStringJsonElement);
        RunConfiguration.FromJson(alone, place);
    }

    /// <summary>Whether a setting is a whole number.</summary>
    public static bool IsWhole(string name) => TypeOf(name) is var type && (type == typeof(int) || type == typeof(long));

    /// <summary>Whether a setting is a number.</summary>
    public static bool IsNumber(string name) => IsWhole(name) || TypeOf(name) == typeof(double);

    /// <summary>A number as a value of a setting, rounded where it must be whole.</summary>
    public static JsonElement ToValue(string name, double number) => IsWhole(name)
        ? JsonSerializer.SerializeToElement((long)Math.Round(number), SpecificationJson.Default.Int64)
        : JsonSerializer.SerializeToElement(number, SpecificationJson.Default.Double);

    private static Type TypeOf(string name)
    {
        Type type = Known[name].PropertyType;
        return Nullable.GetUnderlyingType(type) ?? type;
    }
}
