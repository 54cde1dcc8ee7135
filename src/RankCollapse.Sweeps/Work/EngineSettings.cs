using System.Buffers;
using System.Text.Json;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Work;

/// <summary>What is asked of an engine: values of its options, checked.</summary>
public sealed class EngineSettings
{
    private readonly Dictionary<string, JsonElement> _values;

    private EngineSettings(Dictionary<string, JsonElement> values) => _values = values;

    /// <summary>Nothing but defaults.</summary>
    public static EngineSettings None { get; } = new([]);

    /// <summary>Whether nothing is asked.</summary>
    public bool IsEmpty => _values.Count == 0;

    /// <summary>The names of what is asked.</summary>
    public IReadOnlyCollection<string> Names => _values.Keys;

    /// <summary>A whole number; null where it is not asked for.</summary>
    public int? Whole(string name) => _values.TryGetValue(name, out JsonElement value) ? value.GetInt32() : null;

    /// <summary>A number; null where it is not asked for.</summary>
    public double? Number(string name) => _values.TryGetValue(name, out JsonElement value) ? value.GetDouble() : null;

    /// <summary>A text; null where it is not asked for.</summary>
    public string? Text(string name) => _values.TryGetValue(name, out JsonElement value) ? value.GetString() : null;

    /// <summary>Texts; null where they are not asked for.</summary>
    public IReadOnlyList<string>? Texts(string name) =>
        _values.TryGetValue(name, out JsonElement value) ? [.. value.EnumerateArray().Select(one => one.GetString()!)] : null;

    /// <summary>The same with others in place of those that they give too.</summary>
    public EngineSettings With(EngineSettings others)
    {
        ArgumentNullException.ThrowIfNull(others);
        var values = new Dictionary<string, JsonElement>(_values);
        foreach ((string name, JsonElement value) in others._values) values[name] = value;
        return new EngineSettings(values);
    }

    /// <summary>The same without some.</summary>
    public EngineSettings Without(IEnumerable<string> names) =>
        new(_values.ExceptBy(names, pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Value));

    /// <summary>An object that gives them again, in UTF-8.</summary>
    public byte[] ToJson()
    {
        var content = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(content, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            foreach ((string name, JsonElement value) in _values)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return content.WrittenSpan.ToArray();
    }

    internal static EngineSettings Read(IReadOnlyList<EngineOption> options, JsonElement part, string place)
    {
        JsonReading.RequireObject(part, place, [.. options.Select(option => option.Name)]);
        string Within(string name) => place.Contains(": ", StringComparison.Ordinal) ? $"{place}.{name}" : $"{place}: {name}";
        var values = new Dictionary<string, JsonElement>();
        foreach (JsonProperty property in part.EnumerateObject())
        {
            options.First(option => option.Name == property.Name).Check(property.Value, Within(property.Name));
            values[property.Name] = property.Value;
        }
        return new EngineSettings(values);
    }
}
