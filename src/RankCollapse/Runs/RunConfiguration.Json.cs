using System.Text.Json;
using System.Text.Json.Serialization;
using RankCollapse.Formats;

namespace RankCollapse.Runs;

/// <content>Configurations as JSON files.</content>
[JsonConverter(typeof(RunConfigurationConverter))]
public sealed partial record RunConfiguration
{
    /// <summary>The name of the version in files.</summary>
    public const string VersionName = "version";

    private const long LargestFile = 1 << 20;

    private static readonly JsonDocumentOptions Tolerant = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>
    /// Reads a JSON object whose names are the settings' names in files; settings that it leaves out keep their defaults. Comments and trailing commas are
    /// allowed.
    /// </summary>
    /// <param name="path">The file, of at most 1 MB.</param>
    /// <param name="start">What settings that are left out are taken from; null takes the defaults.</param>
    /// <exception cref="InvalidInputException">
    /// The file is missing or not JSON, a name is unknown (near ones are listed), or a value has the wrong type.
    /// </exception>
    public static RunConfiguration ReadFile(string path, RunConfiguration? start = null) => FromJson(InputFile.ReadSmall(path, LargestFile), path, start);

    /// <summary>The names of the settings that a file gives, without those that are null.</summary>
    /// <param name="path">A file that <see cref="ReadFile"/> accepts.</param>
    /// <exception cref="InvalidInputException">The file is missing.</exception>
    public static IReadOnlyList<string> NamesInFile(string path)
    {
        using JsonDocument document = JsonDocument.Parse(WithoutByteOrderMark(InputFile.ReadSmall(path, LargestFile)), Tolerant);
        return [.. document.RootElement.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null).Select(property => property.Name)];
    }

    /// <summary>The configuration as JSON, in UTF-8.</summary>
    /// <param name="which">The settings that are written; null writes those that have an effect.</param>
    public byte[] ToJson(Func<Setting, bool>? which = null)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true })) Write(writer, which ?? (setting => setting.Concerns(this)));
        return stream.ToArray();
    }

    /// <summary>Reads JSON in UTF-8, as <see cref="ReadFile"/> does.</summary>
    /// <param name="json">The content.</param>
    /// <param name="name">What it is, for errors.</param>
    /// <param name="start">As for <see cref="ReadFile"/>.</param>
    /// <exception cref="InvalidInputException">As for <see cref="ReadFile"/>.</exception>
    public static RunConfiguration FromJson(byte[] json, string name, RunConfiguration? start = null)
    {
        try
        {
            using JsonDocument document = JsonText.Parse(WithoutByteOrderMark(json), Tolerant);
            return Read(document.RootElement, name, start);
        }
        catch (JsonException e)
        {
            throw new InvalidInputException($"{name} {JsonErrorLine.Of(e)}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidInputException($"{name} is not valid JSON: {ErrorText.Printable(e.Message)}", e);
        }
    }

    /// <summary>Reads a JSON object of settings.</summary>
    internal static RunConfiguration Read(JsonElement element, string name, RunConfiguration? start = null)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new InvalidInputException($"{name} holds no JSON object; expected {{ \"depth\": 5, … }}.");
        RunConfiguration read = (start ?? new RunConfiguration()) with { };
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name == VersionName) read = read with { Version = property.Value.GetString() };
            else if (property.Name == Arithmetic.JsonName) read = read with { Arithmetic = Arithmetic.ParseOrNull(property.Value.GetString()) };
            else if (RunSettings.Find(property.Name, name) is var setting) setting.Put(read, setting.Read(property.Value, name));
        }
        return read;
    }

    /// <summary>Writes version and arithmetic, where there are any, and settings.</summary>
    internal void Write(Utf8JsonWriter writer, Func<Setting, bool> which)
    {
        writer.WriteStartObject();
        if (Version is not null) writer.WriteString(VersionName, Version);
        if (Arithmetic is not null) writer.WriteString(Arithmetic.JsonName, Arithmetic.ToString());
        foreach (Setting setting in RunSettings.All.Where(which))
        {
            writer.WritePropertyName(setting.JsonName);
            Setting.Write(writer, setting.Get(this));
        }
        writer.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(byte[] json) =>
        json is [0xEF, 0xBB, 0xBF, ..] ? json.AsMemory(3) : json;
}

/// <summary>Configurations inside other files, with every setting; where version 0.1.0 wrote null, the default is meant.</summary>
public sealed class RunConfigurationConverter : JsonConverter<RunConfiguration>
{
    /// <inheritdoc/>
    public override RunConfiguration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        using var given = new MemoryStream();
        using (var writer = new Utf8JsonWriter(given))
        {
            writer.WriteStartObject();
            foreach (JsonProperty property in document.RootElement.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
                property.WriteTo(writer);
            writer.WriteEndObject();
        }
        return RunConfiguration.FromJson(given.ToArray(), "The configuration");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RunConfiguration value, JsonSerializerOptions options) => value.Write(writer, _ => true);
}
