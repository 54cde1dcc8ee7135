using System.Text.Json;
using RankCollapse.Formats;

namespace RankCollapse.Sweeps.Storage;

/// <summary>
/// What a worker says of itself every few seconds: <c>workers/WORKER.json</c>, of constant length and overwritten in place, so that a full disk does not
/// silence it.
/// </summary>
public sealed record WorkerHeartbeat
{
    private const long LargestFile = 1 << 16;

    /// <summary>The worker's name, unique for ever.</summary>
    public required string Worker { get; init; }

    /// <summary>The machine's name.</summary>
    public required string Host { get; init; }

    /// <summary>The kernel and the process namespace that <see cref="Process"/> belongs to, so that only those who share them ask whether it lives.</summary>
    public required string Machine { get; init; }

    /// <summary>The process.</summary>
    public required int Process { get; init; }

    /// <summary>When the process began, as the kernel counts; tells it from a later one of the same number.</summary>
    public required string ProcessStart { get; init; }

    /// <summary>Grows with every heartbeat; others only look whether it changes, never at clocks.</summary>
    public required long Counter { get; init; }

    /// <summary>What the worker does: <c>training</c>, <c>looking</c> for a trial, or <c>waiting</c> because nothing can be written.</summary>
    public required string Activity { get; init; }

    /// <summary>The trial that it trains; null between trials.</summary>
    public string? Trial { get; init; }

    /// <summary>The seconds that it has trained this trial for.</summary>
    public double TrialSeconds { get; init; }

    /// <summary>The epoch that this trial has reached.</summary>
    public long TrialEpoch { get; init; }

    /// <summary>The objective there; null before the first epoch.</summary>
    public double? TrialObjective { get; init; }

    /// <summary>The trials that it has finished.</summary>
    public int Finished { get; init; }

    /// <summary>The task of a cluster that it runs in, as the engine calls it; null where there is none.</summary>
    public string? Task { get; init; }

    /// <summary>Whether its process is known to have ended; false where it is not known, as on another machine.</summary>
    public bool HasEnded() => Machine == LocalProcess.Machine && LocalProcess.StartOf(Process) != ProcessStart;

    /// <summary>Reads all heartbeats of a folder; one that is being written is left out.</summary>
    internal static IReadOnlyList<WorkerHeartbeat> ReadAll(string path)
    {
        if (!Directory.Exists(path)) return [];
        var workers = new List<WorkerHeartbeat>();
        foreach (string file in Directory.EnumerateFiles(path, "*.json"))
        {
            if (Read(file) is { } worker) workers.Add(worker);
        }
        workers.Sort((a, b) => string.CompareOrdinal(a.Worker, b.Worker));
        return workers;
    }

    /// <summary>Whether a text can be a worker's name, and so part of the names of its files: nothing of it is a path or a pattern.</summary>
    internal static bool IsName(string text) => text.Length is > 0 and <= 120 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>Reads one heartbeat; null when it is gone, or not whole at the moment.</summary>
    internal static WorkerHeartbeat? Read(string file)
    {
        try
        {
            return InputFile.TryReadSmall(file, LargestFile) is { } content
                && JsonSerializer.Deserialize(content, StorageJson.Default.WorkerHeartbeat) is { } heartbeat
                && heartbeat.Worker == Path.GetFileNameWithoutExtension(file) && IsName(heartbeat.Worker)
                && (heartbeat.Trial is null || Plan.TrialIdentity.IsId(heartbeat.Trial)) ? heartbeat : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or InvalidInputException)
        {
            return null;
        }
    }
}
