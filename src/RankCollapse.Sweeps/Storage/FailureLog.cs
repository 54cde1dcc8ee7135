using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Storage;

/// <summary>Why an attempt at a trial failed.</summary>
public enum FailureKind
{
    /// <summary>Its settings or data cannot be used; it would fail again.</summary>
    Input,

    /// <summary>It took longer than <see cref="SweepLimits.TrialSeconds"/>; it would fail again.</summary>
    TimeLimit,

    /// <summary>Its worker was killed, or its machine was lost.</summary>
    WorkerLost,

    /// <summary>Anything else.</summary>
    Error,
}

/// <summary>A failed attempt at a trial.</summary>
public sealed record TrialFailure
{
    /// <summary>The trial's identity.</summary>
    public required string Trial { get; init; }

    /// <summary>The attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>What kind of failure it was.</summary>
    public required FailureKind Kind { get; init; }

    /// <summary>One line for people.</summary>
    public required string Reason { get; init; }

    /// <summary>The worker that made the attempt.</summary>
    public required string Worker { get; init; }

    /// <summary>When it was noticed, for people only.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>How often a trial failed since its last retry.</summary>
/// <param name="Attempts">Failed attempts.</param>
/// <param name="HasPermanent">Whether one of them would only repeat itself.</param>
public readonly record struct FailureCount(int Attempts, bool HasPermanent)
{
    /// <summary>Whether the trial is not tried again.</summary>
    public bool IsFinal(SweepLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return HasPermanent || Attempts >= limits.Attempts;
    }
}

/// <summary>The failed attempts of a sweep: files <c>failures/ab/ID.ATTEMPT.KIND.json</c>, so that names alone tell what is final.</summary>
internal static class FailureLog
{
    private static readonly FailureKind[] Permanent = [FailureKind.Input, FailureKind.TimeLimit];

    /// <summary>Stores a failed attempt; one that is stored already stays, so that it counts once however many notice it.</summary>
    /// <exception cref="InvalidInputException">The disk is full or the folder cannot be written.</exception>
    public static void Add(SweepFolder folder, TrialFailure failure)
    {
        string shelf = Shelf(folder.FailuresPath, failure.Trial);
        FileSteps.MakeFolder(shelf);
        if (Directory.EnumerateFiles(shelf, $"{failure.Trial}.{failure.Attempt}.*.json").Any()) return;
        string name = $"{failure.Trial}.{failure.Attempt}.{JsonNamingPolicy.KebabCaseLower.ConvertName(failure.Kind.ToString())}.json";
        AtomicFile.WriteInside(Path.Combine(shelf, name), JsonSerializer.SerializeToUtf8Bytes(failure, StorageJson.Default.TrialFailure));
    }

    /// <summary>Reads a trial's failed attempts; one that is damaged is left out.</summary>
    public static IReadOnlyList<TrialFailure> Read(SweepFolder folder, string id)
    {
        string shelf = Shelf(folder.FailuresPath, id);
        if (!Directory.Exists(shelf)) return [];
        var failures = new List<TrialFailure>();
        foreach (string file in Directory.EnumerateFiles(shelf, $"{id}.*.json"))
        {
            failures.Add(ReadOne(file) ?? new TrialFailure
            {
                Trial = id,
                Attempt = Parse(Path.GetFileName(file))?.Attempt ?? 0,
                Kind = FailureKind.Error,
                Reason = $"The record {file} of this failure is damaged.",
                Worker = "",
                At = DateTimeOffset.UnixEpoch,
            });
        }
        failures.Sort((a, b) => a.Attempt.CompareTo(b.Attempt));
        return failures;
    }

    private static TrialFailure? ReadOne(string file)
    {
        const long LargestFile = 1 << 20;
        try
        {
            return InputFile.TryReadSmall(file, LargestFile) is { } content ? JsonSerializer.Deserialize(content, StorageJson.Default.TrialFailure) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or InvalidInputException)
        {
            return null;
        }
    }

    /// <summary>How often each trial failed, from the names of files alone.</summary>
    public static IReadOnlyDictionary<string, FailureCount> Count(SweepFolder folder)
    {
        var counts = new Dictionary<string, FailureCount>();
        if (!Directory.Exists(folder.FailuresPath)) return counts;
        foreach (string shelf in Directory.EnumerateDirectories(folder.FailuresPath))
        {
            foreach (string file in Directory.EnumerateFiles(shelf, "*.json")) CountInto(counts, Path.GetFileName(file));
        }
        return counts;
    }

    /// <summary>How often one trial failed.</summary>
    public static FailureCount Count(SweepFolder folder, string id)
    {
        var counts = new Dictionary<string, FailureCount>();
        string shelf = Shelf(folder.FailuresPath, id);
        if (!Directory.Exists(shelf)) return default;
        foreach (string file in Directory.EnumerateFiles(shelf, $"{id}.*.json")) CountInto(counts, Path.GetFileName(file));
        return counts.GetValueOrDefault(id);
    }

    /// <summary>Puts a trial's failed attempts away, so that it is tried again.</summary>
    public static void Forgive(SweepFolder folder, string id)
    {
        string shelf = Shelf(folder.FailuresPath, id);
        if (!Directory.Exists(shelf)) return;
        FileSteps.MakeFolder(folder.ForgivenPath);
        foreach (string file in Directory.GetFiles(shelf, $"{id}.*.json"))
            FileSteps.Rename(file, Path.Combine(folder.ForgivenPath, $"{Path.GetFileNameWithoutExtension(file)}.{Guid.NewGuid():N}.json"));
    }

    private static void CountInto(Dictionary<string, FailureCount> counts, string name)
    {
        if (Parse(name) is not { } parsed) return;
        FailureCount before = counts.GetValueOrDefault(parsed.Id);
        counts[parsed.Id] = new FailureCount(before.Attempts + 1, before.HasPermanent || parsed.IsPermanent);
    }

    private static (string Id, int Attempt, bool IsPermanent)? Parse(string name)
    {
        string[] parts = name.Split('.');
        if (parts is not [var id, var attempt, var kind, "json"] || !TrialIdentity.IsId(id)
            || !int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return null;
        return (id, number, Permanent.Any(p => JsonNamingPolicy.KebabCaseLower.ConvertName(p.ToString()) == kind));
    }

    private static string Shelf(string path, string id) => Path.Combine(path, id[..2]);
}

/// <summary>The JSON of a sweep's small files.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(FailureKindConverter)])]
[JsonSerializable(typeof(TrialFailure))]
[JsonSerializable(typeof(ResultManifest))]
[JsonSerializable(typeof(WorkerHeartbeat))]
internal sealed partial class StorageJson : JsonSerializerContext;

/// <summary>Writes kinds of failure in kebab case.</summary>
internal sealed class FailureKindConverter() : JsonStringEnumConverter<FailureKind>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);
