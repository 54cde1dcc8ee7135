using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Storage;

/// <summary>What a trial came to, read from its folder.</summary>
public sealed record TrialResult
{
    /// <summary>How it came about.</summary>
    public required ResultManifest Manifest { get; init; }

    /// <summary>Every setting, resolved.</summary>
    public required RunConfiguration Configuration { get; init; }

    /// <summary>The final state; its status may be that training diverged, which is a result too.</summary>
    public required RunSummary Summary { get; init; }

    /// <summary>What was recorded on the way; empty where the sweep keeps summaries only.</summary>
    public required IReadOnlyList<MetricRecord> Metrics { get; init; }

    /// <summary>The folder that it was read from; null where a program has made it up.</summary>
    public string? Folder { get; init; }

    /// <summary>Opens what was recorded of the trial beside its metrics.</summary>
    /// <param name="recording">The recording's name.</param>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public SafetensorsFile OpenRecording(string recording) => SafetensorsFile.Open(Path.Combine(Folder ?? "", ResultFiles.RecordingName(recording)));

    /// <summary>Reads a result folder and checks every file but the large ones (safetensors) against its checksum, and those against their length.</summary>
    /// <exception cref="InvalidInputException">A file is missing or damaged; the message names it.</exception>
    internal static TrialResult Read(string path)
    {
        ResultManifest manifest = ResultFiles.Verify(path);
        string metrics = Path.Combine(path, ResultFiles.MetricsName);
        return new TrialResult
        {
            Folder = path,
            Manifest = manifest,
            Configuration = RunConfiguration.ReadFile(Path.Combine(path, ResultFiles.ConfigurationName)),
            Summary = RunSummary.ReadFile(Path.Combine(path, ResultFiles.SummaryName)),
            Metrics = manifest.Files.ContainsKey(ResultFiles.MetricsName) ? MetricsTable.Read(metrics) : [],
        };
    }
}

/// <summary>How a result came about: <c>result.json</c>.</summary>
public sealed record ResultManifest
{
    /// <summary>The JSON Schema of <c>result.json</c>.</summary>
    public static JsonObject Schema() =>
        StorageJson.Default.ResultManifest.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true }).AsObject();

    /// <summary>The trial's identity.</summary>
    public required string Trial { get; init; }

    /// <summary>How training ended.</summary>
    public required string Status { get; init; }

    /// <summary>One sentence where training did not converge; null where it did.</summary>
    public string? Reason { get; init; }

    /// <summary>The attempt that gave it, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The worker that made it.</summary>
    public required string Worker { get; init; }

    /// <summary>The machine's name.</summary>
    public required string Host { get; init; }

    /// <summary>When it ended, by that machine's clock; for people only.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>The seconds that this attempt took, reading data and measuring included.</summary>
    public required double Seconds { get; init; }

    /// <summary>The other files of the folder.</summary>
    public required IReadOnlyDictionary<string, ResultFile> Files { get; init; }

    /// <summary>The SHA-256 of this file with zeros in its place.</summary>
    public required string Checksum { get; init; }
}

/// <summary>A file of a result folder.</summary>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">The hash of its content, in hexadecimal.</param>
public sealed record ResultFile(long Bytes, string Sha256);
