using System.Text.Json;
using System.Text.Json.Serialization;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <summary>The JSON of a run's files: camel-case names, statuses by their names, full double precision, null for what does not exist.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(EnumNameConverter<TrainingStatus>), typeof(EnumNameConverter<Convention>), typeof(NonFiniteAsNullConverter)])]
[JsonSerializable(typeof(RunConfiguration))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(EnsembleSummary))]
internal sealed partial class RunJson : JsonSerializerContext;

/// <summary>Writes enumerations as <see cref="EnumNames"/> says: <c>max-epochs</c>, <c>cross-entropy</c>, <c>eq3</c>.</summary>
internal sealed class EnumNameConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Writes NaN and ±∞, which JSON does not have, as null, and reads null as NaN.</summary>
internal sealed class NonFiniteAsNullConverter : JsonConverter<double>
{
    public override bool HandleNull => true;

    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteNullValue();
    }
}

/// <summary>Reads one whole number as a list of one.</summary>
internal sealed class NumberOrListConverter : JsonConverter<IReadOnlyList<int>>
{
    public override IReadOnlyList<int> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number) return [reader.GetInt32()];
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        var numbers = new List<int>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int number)) throw new JsonException();
            numbers.Add(number);
        }
        return numbers;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<int> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (int number in value) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
