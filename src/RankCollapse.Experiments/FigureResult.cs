using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Experiments;

/// <summary>A reproduced figure, as in <c>result.json</c>: all that the report's page needs, beside the files that it names.</summary>
public sealed record FigureResult
{
    /// <summary>The name of the file in the figure's folder.</summary>
    public const string FileName = "result.json";

    /// <summary>The name of the file of the figures, as the page draws them.</summary>
    public const string ChartsFileName = "figures.json";

    private const long LargestFile = 1L << 28;

    /// <summary>The experiment's name, such as <c>fig5</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>Where it is in the paper.</summary>
    public required string Source { get; init; }

    /// <summary>What the paper claims about it, in our words.</summary>
    public required string Claim { get; init; }

    /// <summary>The claims, judged.</summary>
    public required IReadOnlyList<ClaimVerdict> Verdicts { get; init; }

    /// <summary>What was learnt that the paper does not say.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The pictures.</summary>
    public required IReadOnlyList<FigurePicture> Pictures { get; init; }

    /// <summary>The tables.</summary>
    public required IReadOnlyList<FigureData> Data { get; init; }

    /// <summary>The settings by name.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Whether this is the reduced version.</summary>
    public required bool IsQuick { get; init; }

    /// <summary>The first seed.</summary>
    public required long Seed { get; init; }

    /// <summary>How many trainings there are.</summary>
    [JsonPropertyName("cellCount")]
    public required int TrainingCount { get; init; }

    /// <summary>How many trainings ended with each status: converged, max-epochs, …</summary>
    public required IReadOnlyDictionary<string, int> Statuses { get; init; }

    /// <summary>Seconds of all trainings on one core, added up over all sessions.</summary>
    [JsonPropertyName("cellSeconds")]
    public required double TrainingSeconds { get; init; }

    /// <summary>Seconds of the last session.</summary>
    public required double Seconds { get; init; }

    /// <summary>Threads of the last session.</summary>
    public required int Threads { get; init; }

    /// <summary>Whether a cluster trained in the last session.</summary>
    public bool IsOnCluster { get; init; }

    /// <summary>The command that makes it again.</summary>
    public required string Command { get; init; }

    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>The figures that the page draws, by name, as JSON in a file of their own; empty where another version wrote the result.</summary>
    [JsonIgnore]
    public string Charts { get; init; } = "{}";

    /// <summary>The result as JSON in UTF-8.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RelaxedJson.Context.FigureResult);

    /// <summary>The JSON Schema of <c>result.json</c>.</summary>
    public static JsonObject Schema() =>
        RelaxedJson.Context.FigureResult.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true }).AsObject();

    /// <summary>Writes <c>figures.json</c> and <c>result.json</c> into a folder, each whole or not at all.</summary>
    /// <exception cref="InvalidInputException">A file cannot be written.</exception>
    public void Write(string folder)
    {
        AtomicFile.Write(Path.Combine(folder, ChartsFileName), Encoding.UTF8.GetBytes(Charts));
        AtomicFile.Write(Path.Combine(folder, FileName), ToJson());
    }

    /// <summary>Reads <c>result.json</c> and <c>figures.json</c> from a folder.</summary>
    /// <exception cref="InvalidInputException">A file is missing or damaged.</exception>
    public static FigureResult Read(string folder)
    {
        string charts = Path.Combine(folder, ChartsFileName);
        string path = Path.Combine(folder, FileName);
        FigureResult result = Read(path, RelaxedJson.Context.FigureResult);
        if (((IEnumerable<object?>)[.. result.Verdicts, .. result.Notes, .. result.Pictures, .. result.Data, .. result.Settings.Values]).Contains(null))
        {
            string problem = $"{path} lists nothing where something is expected; reproduce the figure again with force.";
            throw new InvalidInputException(problem) { Settings = ["force"] };
        }
        return File.Exists(charts) ? result with { Charts = Read(charts, RelaxedJson.Context.JsonObject).ToJsonString() } : result;
    }

    private static T Read<T>(string path, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(InputFile.ReadJson(path, LargestFile), type)
                ?? throw new InvalidInputException($"{path} is empty; reproduce the figure again with force.") { Settings = ["force"] };
        }
        catch (JsonException e)
        {
            throw new InvalidInputException(
                $"{path} is not a figure's result: {ErrorText.Printable(e.Message)}; reproduce the figure again with force.", e)
            { Settings = ["force"] };
        }
    }
}

/// <summary>A picture of a figure.</summary>
/// <param name="Name">The file name without extension; there are NAME.svg and NAME.png.</param>
/// <param name="Title">The title.</param>
/// <param name="Reading">What is drawn and how to read it.</param>
public sealed record FigurePicture(string Name, string Title, string Reading);

/// <summary>A table of a figure.</summary>
/// <param name="Name">The file name without extension; there are NAME.parquet and NAME.csv.</param>
/// <param name="Description">What a row is.</param>
/// <param name="Columns">The columns with their meaning.</param>
/// <param name="Rows">The number of rows.</param>
public sealed record FigureData(string Name, string Description, IReadOnlyDictionary<string, string> Columns, int Rows);

/// <summary>The JSON of results: camel-case names, kebab-case words, null for numbers that are not finite.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(NonFiniteAsNullConverter), typeof(ComparisonConverter), typeof(OutcomeConverter)])]
[JsonSerializable(typeof(FigureResult))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ResultJson : JsonSerializerContext;

/// <summary>The same JSON with mathematical signs as they are.</summary>
internal static class RelaxedJson
{
    /// <summary>The context.</summary>
    public static ResultJson Context { get; } =
        new(new JsonSerializerOptions(ResultJson.Default.Options) { TypeInfoResolver = null, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>at-most, at-least.</summary>
internal sealed class ComparisonConverter() : JsonStringEnumConverter<Comparison>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);

/// <summary>reproduced, reproduced-under, not-reproduced.</summary>
internal sealed class OutcomeConverter() : JsonStringEnumConverter<VerdictOutcome>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);
