using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Plan;

/// <summary>A plan as <c>plan.json</c>: what is shared, the names of what varies, and one line for each trial.</summary>
internal static class PlanFile
{
    private const int Format = 2;

    /// <summary>Without null for settings that do not concern a trial; otherwise the same.</summary>
    private const int FirstFormat = 1;

    private const long LargestFile = 1L << 31;

    /// <summary>Writes a plan, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="plan">The plan.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(string path, SweepPlan plan) => AtomicFile.WriteInside(path, stream =>
    {
        var header = new PlanHeader
        {
            Format = Format,
            Name = plan.Name,
            Identity = plan.Identity,
            ResultVersion = plan.Arithmetic.Version,
            Arithmetic = plan.Arithmetic,
            Version = TrainingRun.ProgramVersion,
            Limits = plan.Limits,
            Needs = plan.Needs,
            Names = plan.Names,
            Shared = plan.Shared,
            DataHashes = plan.DataHashes,
        };
        byte[] head = JsonSerializer.SerializeToUtf8Bytes(header, PlanJson.Default.PlanHeader);
        // The header's object is left open for the trials.
        stream.Write(head.AsSpan(0, head.AsSpan().LastIndexOf((byte)'}')).TrimEnd("\n "u8));
        stream.Write(",\n  \"trials\": ["u8);
        var row = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(row, new JsonWriterOptions { SkipValidation = true });
        for (int i = 0; i < plan.Trials.Count; i++)
        {
            stream.Write(i == 0 ? "\n    "u8 : ",\n    "u8);
            row.Clear();
            writer.Reset();
            writer.WriteStartArray();
            writer.WriteStringValue(plan.Trials[i].Id);
            foreach (JsonElement value in plan.Trials[i].Values) value.WriteTo(writer);
            writer.WriteEndArray();
            writer.Flush();
            stream.Write(row.WrittenSpan);
        }
        stream.Write("\n  ]\n}\n"u8);
    });

    /// <summary>Reads a plan back.</summary>
    /// <exception cref="InvalidInputException">The file is missing, damaged or of another format.</exception>
    public static SweepPlan Read(string path)
    {
        byte[] content = InputFile.ReadJson(path, LargestFile);
        try
        {
            var document = JsonDocument.Parse(content);
            PlanHeader header = document.RootElement.Deserialize(PlanJson.Default.PlanHeader) ?? throw new JsonException("it holds null");
            if (header.Format is not (Format or FirstFormat))
                throw new InvalidInputException($"{path} has the format {header.Format}, expected {Format}; it was written by another version of the program.");
            if (header.Names.Contains(null!)) throw new JsonException("a setting has no name");
            if (header.Limits.Recording is { } recording && !recording.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                throw new JsonException($"its recording is {recording}");
            var template = new SettingsTemplate(header.Shared, header.Names);
            SweepPlan plan = new(
                header.Name, header.Limits, header.Needs, template, ReadTrials(document.RootElement.GetProperty("trials"), template), header.DataHashes)
            {
                Arithmetic = header.Arithmetic ?? new Arithmetic(header.ResultVersion, IsFused: true),
            };
            return plan.Identity == header.Identity
                ? plan
                : throw new InvalidInputException($"{path} names the sweep {ErrorText.Printable(header.Identity)}, but its trials make {plan.Identity}; "
                    + "it was changed by hand: run the sweep's specification again.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new InvalidInputException($"{path} is not a sweep's plan: {ErrorText.Printable(e.Message)}; run the sweep's specification again.", e);
        }
    }

    private static List<Trial> ReadTrials(JsonElement rows, SettingsTemplate template)
    {
        var trials = new List<Trial>(rows.GetArrayLength());
        foreach (JsonElement row in rows.EnumerateArray())
        {
            string id = row.GetArrayLength() == template.Names.Count + 1 ? row[0].GetString() ?? "" : "";
            if (!TrialIdentity.IsId(id))
                throw new InvalidOperationException($"trial {trials.Count + 1} is {ErrorText.Printable(row.GetRawText())}");
            trials.Add(new Trial(template, row, trials.Count, id));
        }
        return trials;
    }
}

/// <summary>What <c>plan.json</c> holds beside the trials.</summary>
internal sealed record PlanHeader
{
    public required int Format { get; init; }

    public required string Name { get; init; }

    public required string Identity { get; init; }

    public required int ResultVersion { get; init; }

    public Arithmetic? Arithmetic { get; init; }

    public required string Version { get; init; }

    public required SweepLimits Limits { get; init; }

    public required SweepNeeds Needs { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    public required RunConfiguration Shared { get; init; }

    public IReadOnlyDictionary<string, string>? DataHashes { get; init; }
}

/// <summary>The JSON of plans.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(KeptFilesConverter)])]
[JsonSerializable(typeof(PlanHeader))]
internal sealed partial class PlanJson : JsonSerializerContext;

/// <summary>Writes <see cref="KeptFiles"/> as <c>summary</c>, <c>metrics</c>, <c>run</c>.</summary>
internal sealed class KeptFilesConverter() : JsonStringEnumConverter<KeptFiles>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);
