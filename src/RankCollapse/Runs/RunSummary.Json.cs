using System.Buffers;
using System.Text.Json;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <content>Summaries as JSON files.</content>
public sealed partial record RunSummary
{
    /// <summary>
    /// The version of the format: 1 had the numbers of the contract alone, and no version; 2 has every metric of <see cref="MetricTable"/>; 3
    /// says the arithmetic.
    /// </summary>
    public const int FormatVersion = 3;

    /// <summary>The name of <see cref="RoundingFloor"/> in files.</summary>
    internal const string RoundingFloorField = "roundingFloor";

    private const long LargestFile = 1L << 28;
    private const string VersionField = "version";
    private const string StatusField = "status";
    private const string ConventionField = "convention";
    private const string ReasonsField = "reasons";
    private const string LayersField = "layers";
    private const string LayerField = "layer";
    private const string WeightsField = "weightSingularValues";
    private const string FeaturesField = "featureSingularValues";

    /// <summary>The summary as the JSON of <c>summary.json</c>, in UTF-8; what is not a finite number is null.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber(VersionField, FormatVersion);
            if (Arithmetic is not null) writer.WriteString(Arithmetic.JsonName, Arithmetic.ToString());
            writer.WriteString(StatusField, EnumNames.Of(Status));
            writer.WriteString(ConventionField, EnumNames.Of(Convention));
            Write(writer, this);
            writer.WriteStartObject(ReasonsField);
            foreach ((string field, string reason) in Reasons) writer.WriteString(field, reason);
            writer.WriteEndObject();
            writer.WriteStartArray(LayersField);
            foreach (LayerSummary layer in Layers)
            {
                writer.WriteStartObject();
                writer.WriteNumber(LayerField, layer.Layer);
                Write(writer, layer);
                Write(writer, WeightsField, layer.WeightSingularValues);
                Write(writer, FeaturesField, layer.FeatureSingularValues);
                Write(writer, LayerSummary.PredictionField, layer.PredictedFeatureSingularValues);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a <c>summary.json</c> of this version or an older one; a number that is null or missing does not exist.</summary>
    /// <exception cref="InvalidInputException">The file is missing or damaged, or of a newer version.</exception>
    public static RunSummary ReadFile(string path)
    {
        byte[] json = InputFile.ReadJson(path, LargestFile);
        try
        {
            using JsonDocument document = JsonText.Parse(json);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidInputException($"{path} is not a run's summary: {ErrorText.Printable(e.Message)}; restore it or train again.", e);
        }
    }

    private static RunSummary Read(JsonElement summary)
    {
        int version = summary.TryGetProperty(VersionField, out JsonElement stated) ? stated.GetInt32() : 1;
        if (version is < 1 or > FormatVersion) throw new JsonException($"it has version {version}, this program reads versions 1 to {FormatVersion}");
        return new RunSummary
        {
            Arithmetic = Arithmetic.ParseOrNull(summary.TryGetProperty(Arithmetic.JsonName, out JsonElement arithmetic) ? arithmetic.GetString() : null),
            Status = Name<TrainingStatus>(summary, StatusField),
            Convention = Name<Convention>(summary, ConventionField),
            Numbers = ReadNumbers(summary, NetworkMetrics.Objective, NetworkMetrics.RelativeGradientNorm, NetworkMetrics.Epochs, NetworkMetrics.Seconds),
            Reasons = summary.TryGetProperty(ReasonsField, out JsonElement reasons)
                ? reasons.EnumerateObject().ToDictionary(reason => reason.Name, reason => reason.Value.GetString() ?? "") : new Dictionary<string, string>(),
            Layers =
            [
                .. summary.GetProperty(LayersField).EnumerateArray().Select(layer => new LayerSummary
                {
                    Layer = layer.GetProperty(LayerField).GetInt32(),
                    Numbers = ReadNumbers(layer, RankMetrics.WeightNumericalRank, RankMetrics.FeatureNumericalRank, RankMetrics.WeightNorm),
                    WeightSingularValues = List(layer, WeightsField) ?? throw new JsonException($"{WeightsField} is null"),
                    FeatureSingularValues = List(layer, FeaturesField) ?? throw new JsonException($"{FeaturesField} is null"),
                    PredictedFeatureSingularValues = List(layer, LayerSummary.PredictionField),
                }),
            ],
        };
    }

    private static void Write(Utf8JsonWriter writer, MetricNumbers numbers)
    {
        foreach ((string key, double? number) in numbers.Numbers)
        {
            if (number is not { } value || !double.IsFinite(value)) writer.WriteNull(key);
            else if (MetricTable.All.Find(key)?.Format == MetricFormat.Count) writer.WriteNumber(key, (long)value);
            else writer.WriteNumber(key, value);
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<double>? values)
    {
        if (values is null)
        {
            writer.WriteNull(name);
            return;
        }
        writer.WriteStartArray(name);
        foreach (double value in values)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }
        writer.WriteEndArray();
    }

    /// <summary>Everything in an object that is a number or null, by its name.</summary>
    private static Dictionary<string, double?> ReadNumbers(JsonElement element, params ReadOnlySpan<Metric> required)
    {
        var numbers = new Dictionary<string, double?>();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name is VersionField or LayerField or LayerSummary.PredictionField) continue;
            if (property.Value.ValueKind == JsonValueKind.Number) numbers[property.Name] = property.Value.GetDouble();
            else if (property.Value.ValueKind == JsonValueKind.Null) numbers[property.Name] = null;
            else if (MetricTable.All.Find(property.Name) is not null) throw new JsonException($"{property.Name} is no number");
        }
        foreach (Metric metric in required)
        {
            if (!numbers.ContainsKey(metric.Key)) throw new JsonException($"{metric.Key} is missing");
        }
        return numbers;
    }

    private static IReadOnlyList<double>? List(JsonElement element, string name) =>
        !element.TryGetProperty(name, out JsonElement list) || list.ValueKind == JsonValueKind.Null
        ? null
        : [.. list.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble())];

    private static T Name<T>(JsonElement element, string name)
        where T : struct, Enum =>
        EnumNames.Find(typeof(T), element.GetProperty(name).GetString() ?? "") is T value ? value : throw new JsonException($"{name} is no known one");
}
