using System.Buffers;
using System.Text.Json;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Plan;

/// <summary>Settings of which some are left open: what all trials share, and the names of what varies.</summary>
internal sealed class SettingsTemplate
{
    private readonly (string Name, byte[] Value, int Place)[] _parts;

    /// <summary>Prepares a template.</summary>
    /// <param name="shared">What trials share.</param>
    /// <param name="names">The settings that vary, in camel case.</param>
    public SettingsTemplate(RunConfiguration shared, IReadOnlyList<string> names)
    {
        Shared = shared;
        Names = names;
        using var document = JsonDocument.Parse(shared.ToJson());
        string[] order = [.. names];
        _parts = [.. document.RootElement.EnumerateObject().Select(property =>
            (property.Name, System.Text.Encoding.UTF8.GetBytes(property.Value.GetRawText()), Array.IndexOf(order, property.Name)))];
    }

    /// <summary>What trials share.</summary>
    public RunConfiguration Shared { get; }

    /// <summary>The settings that vary.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The settings with these values of <see cref="Names"/>.</summary>
    /// <exception cref="JsonException">A value has the wrong type.</exception>
    public RunConfiguration Fill(IEnumerable<JsonElement> values)
    {
        JsonElement[] given = [.. values];
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            foreach ((string name, byte[] value, int place) in _parts)
            {
                writer.WritePropertyName(name);
                if (place < 0) writer.WriteRawValue(value, skipInputValidation: true);
                else given[place].WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return JsonSerializer.Deserialize(buffer.WrittenSpan, RunJson.Default.RunConfiguration)!;
    }
}
