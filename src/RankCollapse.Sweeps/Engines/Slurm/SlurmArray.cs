using System.Text.Json;
using System.Text.Json.Serialization;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Engines.Slurm;

/// <summary>An array of tasks that was submitted, or was about to be: <c>slurm/TOKEN.json</c>.</summary>
public sealed record SlurmArray
{
    /// <summary>The job's name, unique, written down before it is submitted, so that it is found again whatever happens then.</summary>
    public required string Token { get; init; }

    /// <summary>The job; null until Slurm has said it.</summary>
    public string? Job { get; init; }

    /// <summary>The number of tasks.</summary>
    public required int Tasks { get; init; }

    /// <summary>Whether no task can work any more.</summary>
    public bool HasEnded { get; init; }

    /// <summary>The states of its tasks at the last look, such as <c>3 RUNNING, 1 PENDING</c>.</summary>
    public string? State { get; init; }

    /// <summary>What tasks wait for that will not come by itself, such as <c>PartitionConfig</c>; null when nothing of that kind.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>The tasks that failed or were requeued; null where none is known.</summary>
    public IReadOnlyList<SlurmTaskEnd>? Ends { get; init; }

    /// <summary>One line for people.</summary>
    public string Describe() =>
        $"Slurm job {Job ?? "(not confirmed)"}, {Tasks} tasks: "
        + $"{State ?? "submitted"}{(SlurmTaskEnd.InWords(Ends) is { } ends ? $"; {ends}" : "")}{(WaitsFor is null ? "" : $"; stuck: {WaitsFor}")}";
}

/// <summary>What was submitted to Slurm for a sweep, in its folder.</summary>
public static class SlurmArrays
{
    /// <summary>The engine's name.</summary>
    internal const string EngineName = "slurm";

    private const long LargestFile = 64 << 20;

    /// <summary>Where scripts, logs and what was submitted are.</summary>
    public static string PathOf(SweepFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return folder.EnginePath(EngineName);
    }

    /// <summary>All arrays, oldest first; a file that is damaged is left out.</summary>
    public static IReadOnlyList<SlurmArray> Read(SweepFolder folder)
    {
        string path = PathOf(folder);
        if (!Directory.Exists(path)) return [];
        string[] files = Directory.GetFiles(path, "*.json");
        Array.Sort(files, StringComparer.Ordinal);
        var arrays = new List<SlurmArray>();
        foreach (string file in files)
        {
            // It is written whole or not at all; one that is not as this program writes it was changed by something else, or made by somebody else.
            if (Parse(InputFile.TryReadSmall(file, LargestFile)) is { } array && array.Token == Path.GetFileNameWithoutExtension(file)) arrays.Add(array);
        }
        return arrays;
    }

    /// <summary>Whether a text can be the name of a job, and so of its files: nothing of it is a path, a pattern or an option.</summary>
    internal static bool IsToken(string text) =>
        text.Length is > 0 and <= 100 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static SlurmArray? Parse(byte[]? content)
    {
        try
        {
            SlurmArray? array = content is null ? null : JsonSerializer.Deserialize(content, SlurmJson.Default.SlurmArray);
            bool isJob = array?.Job is null || (array.Job.Length > 0 && array.Job.All(char.IsAsciiDigit));
            return array is { Token: { } token, Tasks: > 0 } && IsToken(token) && isJob && array.Ends?.Contains(null!) != true ? array : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Writes an array down.</summary>
    /// <exception cref="InvalidInputException">The disk is full or the folder cannot be written.</exception>
    internal static void Write(SweepFolder folder, SlurmArray array)
    {
        if (!IsToken(array.Token)) throw new ArgumentException($"The token {array.Token} is no name.", nameof(array));
        FileSteps.MakeFolder(PathOf(folder));
        AtomicFile.WriteInside(Path.Combine(PathOf(folder), array.Token + ".json"), JsonSerializer.SerializeToUtf8Bytes(array, SlurmJson.Default.SlurmArray));
    }
}

/// <summary>The JSON of what was submitted.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SlurmArray))]
internal sealed partial class SlurmJson : JsonSerializerContext;
