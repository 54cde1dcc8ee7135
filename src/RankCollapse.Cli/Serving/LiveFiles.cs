using RankCollapse.Sweeps.Live;

namespace RankCollapse.Cli.Serving;

/// <summary>The files of a trial that are served as they are: those of a fixed list, and of a folder that the server knows.</summary>
internal static class LiveFiles
{
    /// <summary>The path of the address of every file; its query says which, and holds the key that opens it.</summary>
    public const string Address = "/file";

    /// <summary>The files.</summary>
    public static IReadOnlyList<LiveFile> All { get; } =
    [
        new("report.html", "text/html; charset=utf-8"),
        new("config.json", "application/json"),
        new("summary.json", "application/json"),
        new("metrics.parquet", "application/octet-stream"),
    ];

    /// <summary>The path of a file; null where it is not there.</summary>
    public static string? Find(ServedFolder folder, LiveTrial trial, LiveFile file)
    {
        if (trial.Folder is null) return null;
        string path = Path.Combine(trial.Folder, file.Name);
        return File.Exists(path) && folder.Holds(path) ? path : null;
    }
}

/// <summary>A file that is served.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its content type.</param>
internal sealed record LiveFile(string Name, string Type)
{
    /// <summary>Whether a browser runs what is in it.</summary>
    public bool IsPage => Type.StartsWith("text/html", StringComparison.Ordinal);
}
