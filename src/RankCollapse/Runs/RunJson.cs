using System.Text.Json;
using System.Text.Json.Serialization;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <summary>The JSON of a run's files: camel-case names, statuses by their names, full double precision, null for what does not exist.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(EnumNameConverter<TrainingStatus>), typeof(EnumNameConverter<Convention>), typeof(NonFiniteAsNullConverter)])]
[JsonSerializable(typeof(EnsembleSummary))]
internal sealed partial class RunJson : JsonSerializerContext;

/// <summary>Writes enumerations as <see cref="EnumNames"/> says: <c>max-epochs</c>, <c>cross-entropy</c>, <c>eq3</c>.</summary>
internal sealed class EnumNameConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Writes NaN and ±∞, which JSON does not have, as null, and reads null as NaN.</summary>
public sealed class NonFiniteAsNullConverter : JsonConverter<double>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteNullValue();
    }
}
